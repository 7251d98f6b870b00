//! A prover who is stopped, at any moment, proves nothing.

use super::{Case, case, forest, network};
use crate::accuracy::parts::{Proving, Secret};
use crate::accuracy::{ProveError, Scored, Witness, prove};
use crate::{Cancelled, Progress};
use assay_types::statement::Score;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::ControlFlow;

/// Phases that are told again are stopped once in so many times.
const EACH: usize = 8;

/// Stops `prove` whenever it tells of a phase that begins, and now and then while it goes on; returns
/// the names of the phases.
#[track_caller]
pub(crate) fn check<T: Debug, E: Debug + PartialEq + From<Cancelled>>(
    prove: impl Fn(Progress<'_>) -> Result<T, E>,
) -> BTreeSet<&'static str> {
    let mut told = Vec::new();
    prove(&mut |phase| told.push(phase)).unwrap();
    let begins = |&last: &usize| last == 0 || told[last - 1] != told[last] || last % EACH == 0;
    for last in (0..told.len()).filter(begins) {
        let mut heard = Vec::new();
        let got = prove(&mut |phase| {
            heard.push(phase);
            if heard.len() <= last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(got.map(drop), Err(E::from(Cancelled)), "{heard:?}");
        assert_eq!(heard[..], told[..=last], "nothing is done behind the last phase");
    }
    told.into_iter().collect()
}

#[track_caller]
fn check_case<M: Scored>(case: &Case<M>, own: &[&str]) {
    let statement = case.statement(Score::AtLeast(0));
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let phases = check(|progress| prove(&statement, &witness, [5; 32], progress));
    let all = ["execution", "witness", "commitment", "lookups", "commitments opened", "relations"];
    for phase in all.iter().chain(&["last sum-check", "opening"]).chain(own) {
        assert!(phases.contains(phase), "{phase} of {phases:?}");
    }
}

#[test]
fn every_phase_can_be_the_last() {
    check_case(&case(5, 3, 4, 9, 12), &["zerocheck"]);
    check_case(&forest::usual(), &["zerocheck", "answers"]);
    check_case(&network::small(), &["layers"]);
}

#[test]
fn parts_can_be_stopped() {
    let case = case(5, 3, 4, 9, 12);
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let statement = case.statement(Score::AtLeast(0));
    let proving = Proving::new(statement, 6, witness, &Secret([7; 32])).unwrap();
    check(|progress| proving.part(1, [5; 32], progress));
    assert!(check(|progress| proving.closing([5; 32], progress)).contains("sums of the parts"));
    // What was stopped is proven with another seed.
    let proof = proving.part(1, [6; 32], &mut |_| ()).unwrap();
    assert!(proving.is_proven(1, &proof));
}

#[test]
fn what_is_stopped_is_told_from_what_fails() {
    let stopped: ProveError = assay_engine::session::CommitError::Cancelled(Cancelled).into();
    assert_eq!(stopped, ProveError::Cancelled(Cancelled));
    assert_eq!(stopped.to_string(), "cancelled, nothing was proven");
}
