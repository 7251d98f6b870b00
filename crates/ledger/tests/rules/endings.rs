//! How jobs end: the money of every way out, every silence, and nothing after the end.

use crate::world::{BUYER, OWNER, SALT, START, World, commit, field, listing, request, table};
use assay_ledger::job::{Ending, Stage};
use assay_types::statement::Score;
use assay_types::tx::{Concede, Decline, OpenTest, PublishDataset, RevealKey};
use assay_types::{
    Action, Address, Amount, Curve, DatasetId, Event, JobId, Listing, Manner, Shape,
};

/// What the parties paid in fees so far, so that only the market's money is compared.
fn fees(world: &World, who: Address) -> u128 {
    let fee = |event: &Event| match event {
        Event::Executed { from, fee, .. } if *from == who => fee.get(),
        Event::Published { owner, burned, .. } if *owner == who => burned.get(),
        _ => 0,
    };
    world.log.iter().map(|entry| fee(&entry.event)).sum()
}

/// Checks what a job cost the buyer and brought the owner, and that it is over.
#[track_caller]
fn check(world: &World, job: JobId, ending: Ending, cost: u128, gain: u128) {
    let ended = world.state.job(&job).unwrap();
    assert_eq!(ended.stage, Stage::Ended(ending));
    assert_eq!(ended.escrow.get(), 0);
    assert_eq!(START - world.balance(BUYER) - fees(world, BUYER), cost);
    assert_eq!(world.balance(OWNER) + fees(world, OWNER) - START, gain);
    nothing_follows(world, job);
}

/// Every step and every claim is refused, now and later.
#[track_caller]
fn nothing_follows(world: &World, job: JobId) {
    let mut world = world.clone();
    let (pass, miss) =
        (world.pass(job, 10, Score::AtLeast(27)), world.miss(job, 10, Score::Fewer(27)));
    let steps: [(Address, Action); 7] = [
        (OWNER, Decline { job }.into()),
        (OWNER, commit(job).into()),
        (BUYER, OpenTest { job, table: table(10).1, salt: SALT }.into()),
        (OWNER, Concede { job }.into()),
        (OWNER, miss.into()),
        (OWNER, pass.into()),
        (OWNER, RevealKey { job, key: field(66) }.into()),
    ];
    for (from, action) in steps {
        world.expect(from, action, 74);
    }
    let before = world.state.job(&job).cloned();
    for _ in 0..40 {
        assert_eq!(world.block(), []);
    }
    assert_eq!(world.state.job(&job).cloned(), before);
}

fn market() -> (World, DatasetId) {
    let mut world = World::new();
    let dataset = world.publish();
    (world, dataset)
}

/// Lets the deadline come and pass; the last block in which the job lives is the deadline itself.
fn let_pass(world: &mut World, job: JobId) -> Event {
    let deadline = world.state.job(&job).unwrap().deadline;
    world.advance_to(deadline);
    assert!(world.state.job(&job).unwrap().is_live());
    let [entry] = world.block().try_into().unwrap();
    entry.event
}

#[test]
fn declined_returns_everything() {
    let (mut world, dataset) = market();
    let job = world.open(request(dataset, 10));
    world.must(OWNER, Decline { job });
    check(&world, job, Ending::Declined, 0, 0);
}

#[test]
fn an_owner_silent_after_opening_earns_nothing() {
    let (mut world, dataset) = market();
    let job = world.open(request(dataset, 10));
    assert!(matches!(let_pass(&mut world, job), Event::Expired { .. }));
    check(&world, job, Ending::Expired, 0, 0);
}

#[test]
fn a_buyer_silent_after_the_commitment_pays_the_evaluation_fee() {
    let (mut world, dataset) = market();
    let job = world.open(request(dataset, 10));
    world.commit(job);
    assert!(matches!(let_pass(&mut world, job), Event::BuyerDefaulted { .. }));
    check(&world, job, Ending::BuyerDefault, 70, 70);
}

