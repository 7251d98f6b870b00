//! Random histories: several owners and buyers, honest, silent, lying, racing and replaying, with several
//! listings and jobs at once. Books kept beside ([`crate::books`]) must agree with the ledger in every block.
//!
//! What the histories must reach is a table: every event, every way of it, every ending by word and by
//! silence, every number of a rejection, each at least [`LEAST`] times.

mod actions;
mod play;

pub(crate) use play::History;

use crate::codes;
use crate::random::effort;
use std::collections::{BTreeMap, BTreeSet};

const HISTORIES: u64 = 160;
const STEPS: u32 = 1_500;
const LEAST: u64 = 20;

/// What must happen, besides rejections.
const EVENTS: [&str; 33] = [
    "transferred",
    "published",
    "updated",
    "updated, half-life changed",
    "delisted",
    "opened, exact score",
    "opened, threshold only",
    "opened at the price limit",
    "priced constant",
    "priced linear",
    "priced exponential",
    "priced by a table",
    "priced at the floor",
    "priced at the cap",
    "priced after decay",
    "declined",
    "expired",
    "committed",
    "buyer defaulted",
    "test opened, fresh",
    "test opened, seen before",
    "test opened, sealed",
    "conceded by word",
    "conceded by silence",
    "missed, exact score",
    "missed, fewer",
    "proven",
    "owner defaulted",
    "settled, exact score",
    "settled, at least",
    "settled, rows hidden",
    "settled after delisting",
    "settled after an update",
];

/// Numbers that no transaction is refused with at the door today, and why.
const UNREACHABLE: [(u16, &str); 2] = [
    (85, "a false proof is never refused but charged; it is among the failures"),
    (89, "these listings allow no model so large; `rules/steps.rs` has one"),
];

/// All numbers with which a transaction can fail after it was let in. Any other rule rests on what only
/// the sender's own transactions change (own funds, own listings, own test sets: its nonce is found first),
/// on what never changes (names, parties, a listing's content under its version), or on evidence, which was
/// asked at the door and stays true. What a job costs is changed by the sales of others (62, 63).
const FAILURES: [u16; 6] = [52, 53, 62, 63, 74, 85];

fn play(seed: u64) -> History {
    let mut history = History::new(seed);
    for _ in 0..STEPS {
        history.step();
    }
    history.fall_silent();
    history
}

#[test]
fn histories_reach_everything_and_the_books_agree() {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut ends = BTreeSet::new();
    for seed in 0..HISTORIES * effort() {
        let history = play(seed);
        history.state.jobs().for_each(|(_, job)| assert!(!job.is_live(), "locked: {job:?}"));
        ends.insert(history.state.root().to_string());
        for (what, times) in history.seen {
            *seen.entry(what).or_insert(0) += times;
        }
    }
    assert_eq!(ends.len() as u64, HISTORIES * effort(), "no two histories are the same");
    check(&seen);
}

/// Prints and checks the table: all that is there is expected, all that is expected is there.
fn check(seen: &BTreeMap<String, u64>) {
    for (what, times) in seen {
        println!("{times:>8}  {what}");
    }
    for (code, why) in UNREACHABLE {
        println!("       -  refused {code}: {why}");
    }
    let is_reachable = |code: &u16| UNREACHABLE.iter().all(|(other, _)| other != code);
    let refused =
        codes::all().into_iter().filter(is_reachable).map(|code| format!("refused {code}"));
    let failed = FAILURES.iter().map(|code| format!("failed {code}"));
    let events = EVENTS.iter().map(|&event| event.to_owned());
    let expected: BTreeSet<String> = refused.chain(failed).chain(events).collect();
    let got: BTreeSet<String> = seen.keys().cloned().collect();
    let missing: Vec<_> = expected.difference(&got).collect();
    let surprising: Vec<_> = got.difference(&expected).collect();
    assert!(missing.is_empty() && surprising.is_empty(), "{missing:?} {surprising:?}");
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < LEAST).collect();
    assert!(rare.is_empty(), "less than {LEAST} times: {rare:?}");
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let root = |seed| {
        let mut history = History::new(seed);
        (0..300).for_each(|_| history.step());
        history.state.root()
    };
    assert_eq!(root(1), root(1));
    assert_ne!(root(1), root(2));
}
