//! The other ways out: a miss, a concession, a refusal, silence.

use crate::world::{EVALUATION_FEE, MONEY, WINDOW, World};
use assay_agent::{Act, Error, OnMiss, Policy, Reason, Step};
use assay_ledger::job::Ending;
use assay_types::statement::Score;

/// What each side pays for its own transactions.
pub(crate) const LISTING: u128 = 5 + 2;
pub(crate) const STEP: u128 = 2;
pub(crate) const OPEN_TEST: u128 = 2 + 1;
pub(crate) const MISS: u128 = 2 + 3 + 1;

#[test]
fn a_miss_is_proven_and_earns_the_evaluation_fee() {
    let mut world = World::new();
    let job = world.ordered(1, 1);
    world.run();
    let missed = |act: &Act| matches!(act, Act::Missed { score: Score::Fewer(36), .. });
    assert!(world.acts.iter().any(missed), "{:?}", world.acts);
    let closed = Act::Closed { job, ending: Ending::Missed };
    assert_eq!(world.acts.iter().filter(|act| **act == closed).count(), 2);
    let [owner, buyer, _] = world.money();
    assert_eq!(owner, MONEY + EVALUATION_FEE - LISTING - STEP - MISS);
    assert_eq!(buyer, MONEY - EVALUATION_FEE - STEP - OPEN_TEST);
    assert!(world.buyer.as_ref().unwrap().delivered(&job).unwrap().is_none());
}

#[test]
fn an_owner_concedes_only_if_it_was_told_to() {
    let mut world = World::new();
    let job = world.ordered(1, 1);
    world
        .owner
        .as_mut()
        .unwrap()
        .set_policy(Policy { on_miss: OnMiss::Concede, ..Policy::default() });
    world.run();
    assert!(world.acts.contains(&Act::Conceded { job, reason: Reason::Miss }));
    let [owner, buyer, _] = world.money();
    assert_eq!((owner, buyer), (MONEY - LISTING - 2 * STEP, MONEY - STEP - OPEN_TEST));
}

#[test]
fn a_declined_job_gives_everything_back() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    let act = world.with_owner(|owner, out| owner.decline(&job, out)).unwrap();
    assert_eq!(act, Act::Declined { job, reason: Reason::Will });
    world.produce();
    world.run();
    assert!(world.acts.contains(&Act::Closed { job, ending: Ending::Declined }));
    let [owner, buyer, _] = world.money();
    assert_eq!((owner, buyer), (MONEY - LISTING - STEP, MONEY - STEP));
}

#[test]
fn an_owner_without_the_rows_declines() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    // Another machine of the same owner: the keys, and nothing else.
    world.owner = None;
    std::fs::remove_dir_all(world.path("owner/rows")).unwrap();
    std::fs::remove_file(world.path("owner/journal.log")).unwrap();
    world.restart(false);
    world.run();
    assert!(world.acts.contains(&Act::Declined { job, reason: Reason::Rows }), "{:?}", world.acts);
}

#[test]
fn a_silent_owner_costs_the_buyer_nothing() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    for _ in 0..=WINDOW {
        world.produce();
    }
    let step = world.with_buyer(|buyer, out| buyer.next(out)).unwrap();
    assert_eq!(step, Step::Did(Act::Closed { job, ending: Ending::Expired }));
    assert_eq!(world.money()[1], MONEY - STEP);
    // Too late is too late: the owner does nothing any more.
    let step = world.with_owner(|owner, out| owner.next(out)).unwrap();
    assert_eq!(step, Step::Idle);
}

#[test]
fn what_was_not_executed_in_time_is_not_sent_again() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    let step = world.with_owner(|owner, out| owner.next(out)).unwrap();
    assert!(matches!(step, Step::Did(Act::Committed { .. })));
    // The chain forgets what waits, and time passes.
    world.restart(true);
    for _ in 0..=WINDOW {
        world.produce();
    }
    world.run();
    assert!(world.acts.contains(&Act::Closed { job, ending: Ending::Expired }));
    assert_eq!(world.money()[0], MONEY - LISTING);
}

#[test]
fn a_job_in_trouble_does_not_hold_up_the_others() {
    let mut world = World::new();
    let first = world.ordered(8, 9);
    let dataset = world.publish().unwrap();
    let second = world.with_buyer(|buyer, out| {
        let mut order = crate::world::order(dataset, 8, 9);
        order.reference = assay_types::bounded::Text::new("second").unwrap();
        order.test = crate::world::table("train");
        order.commit_window = 2 * WINDOW;
        buyer.order(&order, out).unwrap().job
    });
    world.produce();
    // The first job's test set is lost: the buyer cannot show it.
    let request = world.chain().state().job(&first).unwrap().request.clone();
    let name = format!("buyer/tests/{}.table", &request.test.to_string()[2..]);
    std::fs::remove_file(world.path(&name)).unwrap();
    let (mut errors, mut acts) = (0, Vec::new());
    for _ in 0..20 {
        world.with_owner(|owner, out| owner.next(out)).unwrap();
        match world.with_buyer(|buyer, out| buyer.next(out)) {
            Ok(Step::Did(act)) => acts.push(act),
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error, Error::Missing { job, .. } if job == first), "{error}");
                errors += 1;
            }
        }
        world.produce();
    }
    assert_eq!(errors, 1);
    assert!(acts.contains(&Act::Received { job: second }), "{acts:?}");
}