#[test]
fn an_owner_silent_after_the_test_has_conceded() {
    let (mut world, dataset) = market();
    let job = world.testing(dataset, 10);
    let event = let_pass(&mut world, job);
    assert!(matches!(event, Event::Conceded { manner: Manner::Silence, .. }));
    check(&world, job, Ending::Conceded, 0, 0);
    assert_eq!(world.state.listing(&dataset).unwrap().counters.concessions, 1);
}

#[test]
fn an_owner_who_concedes_earns_nothing() {
    let (mut world, dataset) = market();
    let job = world.testing(dataset, 10);
    let event = world.must(OWNER, Concede { job });
    assert!(matches!(event, Event::Conceded { manner: Manner::Word, .. }));
    check(&world, job, Ending::Conceded, 0, 0);
}

#[test]
fn an_owner_who_proves_a_miss_earns_the_evaluation_fee() {
    let (mut world, dataset) = market();
    let job = world.testing(dataset, 10);
    let miss = world.miss(job, 10, Score::Fewer(27));
    world.must(OWNER, miss);
    check(&world, job, Ending::Missed, 70, 70);
    assert_eq!(world.state.listing(&dataset).unwrap().counters.misses, 1);
}

#[test]
fn an_owner_silent_after_the_proof_earns_nothing() {
    let (mut world, dataset) = market();
    let job = world.proven(dataset, 10);
    assert!(matches!(let_pass(&mut world, job), Event::OwnerDefaulted { .. }));
    check(&world, job, Ending::OwnerDefault, 0, 0);
    assert_eq!(world.state.listing(&dataset).unwrap().counters.defaults, 1);
}

#[test]
fn a_revealed_key_is_paid() {
    let (mut world, dataset) = market();
    let job = world.settled(dataset, 10);
    check(&world, job, Ending::Settled, 1_070, 1_070 - 25);
}

#[test]
fn the_last_block_of_each_window_still_counts() {
    let (mut world, dataset) = market();
    let job = world.open(request(dataset, 10));
    let wait = |world: &mut World| world.advance_to(world.state.job(&job).unwrap().deadline);
    wait(&mut world);
    world.commit(job);
    wait(&mut world);
    world.must(BUYER, OpenTest { job, table: table(10).1, salt: SALT });
    wait(&mut world);
    let pass = world.pass(job, 10, Score::AtLeast(27));
    world.must(OWNER, pass);
    wait(&mut world);
    world.must(OWNER, RevealKey { job, key: field(66) });
    assert_eq!(world.state.job(&job).unwrap().stage, Stage::Ended(Ending::Settled));
}

#[test]
fn a_claim_in_the_block_after_the_deadline_meets_the_refund() {
    let (mut world, dataset) = market();
    let job = world.proven(dataset, 10);
    let_pass(&mut world, job);
    world.expect(OWNER, RevealKey { job, key: field(66) }, 74);
}

#[test]
fn what_is_due_ends_in_the_order_of_deadline_and_name() {
    let (mut world, dataset) = market();
    let jobs: Vec<JobId> = (0..6).map(|_| world.open(request(dataset, 10))).collect();
    let mut sorted = jobs;
    sorted.sort();
    world.advance_to(world.state.job(&sorted[0]).unwrap().deadline);
    let ended: Vec<JobId> = world
        .block()
        .into_iter()
        .map(|entry| match entry.event {
            Event::Expired { job, .. } => job,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ended, sorted);
}

#[test]
fn a_cheap_sale_burns_the_minimum_and_never_more_than_its_price() {
    for (price, burned) in [(5, 5), (6, 5), (200, 5), (201, 6), (1_000, 25)] {
        let mut world = World::new();
        let shape = Shape::Constant { price: Amount::new(price) };
        let (floor, cap) = (Amount::new(5), Amount::new(1_000));
        let curve = Curve::new(shape, floor, cap, None).unwrap();
        let dataset = DatasetId::of(OWNER, 0);
        world.must(OWNER, PublishDataset { listing: Listing { curve, ..listing() } });
        let job = world.settled(dataset, 10);
        let both = price + price.min(70);
        check(&world, job, Ending::Settled, both, both - burned);
    }
}
