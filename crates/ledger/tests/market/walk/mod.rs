//! The job table walked exhaustively: breadth-first over all states of a small market, in each of which
//! every party tries everything and a block may pass. What comes of it must be what [`crate::table`] says.
//!
//! In every state, besides: whatever two parties do at the same time has the same result in either order
//! of arrival, or the later one is charged and changes nothing; nothing executed is executed again.

mod node;
mod search;

use crate::setting::*;
use crate::table::*;
use search::{Walked, walk};
use std::collections::BTreeMap;

/// Everything that can be tried with one job, and with a job that does not exist.
fn everything(table: &Table) -> Vec<Move> {
    let mut moves = vec![Move::Give, Move::GiveOneself, Move::Delist];
    if table.version == 1 {
        moves.push(Move::Update);
    }
    let opens = [(1, 1), (1, 2), (2, 1), (2, 2), (SEALED, 1), (SEALED, 2)];
    moves.extend(opens.map(|(salt, version)| Move::Open { salt, version }));
    for job in [None, table.jobs.first().map(|_| 0)] {
        moves.extend([Move::Decline(job), Move::Concede(job)]);
        moves.extend([true, false].map(|fits| Move::Commit(job, fits)));
        moves.extend([true, false].map(|fits| Move::Reveal(job, fits)));
        let claims = [Claim::Good, Claim::OtherScore, Claim::Absent, Claim::False];
        moves.extend(claims.map(|claim| Move::Miss(job, claim)));
        moves.extend(claims.map(|claim| Move::Pass(job, claim)));
        moves.extend([Claim::OtherSecret, Claim::FalseDelivery].map(|c| Move::Pass(job, c)));
        use Showing::*;
        let showings = [Good, Absent, NoTable, WrongSalt, Foreign, WrongCount];
        moves.extend(showings.map(|how| Move::Show(job, how)));
    }
    moves
}

/// What moves jobs, two of them, about the same rows.
fn steps(table: &Table) -> Vec<Move> {
    let mut moves = vec![Move::Open { salt: 1, version: 1 }, Move::Open { salt: 2, version: 1 }];
    for job in (0..table.jobs.len()).map(Some) {
        moves.extend([Move::Decline(job), Move::Commit(job, true), Move::Concede(job)]);
        moves.extend([Move::Show(job, Showing::Good), Move::Reveal(job, true)]);
        moves.extend([Move::Miss(job, Claim::Good), Move::Pass(job, Claim::Good)]);
        moves.push(Move::Pass(job, Claim::False));
    }
    moves
}

fn report(name: &str, walked: &Walked) {
    println!(
        "{name}: {} states, {} transitions, {} attempts, {} races; refused {:?}; failed {:?}; lost races {:?}",
        walked.tables.len(),
        walked.edges.len(),
        walked.attempts,
        walked.races,
        walked.refused,
        walked.failed,
        walked.lost,
    );
}

#[test]
fn one_job_in_every_interleaving() {
    let walked = walk(1, &[OWNER, BUYER, STRANGER], everything);
    report("one job", &walked);
    let refused: Vec<u16> = walked.refused.keys().copied().collect();
    let expected =
        [7, 11, 32, 33, 52, 53, 54, 61, 71, 72, 73, 74, 75, 77, 78, 79, 80, 81, 83, 84, 86];
    assert_eq!(refused, expected);
    assert_eq!(walked.failed.keys().copied().collect::<Vec<_>>(), [85]);
    every_ending_is_reached(&walked);
    nobody_loses_more_than_the_rules_say(&walked);
    the_owner_is_always_paid_for_a_proof(&walked);
    // Four windows of two blocks, and the block in which the last one ends.
    assert_eq!(longest(&walked), 9);
}

