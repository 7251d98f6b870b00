//! Bytes that are no proof: an error each, never a panic.

use super::{Rejection, case, verify};
use crate::commit::tests::tampered::mutations;
use assay_engine::{pcs, session};
use assay_types::statement::Score;

#[test]
fn changed_bytes_are_rejected() {
    let case = case(5, 3, 4, 9, 60);
    let score = Score::AtLeast(30);
    let proof = case.check(score);
    let statement = case.statement(score);
    let mutations = mutations(&proof, 1);
    assert!(150 <= mutations.len());
    for (what, bytes) in mutations {
        let got = verify(&statement, &case.table, &bytes);
        let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
        let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
        assert_ne!(why, panicked, "{what}");
    }
}

#[test]
fn other_rows_under_the_same_name_are_no_rows_of_the_statement() {
    let case = case(5, 3, 4, 9, 60);
    let score = Score::AtLeast(30);
    let proof = case.check(score);
    let other = super::case(5, 3, 4, 10, 60);
    assert_ne!(other.table, case.table);
    let got = verify(&case.statement(score), &other.table, &proof);
    assert_eq!(got, Err(Rejection::Unfit(super::Unfit::Data)));
}
