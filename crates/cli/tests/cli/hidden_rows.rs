//! `--hide-data`: proofs about rows that stay hidden.

use crate::session::Session;
use std::os::unix::fs::PermissionsExt;

const PROVE: &[&str] =
    &["prove", "accuracy", "--model", "a.model", "--data", "test.csv", "--target", "kind"];

/// A proof in `p` that a model answers 80 % of hidden rows; their opening in `p.rows`.
fn proven() -> (Session, String) {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let told = session.ok(&[PROVE, &["--at-least", "0.8", "--hide-data", "-o", "p"]].concat());
    let commitment = told["rows_commitment"].as_str().unwrap().to_owned();
    (session, commitment)
}

#[track_caller]
fn check(session: &Session, more: &[&str], code: i32) {
    let args = [&["verify", "p"], more].concat();
    let ran = session.run(&args);
    assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
}

#[test]
fn hidden_rows_need_no_table_to_verify() {
    let (session, commitment) = proven();
    let verified = session.ok(&["verify", "p", "--at-least", "0.8", "--model", "c"]);
    assert_eq!(verified["rows_commitment"], commitment.as_str());
    assert_eq!(verified["rows"], 100);
    check(&session, &["--rows", &commitment], 0);
    check(&session, &["--at-least", "0.81"], 3);
    let other = format!("0x{}", "01000000".repeat(8));
    check(&session, &["--rows", &other], 3);
}

#[test]
fn who_has_the_rows_and_their_opening_sees_that_they_are_meant() {
    let (session, _) = proven();
    let mode = session.path("p.rows").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the opening is its owner's alone");
    check(&session, &["--data", "test.csv", "--rows-opening", "p.rows"], 0);
    check(&session, &["--data", "train.csv", "--rows-opening", "p.rows"], 3);
    check(&session, &["--data", "test.csv"], 2);
}

#[test]
fn an_earlier_commitment_to_the_rows_is_proven_about_again() {
    let (session, commitment) = proven();
    let args: &[&str] =
        &["--at-least", "0.5", "--hide-data", "--rows-opening", "p.rows", "-o", "again"];
    let told = session.ok(&[PROVE, args].concat());
    assert_eq!(told["rows_commitment"], commitment.as_str());
    let ran = session.run(&["verify", "again", "--rows", &commitment]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn a_proof_about_public_rows_is_not_one_about_hidden_rows() {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    session.ok(&[PROVE, &["--at-least", "0.8", "-o", "p"]].concat());
    let rows = format!("0x{}", "01000000".repeat(8));
    check(&session, &["--data", "test.csv", "--rows", &rows], 3);
}
