//! Parties that start anew at every step, markets whose answers are lost.

use crate::veiled::Veiled;
use crate::world::{World, offer, order};
use assay_agent::{Act, Error, Execution, Market, MarketError, Outside, Step};
use assay_ledger::job::{Ending, Stage};
use assay_types::{JobId, SignedTx};
use std::fs;
use std::path::PathBuf;

/// Money, transactions of owner and buyer, how the job ended.
fn outcome(world: &mut World, job: &JobId) -> ([u128; 3], Vec<u64>, Ending) {
    let money = world.money();
    let state = world.chain().state();
    let nonces = state.accounts().map(|(_, account)| account.nonce).collect();
    let Stage::Ended(ending) = state.job(job).unwrap().stage else {
        panic!("the job has not ended")
    };
    (money, nonces, ending)
}

fn undisturbed(begin: fn() -> World, num: u32, den: u32) -> ([u128; 3], Vec<u64>, Ending) {
    let mut world = begin();
    let job = world.ordered(num, den);
    world.run();
    outcome(&mut world, &job)
}

/// Runs to the end; `disturb` comes after every single step of a side.
fn disturbed(
    begin: fn() -> World,
    num: u32,
    den: u32,
    mut disturb: impl FnMut(&mut World),
) -> World {
    let mut world = begin();
    let dataset = world.publish().unwrap();
    disturb(&mut world);
    assert_eq!(world.publish().unwrap(), dataset);
    world.produce();
    let placed = world.order(dataset, num, den).unwrap();
    disturb(&mut world);
    assert_eq!(world.order(dataset, num, den).unwrap(), placed);
    world.produce();
    for _ in 0..40 {
        let owner = world.with_owner(|owner, out| owner.next(out)).unwrap();
        disturb(&mut world);
        let buyer = world.with_buyer(|buyer, out| buyer.next(out)).unwrap();
        disturb(&mut world);
        // What was sent before the restart is sent again by the next call.
        let again = world.with_owner(|owner, out| owner.next(out)).unwrap();
        let once_more = world.with_buyer(|buyer, out| buyer.next(out)).unwrap();
        let steps = [owner, buyer, again, once_more];
        for step in &steps {
            if let Step::Did(act) = step {
                world.acts.push(act.clone());
            }
        }
        if steps.iter().all(|step| *step == Step::Idle) {
            return world;
        }
        world.produce();
    }
    panic!("the sale does not end: {:?}", world.acts);
}

#[track_caller]
fn check(begin: fn() -> World, num: u32, den: u32, with_chain: bool) {
    let mut world = disturbed(begin, num, den, |world| world.restart(with_chain));
    let job = *world.chain().state().jobs().next().unwrap().0;
    assert_eq!(outcome(&mut world, &job), undisturbed(begin, num, den));
    for act in &world.acts {
        // Both sides see the end.
        let most = if matches!(act, Act::Closed { .. }) { 2 } else { 1 };
        let times = world.acts.iter().filter(|other| *other == act).count();
        assert!(times <= most, "{act:?} was done {times} times");
    }
}

#[test]
fn restarts_change_nothing() {
    check(World::new, 8, 9, false);
}

#[test]
fn restarts_with_the_chain_change_nothing() {
    check(World::new, 8, 9, true);
    check(World::private, 8, 9, true);
    check(World::of_networks, 8, 9, true);
}

#[test]
fn restarts_on_the_way_to_a_miss_change_nothing() {
    check(World::new, 1, 1, true);
    check(World::private, 1, 1, true);
}

/// The files that a step writes after the wallet's openings, in the order in which it writes them.
const WRITTEN: [&str; 2] = ["journal.log", "outbox"];

/// A crash in the middle of a step: the files of both parties from `from` on are as they were before it, and
/// the chain has forgotten what waited.
fn crash(world: &mut World, before: &[(PathBuf, Option<Vec<u8>>)], from: usize) {
    (world.owner, world.buyer, world.chain) = (None, None, None);
    for (path, content) in before {
        if WRITTEN[..from].iter().any(|name| path.ends_with(name)) {
            continue;
        }
        match content {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None if path.exists() => fs::remove_file(path).unwrap(),
            None => {}
        }
    }
    world.restart(true);
}

fn snapshot(world: &World) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let parties = ["owner", "buyer"].iter();
    let paths =
        parties.flat_map(|party| WRITTEN.map(|name| world.path(&format!("{party}/{name}"))));
    paths.map(|path| (path.clone(), fs::read(path).ok())).collect()
}

