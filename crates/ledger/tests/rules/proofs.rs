//! Proof transactions: precedence, and every field of both statements.

use crate::world::{BUYER, OWNER, SALT, World, field, request};
use assay_codec::{Digest, to_bytes};
use assay_types::TreeBounds;
use assay_types::statement::{Accuracy, Context, Delivery, Privacy, Score};
use assay_types::tx::{OpenJob, OpenTest, ProveMiss, SubmitPass};
use assay_types::{
    Architecture, BlobId, Disclosure, Event, Height, JobId, ModelCommitment, Schema, TestCommitment,
};

const ABSENT: BlobId = BlobId(Digest([0x77; 32]));

fn tested(disclosure: Disclosure) -> (World, JobId, JobId) {
    let mut world = World::new();
    let dataset = world.publish();
    let opened = world.open(request(dataset, 11));
    let job = world.open(OpenJob { disclosure, ..request(dataset, 10) });
    world.commit(job);
    world.test(job, 10);
    (world, job, opened)
}

#[test]
fn submit_pass_rejections_in_order_of_precedence() {
    let (mut world, job, opened) = tested(Disclosure::Threshold);
    let good = world.pass(job, 10, Score::AtLeast(27));
    let mut pass = SubmitPass {
        job: JobId::default(),
        accuracy: Accuracy { rows: 31, ..good.accuracy.clone() },
        accuracy_proof: ABSENT,
        delivery: Delivery { secret_hash: field(1), ..good.delivery.clone() },
        delivery_proof: ABSENT,
        ciphertext: ABSENT,
    };
    world.expect(BUYER, pass.clone(), 71);
    pass.job = opened;
    world.expect(BUYER, pass.clone(), 72);
    world.expect(OWNER, pass.clone(), 74);
    pass.job = job;
    world.expect(OWNER, pass.clone(), 83);
    pass.accuracy = good.accuracy.clone();
    world.expect(OWNER, pass.clone(), 84);
    pass.delivery = good.delivery.clone();
    world.expect(OWNER, pass.clone(), 7);
    (pass.accuracy_proof, pass.delivery_proof) = (good.delivery_proof, good.accuracy_proof);
    world.expect(OWNER, pass.clone(), 7);
    assert_eq!(world.facts.verified.get(), 0, "nothing was verified so far");
    pass.ciphertext = good.accuracy_proof;
    world.expect(OWNER, pass.clone(), 85);
    pass.accuracy_proof = good.accuracy_proof;
    world.expect(OWNER, pass.clone(), 85);
    pass.delivery_proof = good.delivery_proof;
    world.expect(OWNER, pass.clone(), 85);
    pass.ciphertext = good.ciphertext;
    world.expect(OWNER, pass, 0);
}

#[test]
fn prove_miss_rejections_in_order_of_precedence() {
    let (mut world, job, opened) = tested(Disclosure::Threshold);
    let good = world.miss(job, 10, Score::Fewer(27));
    let accuracy = Accuracy { score: Score::Fewer(28), ..good.accuracy.clone() };
    let mut miss = ProveMiss { job: JobId::default(), accuracy, proof: ABSENT };
    world.expect(BUYER, miss.clone(), 71);
    miss.job = opened;
    world.expect(BUYER, miss.clone(), 72);
    world.expect(OWNER, miss.clone(), 74);
    miss.job = job;
    world.expect(OWNER, miss.clone(), 83);
    miss.accuracy = good.accuracy.clone();
    world.expect(OWNER, miss.clone(), 7);
    miss.proof = crate::world::table(10).1;
    world.expect(OWNER, miss.clone(), 85);
    miss.proof = good.proof;
    world.expect(OWNER, miss, 0);
}

#[test]
fn a_false_proof_is_charged_each_time() {
    let (mut world, job, _) = tested(Disclosure::Threshold);
    let mut pass = world.pass(job, 10, Score::AtLeast(27));
    pass.accuracy_proof = pass.delivery_proof;
    for round in 1..=3 {
        let before = world.balance(OWNER);
        let outcome = world.run(world.signed(world.tx(OWNER, pass.clone()))).unwrap();
        assert_eq!(outcome.failure.map(|failure| failure.code()), Some(85));
        // 3 for the transaction, 2 · 10 for the proofs, 3 · 1 for the blobs.
        assert_eq!(before - world.balance(OWNER), 26);
        assert_eq!(world.facts.verified.get(), round);
    }
}

/// Proves `accuracy` and `delivery` in whatever form, so that only the ledger's comparison can refuse.
#[track_caller]
fn check_pass(world: &World, pass: SubmitPass, code: u16) {
    let mut world = world.clone();
    let table = crate::world::table(10).1;
    world.facts.proofs.insert((pass.accuracy.digest(), table, pass.accuracy_proof));
    world.facts.proofs.insert((pass.delivery.digest(), pass.ciphertext, pass.delivery_proof));
    world.expect(OWNER, pass, code);
}

fn contexts() -> Vec<fn(&mut Context)> {
    vec![
        |context| context.chain += 1,
        |context| context.genesis.0[0] ^= 1,
        |context| context.job.0.0[0] ^= 1,
        |context| context.prover.0[0] ^= 1,
        |context| context.recipient.0[0] ^= 1,
        |context| context.deadline = context.deadline.checked_add(1).unwrap(),
    ]
}

