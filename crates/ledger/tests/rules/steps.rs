//! The steps between opening and proof.

use crate::evidence::key_hash;
use crate::world::{BUYER, OTHER, OWNER, SALT, World};
use crate::world::{commit, field, forest, network, request, table, tree, wide_listing};
use assay_codec::Digest;
use assay_ledger::TableFacts;
use assay_types::bounded::Bytes;
use assay_types::statement::Score;
use assay_types::tx::{
    CommitModel, Concede, Decline, OpenJob, OpenTest, PublishDataset, RevealKey,
};
use assay_types::{
    Architecture, BlobId, DatasetId, Event, JobId, TestCommitment, TreeBounds, forest, network,
};

#[test]
fn decline_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    let (opened, committed) = (world.open(request(dataset, 10)), world.open(request(dataset, 11)));
    world.commit(committed);
    world.expect(BUYER, Decline { job: JobId::default() }, 71);
    world.expect(BUYER, Decline { job: committed }, 72);
    world.expect(OWNER, Decline { job: committed }, 74);
    world.expect(OWNER, Decline { job: opened }, 0);
}

#[test]
fn commit_model_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    let (opened, committed) = (world.open(request(dataset, 10)), world.open(request(dataset, 11)));
    world.commit(committed);
    let model = |job, features, classes, depth, slots_log| {
        let bounds = TreeBounds::new(features, classes, depth, slots_log).unwrap();
        CommitModel { architecture: Architecture::DecisionTree(bounds), ..commit(job) }
    };
    world.expect(BUYER, model(JobId::default(), 3, 3, 5, 6), 71);
    world.expect(BUYER, model(committed, 3, 3, 5, 6), 72);
    world.expect(OWNER, model(committed, 3, 3, 5, 6), 74);
    // A network is not what a tree's algorithm makes.
    let program = network::synthetic::mlp(&[2, 2], 1).program().clone();
    let other = CommitModel { architecture: Architecture::Network(program), ..commit(opened) };
    world.expect(OWNER, other, 87);
    world.expect(OWNER, model(opened, 3, 3, 5, 6), 75);
    world.expect(OWNER, model(opened, 2, 3, 5, 6), 75);
    world.expect(OWNER, model(opened, 2, 2, 5, 6), 76);
    world.expect(OWNER, model(opened, 2, 2, 4, 6), 76);
    world.expect(OWNER, model(opened, 2, 2, 4, 5), 0);
}

fn publish_wide(world: &mut World) -> DatasetId {
    let dataset = DatasetId::of(OWNER, world.state.account(&OWNER).nonce);
    world.must(OWNER, PublishDataset { listing: wide_listing() });
    dataset
}

#[test]
fn forests_are_committed_to_within_what_was_asked_for() {
    let mut world = World::new();
    let dataset = publish_wide(&mut world);
    let asked =
        |world: &mut World, algorithm| world.open(OpenJob { algorithm, ..request(dataset, 10) });
    let job = asked(&mut world, forest(3, tree(4)));
    let model = |job, features, trees, depth, slots_log| {
        let tree = TreeBounds::new(features, 2, depth, slots_log).unwrap();
        let bounds = forest::Bounds::new(tree, trees, forest::Votes::All).unwrap();
        CommitModel { architecture: Architecture::Forest(bounds), ..commit(job) }
    };
    world.expect(OWNER, commit(job), 87);
    world.expect(OWNER, model(job, 3, 4, 5, 8), 75);
    world.expect(OWNER, model(job, 2, 4, 5, 8), 76);
    world.expect(OWNER, model(job, 2, 3, 5, 8), 76);
    world.expect(OWNER, model(job, 2, 3, 4, 8), 76);
    world.expect(OWNER, model(job, 2, 3, 4, 7), 0);
    // All that was asked for does not fit into a blob; a smaller one does.
    let job = asked(&mut world, forest(16_000, tree(5)));
    world.expect(OWNER, model(job, 2, 16_000, 5, 20), 89);
    world.expect(OWNER, model(job, 2, 16_000, 5, 17), 0);
}

#[test]
fn networks_are_committed_to_with_the_layers_that_were_asked_for() {
    let mut world = World::new();
    let dataset = publish_wide(&mut world);
    let job = world.open(OpenJob { algorithm: network(&[5, 3]), ..request(dataset, 10) });
    let model = |widths: &[u32]| {
        let program = network::synthetic::mlp(widths, 1).program().clone();
        CommitModel { architecture: Architecture::Network(program), ..commit(job) }
    };
    world.expect(OWNER, commit(job), 87);
    world.expect(OWNER, model(&[3, 6, 3, 2]), 75);
    world.expect(OWNER, model(&[2, 6, 3, 2]), 76);
    world.expect(OWNER, model(&[2, 5, 2]), 88);
    world.expect(OWNER, model(&[2, 3, 5, 2]), 88);
    world.expect(OWNER, model(&[2, 4, 3, 2]), 88);
    world.expect(OWNER, model(&[2, 5, 3, 2]), 0);
}