#[test]
fn two_jobs_about_the_same_rows_in_every_interleaving() {
    let walked = walk(2, &[OWNER, BUYER, BUYER_2], steps);
    report("two jobs", &walked);
    let refused: Vec<u16> = walked.refused.keys().copied().collect();
    assert_eq!(refused, [54, 61, 72, 73, 74, 77, 82]);
    every_ending_is_reached(&walked);
    nobody_loses_more_than_the_rules_say(&walked);
    the_owner_is_always_paid_for_a_proof(&walked);
    // The second may be opened in the last block of the first, and every state has a way to its end.
    assert_eq!(longest(&walked), 17);
}

fn every_ending_is_reached(walked: &Walked) {
    use End::*;
    let mut ends = BTreeMap::new();
    for line in walked.tables.iter().flat_map(|table| &table.jobs) {
        if let Phase::Ended(end) = line.phase {
            *ends.entry(end).or_insert(0_u32) += 1;
        }
    }
    let all = [Declined, Expired, BuyerDefault, Conceded, Missed, OwnerDefault, Settled];
    assert_eq!(ends.keys().copied().collect::<Vec<_>>(), all);
}

/// A buyer loses at most the evaluation fee unless a sale is settled; an owner never loses.
fn nobody_loses_more_than_the_rules_say(walked: &Walked) {
    for table in walked.tables.iter().filter(|table| table.is_over()) {
        for who in [BUYER, BUYER_2] {
            let bound: u128 = table.jobs.iter().filter(|job| job.buyer == who).map(bound).sum();
            assert!(-table.gain(who) <= i128::try_from(bound).unwrap(), "{table:?}");
        }
        assert!(0 <= table.gain(OWNER));
    }
}

fn bound(job: &Line) -> u128 {
    match job.phase {
        Phase::Ended(End::Settled) => job.price + job.fee,
        _ => job.fee,
    }
}

/// Whenever a job is tested, up to the last block of the window, either proof is taken; whenever a key
/// is due, it is. Both bring at least the evaluation fee.
fn the_owner_is_always_paid_for_a_proof(walked: &Walked) {
    let done = |table: &Table, what| match table.expected(OWNER, what) {
        Verdict::Done(next) => next,
        other => panic!("{other:?}"),
    };
    let mut proofs = 0;
    for table in &walked.tables {
        for (at, job) in table.jobs.iter().enumerate() {
            let before = table.gain(OWNER);
            let fee = i128::try_from(job.fee).unwrap();
            let paid = |after: &Table| assert!(before + fee <= after.gain(OWNER), "{after:?}");
            if job.phase.is_testing() {
                paid(&done(table, Move::Miss(Some(at), Claim::Good)));
                let proven = done(table, Move::Pass(Some(at), Claim::Good));
                paid(&done(&proven, Move::Reveal(Some(at), true)));
                proofs += 1;
            }
            if job.phase.is_proven() {
                paid(&done(table, Move::Reveal(Some(at), true)));
            }
        }
    }
    assert!(0 < proofs);
}

/// Most blocks in which money can be kept in escrow, whatever everybody does: the longest way, counted in
/// blocks, through states with a live job. Without such a bound the way would have a cycle, and the search
/// would not end.
fn longest(walked: &Walked) -> u32 {
    let live = |at: usize| !walked.tables[at].is_over();
    let mut next = vec![Vec::new(); walked.tables.len()];
    for &(from, to, is_tick) in &walked.edges {
        if live(from) && from != to {
            next[from].push((to, u32::from(is_tick)));
        }
    }
    let mut most: Vec<Option<u32>> = vec![None; next.len()];
    let mut open = vec![false; next.len()];
    for start in 0..next.len() {
        let mut stack = vec![start];
        while let Some(&at) = stack.last() {
            let missing = next[at].iter().find(|(to, _)| most[*to].is_none());
            match missing {
                Some(&(to, _)) => {
                    assert!(!open[to], "a way through live states leads back");
                    open[at] = true;
                    stack.push(to);
                }
                None => {
                    let ways = next[at].iter().map(|&(to, ticks)| ticks + most[to].unwrap());
                    most[at] = Some(ways.max().unwrap_or(0));
                    open[at] = false;
                    stack.pop();
                }
            }
        }
    }
    most.into_iter().flatten().max().unwrap()
}