#[test]
fn no_field_of_the_accuracy_statement_may_differ() {
    let (mut world, job, _) = tested(Disclosure::Threshold);
    let good = world.pass(job, 10, Score::AtLeast(27));
    let mut faults: Vec<fn(&mut Accuracy)> = vec![
        |a| a.modes.input = Privacy::Committed,
        |a| a.modes.weights = Privacy::Public,
        |a| a.modes.output = Privacy::Public,
        |a| a.architecture = Architecture::DecisionTree(TreeBounds::new(2, 2, 4, 4).unwrap()),
        |a| {
            let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            a.schema = Schema::new(names(&["dose", "age"]), "risk".into(), names(&["low", "high"]))
                .unwrap();
        },
        |a| a.model = ModelCommitment(field(54)),
        |a| a.data.0[0] ^= 1,
        |a| a.rows -= 1,
        |a| a.score = Score::AtLeast(26),
        |a| a.score = Score::AtLeast(28),
        |a| a.score = Score::Exactly(27),
        |a| a.score = Score::Fewer(27),
    ];
    for fault in faults.drain(..) {
        let mut pass = good.clone();
        fault(&mut pass.accuracy);
        check_pass(&world, pass, 83);
    }
    for fault in contexts() {
        let mut pass = good.clone();
        fault(&mut pass.accuracy.context);
        check_pass(&world, pass, 83);
    }
    check_pass(&world, good, 0);
}

#[test]
fn no_field_of_the_delivery_statement_may_differ() {
    let (mut world, job, _) = tested(Disclosure::Threshold);
    let good = world.pass(job, 10, Score::AtLeast(27));
    let faults: [fn(&mut Delivery); 3] = [
        |d| d.architecture = Architecture::DecisionTree(TreeBounds::new(2, 2, 4, 4).unwrap()),
        |d| d.model = ModelCommitment(field(54)),
        |d| d.secret_hash = field(76),
    ];
    for fault in faults {
        let mut pass = good.clone();
        fault(&mut pass.delivery);
        check_pass(&world, pass, 84);
    }
    for fault in contexts() {
        let mut pass = good.clone();
        fault(&mut pass.delivery.context);
        check_pass(&world, pass, 84);
    }
    // The prover chooses key and ciphertext, and must then have proven those.
    let mut pass = good.clone();
    pass.delivery.key_hash = field(1);
    world.expect(OWNER, pass, 85);
    let mut pass = good;
    pass.delivery.ciphertext.0[0] ^= 1;
    world.expect(OWNER, pass, 85);
}

#[test]
fn an_exact_score_is_shown_where_it_was_agreed() {
    let (mut world, job, _) = tested(Disclosure::Exact);
    for (score, code) in [
        (Score::AtLeast(27), 83),
        (Score::Exactly(26), 83),
        (Score::Exactly(31), 83),
        (Score::Exactly(27), 0),
        (Score::Exactly(30), 0),
    ] {
        let pass = world.pass(job, 10, score);
        world.expect(OWNER, pass, code);
    }
    for (score, code) in [
        (Score::Fewer(27), 83),
        (Score::Exactly(27), 83),
        (Score::Exactly(26), 0),
        (Score::Exactly(0), 0),
    ] {
        let miss = world.miss(job, 10, score);
        world.expect(OWNER, miss, code);
    }
}

#[test]
fn a_proof_counts_until_its_deadline() {
    let (mut world, job, _) = tested(Disclosure::Threshold);
    let pass = world.pass(job, 10, Score::AtLeast(27));
    let deadline = world.state.job(&job).unwrap().deadline;
    assert_eq!(deadline, Height::new(2 + 20));
    world.advance_to(deadline);
    world.expect(OWNER, pass.clone(), 0);
    world.block();
    world.expect(OWNER, pass, 74);
}

/// A job about rows that stay hidden, under the commitment `test`, up to the model.
fn sealed() -> (World, JobId, TestCommitment) {
    let mut world = World::new();
    let dataset = world.publish();
    let test = TestCommitment(Digest(to_bytes(&field(31)).try_into().unwrap()));
    let test_privacy = Privacy::Committed;
    let job = world.open(OpenJob { test, test_privacy, ..request(dataset, 10) });
    world.commit(job);
    world.block();
    (world, job, test)
}

#[test]
fn hidden_rows_are_sealed_to_the_owner_and_their_salt_is_not_shown() {
    let (mut world, job, test) = sealed();
    let table = crate::world::table(10).1;
    world.expect(BUYER, OpenTest { job, table: ABSENT, salt: [0; 32] }, 7);
    world.expect(BUYER, OpenTest { job, table, salt: SALT }, 79);
    // The blob is read by nobody, so it may be anything.
    world.facts.tables.clear();
    let event = world.must(BUYER, OpenTest { job, table, salt: [0; 32] });
    assert!(matches!(event, Event::TestOpened { table, fresh: false, .. } if table == test.0));
    // They cannot be compared with public rows, and do not mark any as seen.
    assert_eq!(world.state.first_opened(&test.0), None);
    // The commitment is spent all the same.
    let dataset = world.state.job(&job).unwrap().request.dataset;
    let test_privacy = Privacy::Committed;
    world.expect(BUYER, OpenJob { test, test_privacy, ..request(dataset, 10) }, 61);
}

#[test]
fn hidden_rows_are_proven_by_their_commitment() {
    let (mut world, job, test) = sealed();
    world.must(BUYER, OpenTest { job, table: crate::world::table(10).1, salt: [0; 32] });
    let mut good = world.pass(job, 10, Score::AtLeast(27));
    check_pass(&world, good.clone(), 83);
    good.accuracy.modes.input = Privacy::Committed;
    assert_eq!(good.accuracy.data, test.0);
    let mut other = good.clone();
    other.accuracy.data = crate::world::table(10).0;
    check_pass(&world, other, 83);
    let mut other = good.clone();
    other.accuracy.modes.input = Privacy::Hidden;
    check_pass(&world, other, 83);
    check_pass(&world, good, 0);
}