#[test]
fn open_test_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    // The rows of seed 10 are on record for this buyer; a fresh salt hides that when the job opens.
    world.testing(dataset, 10);
    world.block();
    let open = |world: &mut World, seed, salt: [u8; 32]| {
        let test = TestCommitment::of(&table(seed).0, &salt);
        world.open(OpenJob { test, ..request(dataset, seed) })
    };
    let (job, seen) = (open(&mut world, 11, SALT), open(&mut world, 10, [1; 32]));
    let other_schema = BlobId(Digest([201; 32]));
    let facts = |rows, schema| TableFacts { table: table(11).0, schema, rows };
    let schema = crate::world::schema().digest();
    world.facts.tables.insert(other_schema, facts(29, Digest([1; 32])));
    let other_count = BlobId(Digest([202; 32]));
    world.facts.tables.insert(other_count, facts(29, schema));
    let no_table = BlobId(Digest([203; 32]));
    world.facts.blobs.extend([other_schema, other_count, no_table]);

    let blob = |tag: u8| BlobId(Digest([tag; 32]));
    world.expect(OWNER, OpenTest { job: JobId::default(), table: blob(99), salt: [0; 32] }, 71);
    world.expect(OWNER, OpenTest { job, table: blob(99), salt: [0; 32] }, 73);
    world.expect(BUYER, OpenTest { job, table: blob(99), salt: [0; 32] }, 74);
    world.commit(job);
    world.commit(seen);
    world.expect(BUYER, OpenTest { job, table: blob(99), salt: [0; 32] }, 77);
    world.block();
    world.expect(BUYER, OpenTest { job, table: blob(99), salt: [0; 32] }, 7);
    world.expect(BUYER, OpenTest { job, table: no_table, salt: [0; 32] }, 78);
    world.expect(BUYER, OpenTest { job, table: other_schema, salt: [0; 32] }, 79);
    world.expect(BUYER, OpenTest { job, table: table(10).1, salt: SALT }, 79);
    world.expect(BUYER, OpenTest { job, table: other_schema, salt: SALT }, 80);
    world.expect(BUYER, OpenTest { job, table: other_count, salt: SALT }, 81);
    world.expect(BUYER, OpenTest { job, table: table(11).1, salt: SALT }, 0);
    world.expect(BUYER, OpenTest { job: seen, table: table(10).1, salt: [1; 32] }, 82);
}

#[test]
fn rows_that_anybody_had_shown_before_the_model_are_not_fresh() {
    let mut world = World::new();
    let dataset = world.publish();
    let (one, two, three) = (
        world.open(request(dataset, 10)),
        world.open(request(dataset, 10)),
        world.open(request(dataset, 10)),
    );
    let fresh = |world: &mut World, job| match world
        .must(BUYER, OpenTest { job, table: table(10).1, salt: SALT })
    {
        Event::TestOpened { fresh, .. } => fresh,
        other => panic!("{other:?}"),
    };
    world.commit(one);
    world.commit(two);
    world.block();
    assert!(fresh(&mut world, one));
    // In the block in which the rows were shown, nobody knows what came first.
    world.commit(three);
    world.block();
    assert!(fresh(&mut world, two), "its model was fixed before the rows were shown");
    assert!(!fresh(&mut world, three));
}

#[test]
fn concede_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    let (testing, opened) = (world.testing(dataset, 10), world.open(request(dataset, 11)));
    world.expect(OTHER, Concede { job: JobId::default() }, 71);
    world.expect(BUYER, Concede { job: opened }, 72);
    world.expect(OWNER, Concede { job: opened }, 74);
    world.expect(OWNER, Concede { job: testing }, 0);
}

#[test]
fn reveal_key_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    let (testing, proven) = (world.testing(dataset, 10), world.proven(dataset, 11));
    world.expect(BUYER, RevealKey { job: JobId::default(), key: field(1) }, 71);
    world.expect(BUYER, RevealKey { job: testing, key: field(1) }, 72);
    world.expect(OWNER, RevealKey { job: testing, key: field(1) }, 74);
    world.expect(OWNER, RevealKey { job: proven, key: key_hash(&field(66)) }, 86);
    world.expect(OWNER, RevealKey { job: proven, key: field(66) }, 0);
}

#[test]
fn a_sealed_secret_is_bounded() {
    assert!(Bytes::<1024>::new(vec![0; 1024]).is_some());
    assert!(Bytes::<1024>::new(vec![0; 1025]).is_none());
}

#[test]
fn a_model_is_committed_once() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.open(request(dataset, 10));
    world.commit(job);
    world.expect(OWNER, commit(job), 74);
    world.test(job, 10);
    let pass = world.pass(job, 10, Score::AtLeast(27));
    world.must(OWNER, pass.clone());
    world.expect(OWNER, pass, 74);
}

#[test]
fn rows_count_as_seen_from_the_next_block_on() {
    let mut world = World::new();
    let dataset = world.publish();
    world.testing(dataset, 10);
    let salted = |world: &mut World, salt: [u8; 32]| {
        let test = TestCommitment::of(&table(10).0, &salt);
        world.open(OpenJob { test, ..request(dataset, 10) })
    };
    let same = salted(&mut world, [1; 32]);
    world.block();
    let next = salted(&mut world, [2; 32]);
    world.commit(same);
    world.commit(next);
    world.block();
    world.expect(BUYER, OpenTest { job: same, table: table(10).1, salt: [1; 32] }, 0);
    world.expect(BUYER, OpenTest { job: next, table: table(10).1, salt: [2; 32] }, 82);
}

#[test]
fn each_window_is_counted_from_the_step_before() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.open(request(dataset, 10));
    let left =
        |world: &World| world.state.job(&job).unwrap().deadline.get() - world.state.height().get();
    let mut windows = vec![left(&world)];
    world.block();
    world.commit(job);
    windows.push(left(&world));
    world.test(job, 10);
    windows.push(left(&world));
    world.block();
    let pass = world.pass(job, 10, Score::AtLeast(27));
    world.must(OWNER, pass);
    windows.push(left(&world));
    assert_eq!(windows, [8, 10, 20, 5]);
}