#[track_caller]
fn check_crashes(begin: fn() -> World, num: u32, den: u32, from: usize) {
    let mut world = begin();
    let before = snapshot(&world);
    world.publish().unwrap();
    crash(&mut world, &before, from);
    let dataset = world.publish().unwrap();
    world.produce();
    let before = snapshot(&world);
    world.order(dataset, num, den).unwrap();
    crash(&mut world, &before, from);
    let job = world.order(dataset, num, den).unwrap().job;
    world.produce();
    for _ in 0..20 {
        let before = snapshot(&world);
        world.step();
        crash(&mut world, &before, from);
        if world.step() == [Step::Idle, Step::Idle] {
            break;
        }
        world.produce();
    }
    assert_eq!(outcome(&mut world, &job), undisturbed(begin, num, den));
    let is_sold = world.buyer.as_ref().unwrap().delivered(&job).unwrap().is_some();
    assert_eq!(is_sold, num < den);
}

#[test]
fn a_crash_between_secret_and_journal_costs_nothing() {
    check_crashes(World::new, 8, 9, 0);
    check_crashes(World::private, 8, 9, 0);
    check_crashes(World::of_networks, 8, 9, 0);
}

#[test]
fn a_crash_between_journal_and_outbox_costs_nothing() {
    check_crashes(World::new, 8, 9, 1);
    check_crashes(World::private, 8, 9, 1);
    check_crashes(World::of_networks, 8, 9, 1);
}

#[test]
fn a_crash_between_outbox_and_market_costs_nothing() {
    check_crashes(World::new, 1, 1, 2);
    check_crashes(World::private, 1, 1, 2);
}

#[track_caller]
fn check_lossy(arrives: bool) {
    let mut world = World::new();
    let mut count = 0;
    let mut job = None;
    for _ in 0..60 {
        let World { chain, owner, buyer, random, .. } = &mut world;
        let mut lossy = |inner: &mut dyn Market, tx, blobs| {
            count += 1;
            let is_lost = count % 2 == 1;
            if is_lost && !arrives {
                return Err(MarketError::Unavailable("nobody there".into()));
            }
            let done = inner.submit(tx, blobs)?;
            let lost = || MarketError::Unavailable("the answer was lost".into());
            if is_lost { Err(lost()) } else { Ok(done) }
        };
        let mut market = Veiled::new(chain.as_mut().unwrap(), &mut lossy);
        let random = &mut |out: &mut [u8]| random.fill(out);
        let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
        let (owner, buyer) = (owner.as_mut().unwrap(), buyer.as_mut().unwrap());
        // Calls that got no answer are made again; nothing else is done about them.
        if let Ok(dataset) = owner.publish(&offer(), &mut out)
            && out.market.listing(&dataset).unwrap().is_some()
            && let Ok(placed) = buyer.order(&order(dataset, 8, 9), &mut out)
        {
            job = Some(placed.job);
        }
        for step in [owner.next(&mut out), buyer.next(&mut out)] {
            assert!(
                matches!(step, Ok(_) | Err(Error::Market(MarketError::Unavailable(_)))),
                "{step:?}"
            );
        }
        world.produce();
    }
    assert_eq!(outcome(&mut world, &job.unwrap()), undisturbed(World::new, 8, 9));
    let delivered = world.buyer.as_ref().unwrap().delivered(&job.unwrap()).unwrap();
    assert!(delivered.is_some());
}

#[test]
fn lost_transactions_are_sent_again() {
    check_lossy(false);
}

#[test]
fn lost_answers_cost_nothing() {
    check_lossy(true);
}

#[test]
fn a_failed_transaction_is_not_tried_again() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    let World { chain, owner, random, .. } = &mut world;
    let random = &mut |out: &mut [u8]| random.fill(out);
    let owner = owner.as_mut().unwrap();

    // The market says that the transaction was executed, charged, and failed.
    let mut taken = None;
    let mut swallow = |_: &mut dyn Market, tx: SignedTx, _| {
        taken = Some(tx.digest());
        Ok(tx.digest())
    };
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut swallow);
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    assert!(matches!(owner.next(&mut out), Ok(Step::Did(Act::Committed { .. }))));
    let tx = taken.unwrap();
    let mut refuse = |_: &mut dyn Market, _: SignedTx, _| panic!("nothing is sent");
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut refuse);
    market.executed = Some(Execution { tx, failure: Some(85) });
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    let failed = Act::Failed { tx, job: Some(job), code: 85 };
    assert_eq!(owner.next(&mut out).unwrap(), Step::Did(failed));
    assert_eq!(owner.next(&mut out).unwrap(), Step::Idle);
    world.restart(false);
    assert_eq!(world.with_owner(|owner, out| owner.next(out)).unwrap(), Step::Idle);
}
