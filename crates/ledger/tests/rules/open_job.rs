//! Opening a job.

use crate::world::{
    BUYER, OTHER, OWNER, POOR, SALT, START, World, listing, request, table, wide_listing,
};
use assay_types::statement::Privacy;
use assay_types::tx::{Delist, OpenJob, PublishDataset, Transfer};
use assay_types::{
    Address, Algorithm, Amount, DatasetId, Disclosure, Height, JobId, TestCommitment,
};
use assay_types::{Threshold, TreeParameters};

/// Forests and networks just beyond the limits of the listing, and within them.
fn wide_algorithms() -> [(Algorithm, u16); 5] {
    let forest = |trees, leaf| {
        let tree = TreeParameters { min_samples_leaf: leaf, ..crate::world::tree(5) };
        crate::world::forest(trees, tree)
    };
    let network = |outputs| crate::world::network(&[outputs; 3]);
    [
        (forest(16_001, 4), 55),
        (forest(9, 3), 55),
        (forest(9, 4), 56),
        (network(1_200), 55),
        (network(1_100), 56),
    ]
}

#[test]
fn rejections_in_order_of_precedence() {
    let mut world = World::new();
    let (old, sold) = (world.publish(), world.publish());
    world.settled(sold, 10);
    world.must(OWNER, Delist { dataset: old });
    let mut strict = wide_listing();
    strict.limits.disclosure = Disclosure::Threshold;
    let dataset = DatasetId::of(OWNER, world.state.account(&OWNER).nonce);
    world.must(OWNER, PublishDataset { listing: strict });

    let tree = |depth: u8, leaf: u32| {
        let wide = TreeParameters { max_depth: Some(depth), ..TreeParameters::SKLEARN };
        Algorithm::DecisionTree(TreeParameters { min_samples_leaf: leaf, ..wide })
    };
    let mut job = OpenJob {
        version: 2,
        algorithm: tree(6, 3),
        rows: 0,
        threshold: Threshold::new(0, 10).unwrap(),
        test_privacy: Privacy::Hidden,
        disclosure: Disclosure::Exact,
        max_price: Amount::new(999),
        commit_window: 1,
        ..request(DatasetId::default(), 10)
    };
    world.expect(OWNER, job.clone(), 51);
    job.dataset = old;
    world.expect(OWNER, job.clone(), 52);
    job.dataset = dataset;
    world.expect(OWNER, job.clone(), 53);
    job.version = 1;
    world.expect(OWNER, job.clone(), 54);
    world.expect(BUYER, job.clone(), 55);
    job.algorithm = tree(5, 3);
    world.expect(BUYER, job.clone(), 55);
    for (algorithm, code) in wide_algorithms().into_iter().chain([(tree(5, 4), 56)]) {
        job.algorithm = algorithm;
        world.expect(BUYER, job.clone(), code);
    }
    job.rows = 201;
    world.expect(BUYER, job.clone(), 56);
    job.rows = 200;
    world.expect(BUYER, job.clone(), 57);
    job.threshold = Threshold::new(1, 10).unwrap();
    world.expect(BUYER, job.clone(), 58);
    job.test_privacy = Privacy::Committed;
    world.expect(BUYER, job.clone(), 64);
    job.test_privacy = Privacy::Public;
    world.expect(BUYER, job.clone(), 59);
    job.disclosure = Disclosure::Threshold;
    world.expect(BUYER, job.clone(), 60);
    job.commit_window = 101;
    world.expect(BUYER, job.clone(), 60);
    job.commit_window = 100;
    world.expect(BUYER, job.clone(), 61);
    job.test = TestCommitment::of(&table(10).0, &[1; 32]);
    world.expect(BUYER, job.clone(), 62);
    job.max_price = Amount::new(1_000);
    world.must(OTHER, Transfer { to: POOR, amount: Amount::new(1_072) });
    world.expect(POOR, job.clone(), 63);
    world.must(OTHER, Transfer { to: POOR, amount: Amount::new(1) });
    world.expect(POOR, job.clone(), 0);
    world.expect(BUYER, job, 0);
}

#[test]
fn the_needed_rows_are_rounded_up_and_fixed() {
    let mut world = World::new();
    let dataset = world.publish();
    let mut needed = Vec::new();
    for (num, den, rows) in [(9, 10, 30), (9, 10, 31), (1, 1, 30), (1, u32::MAX, 200)] {
        let threshold = Threshold::new(num, den).unwrap();
        let job = world.open(OpenJob { threshold, rows, ..request(dataset, 10) });
        needed.push(world.state.job(&job).unwrap().needed);
    }
    assert_eq!(needed, [27, 28, 30, 1]);
}

#[test]
fn price_and_evaluation_fee_go_into_escrow() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.open(request(dataset, 10));
    let job = world.state.job(&job).unwrap();
    assert_eq!((job.price, job.evaluation_fee), (Amount::new(1_000), Amount::new(70)));
    assert_eq!(job.escrow, Amount::new(1_070));
    assert_eq!(job.deadline, Height::new(1 + 8));
    assert_eq!(world.balance(BUYER), START - 1_070 - 3);
}

#[test]
fn the_evaluation_fee_is_at_most_the_price() {
    let mut world = World::new();
    let mut greedy = listing();
    greedy.evaluation_fee = Amount::new(u128::MAX);
    let dataset = DatasetId::of(OWNER, world.state.account(&OWNER).nonce);
    world.must(OWNER, PublishDataset { listing: greedy });
    let job = world.open(request(dataset, 10));
    assert_eq!(world.state.job(&job).unwrap().evaluation_fee, Amount::new(1_000));
}

#[test]
fn two_buyers_with_the_same_nonce_open_two_jobs() {
    assert_ne!(JobId::of(BUYER, 0), JobId::of(OTHER, 0));
    assert_ne!(JobId::of(BUYER, 0), JobId::of(BUYER, 1));
    assert_ne!(JobId::of(BUYER, 0).0, DatasetId::of(BUYER, 0).0);
    assert_ne!(JobId::of(Address([0; 20]), 0), JobId::default());
}

#[test]
fn a_buyer_may_compare_owners_with_the_same_rows_at_the_same_time() {
    let mut world = World::new();
    let dataset = world.publish();
    let (one, two) = (world.open(request(dataset, 10)), world.open(request(dataset, 10)));
    world.commit(one);
    world.commit(two);
    world.test(one, 10);
    world.must(BUYER, assay_types::tx::OpenTest { job: two, table: table(10).1, salt: SALT });
}
