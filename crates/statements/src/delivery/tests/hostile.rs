//! Bytes that are no proof: an error each, never a panic.

use super::{Rejection, delivered, model, verify};
use crate::commit::tests::tampered::mutations;
use assay_engine::{pcs, session};

#[test]
fn changed_bytes_are_rejected() {
    let (ciphertext, statement, proof) = delivered(&model(9));
    for (what, bytes) in mutations(&proof, 2) {
        let got = verify(&statement, &ciphertext, &bytes);
        let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
        let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
        assert_ne!(why, panicked, "{what}");
    }
}

#[test]
fn a_proof_of_other_bounds_is_none() {
    // Another layout: a proof of one statement is malformed for the other.
    let (ciphertext, statement, proof) = delivered(&model(9));
    let (other_text, other, other_proof) = delivered(&model(4));
    assert!(verify(&statement, &ciphertext, &other_proof).is_err());
    assert!(verify(&other, &other_text, &proof).is_err());
}
