//! What an owner takes on by itself.

use crate::world::{EVALUATION_FEE, MONEY, PRICE, World, order, table};
use assay_agent::{Act, Order, Policy, Reason, Step};
use assay_ledger::job::{Ending, StageName};
use assay_types::bounded::Text;
use assay_types::{AlgorithmName, Amount, DatasetId, JobId};

fn told(world: &mut World, policy: Policy) {
    world.owner.as_mut().unwrap().set_policy(policy);
}

/// One more order, of other rows, in a block.
fn again(world: &mut World, commit_window: u64) -> JobId {
    let dataset: DatasetId = world.chain().state().listings().next().map(|(id, _)| *id).unwrap();
    let second = Order {
        reference: Text::new("second").unwrap(),
        test: table("train"),
        commit_window,
        ..order(dataset, 8, 9)
    };
    let job = world.with_buyer(|buyer, out| buyer.order(&second, out).unwrap().job);
    world.produce();
    job
}

fn stage(world: &mut World, job: &JobId) -> StageName {
    world.chain().state().job(job).unwrap().stage.name()
}

#[test]
fn what_the_policy_excludes_is_declined_before_anything_is_trained() {
    let (price, fee) = (Amount::new(PRICE), Amount::new(EVALUATION_FEE));
    let more = |amount: Amount| Amount::new(amount.get() + 1);
    let only = |name| Policy { algorithms: [name].into(), ..Policy::default() };
    for (policy, expected) in [
        (only(AlgorithmName::Forest), Some(Reason::Algorithm)),
        (only(AlgorithmName::DecisionTree), None),
        (Policy { price_min: more(price), ..Policy::default() }, Some(Reason::Price)),
        (Policy { price_min: price, ..Policy::default() }, None),
        (
            Policy { evaluation_fee_min: more(fee), ..Policy::default() },
            Some(Reason::EvaluationFee),
        ),
        (Policy { evaluation_fee_min: fee, ..Policy::default() }, None),
    ] {
        let mut world = World::new();
        let job = world.ordered(8, 9);
        told(&mut world, policy);
        let [owner, _] = world.step();
        match (owner, expected) {
            (Step::Did(Act::Declined { job: got, reason }), Some(expected)) => {
                assert_eq!((got, reason), (job, expected));
                world.produce();
                world.run();
                assert_eq!(stage(&mut world, &job), StageName::Ended(Ending::Declined));
            }
            (Step::Did(Act::Committed { job: got, .. }), None) => assert_eq!(got, job),
            (got, expected) => panic!("{got:?}, {expected:?}"),
        }
    }
}

#[test]
fn a_job_that_was_taken_is_served_whatever_the_policy_becomes() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    world.step();
    world.produce();
    let algorithms = [AlgorithmName::Network].into();
    told(&mut world, Policy { algorithms, reserve: Amount::new(MONEY), ..Policy::default() });
    world.run();
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
}

#[test]
fn no_more_jobs_are_under_way_than_was_said() {
    let mut world = World::new();
    let first = world.ordered(8, 9);
    told(&mut world, Policy { live_max: 1, ..Policy::default() });
    let second = again(&mut world, 100);
    assert!(matches!(world.step()[0], Step::Did(Act::Committed { job, .. }) if job == first));
    world.produce();
    // The second waits for the first to end.
    while stage(&mut world, &first) != StageName::Ended(Ending::Settled) {
        assert_eq!(stage(&mut world, &second), StageName::Opened);
        world.step();
        world.produce();
    }
    world.run();
    assert!(world.acts.contains(&Act::Received { job: first }), "{:?}", world.acts);
    assert!(world.acts.contains(&Act::Received { job: second }), "{:?}", world.acts);
}

#[test]
fn the_reserve_is_not_spent_on_new_jobs() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    let balance = Amount::new(world.money()[0]);
    let more = Amount::new(balance.get() + 1);
    told(&mut world, Policy { reserve: more, ..Policy::default() });
    assert_eq!(world.step()[0], Step::Idle);
    assert_eq!(stage(&mut world, &job), StageName::Opened);
    told(&mut world, Policy { reserve: balance, ..Policy::default() });
    assert!(matches!(world.step()[0], Step::Did(Act::Committed { .. })));
}

#[test]
fn a_key_is_revealed_before_another_job_is_trained_for() {
    let mut world = World::new();
    let first = world.ordered(8, 9);
    for _ in 0..3 {
        world.step();
        world.produce();
    }
    assert_eq!(stage(&mut world, &first), StageName::Proven);
    let second = again(&mut world, 2);
    let deadlines = [first, second].map(|job| world.chain().state().job(&job).unwrap().deadline);
    assert!(deadlines[1] < deadlines[0], "the second is the more urgent one: {deadlines:?}");
    assert_eq!(world.step()[0], Step::Did(Act::Revealed { job: first }));
}
