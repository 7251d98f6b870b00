//! Statements and bytes that are no proof: an error each, never a panic.

use super::{Digest, Inference, Known, Modes, Part, Privacy, Rejection, Unfit};
use super::{PREDICTION, case, verify};
use crate::answers::answers_digest;
use crate::commit::tests::tampered::mutations;
use assay_engine::{pcs, session};
use assay_model::Architecture;
use assay_model::ops::tree::Bounds;
use assay_types::FieldDigest;

#[test]
fn changed_bytes_are_rejected() {
    let case = case(5, 3, 4, 9, 20);
    let committed = Privacy::Committed;
    for modes in
        [PREDICTION, Modes { input: committed, weights: Privacy::Public, output: committed }]
    {
        let (statement, proof) = case.check(modes);
        for (what, bytes) in mutations(&proof, 1) {
            let got = verify(&statement, &case.known(), &bytes);
            let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
            let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
            assert_ne!(why, panicked, "{what}");
        }
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = case(5, 3, 4, 9, 20);
    let statement = case.statement(PREDICTION);
    let unfit = |change: &dyn Fn(&mut Inference), known: Known<'_>| {
        let mut changed = statement.clone();
        change(&mut changed);
        match verify(&changed, &known, &[]) {
            Err(Rejection::Unfit(unfit)) => unfit,
            other => panic!("{other:?}"),
        }
    };
    let known = case.known();
    assert_eq!(unfit(&|s| s.rows = 0, known), Unfit::Sizes);
    assert_eq!(unfit(&|s| s.rows = u32::MAX, known), Unfit::Sizes);
    assert_eq!(unfit(&|s| s.rows -= 1, known), Unfit::Rows);
    assert_eq!(unfit(&|s| s.input = Part::Public(Digest([0; 32])), known), Unfit::Rows);
    assert_eq!(unfit(&|s| s.output = Part::Public(Digest([0; 32])), known), Unfit::Answers);
    let wide = |s: &mut Inference| {
        s.architecture = Architecture::DecisionTree(Bounds::new(6, 3, 5, 5).unwrap());
    };
    assert_eq!(unfit(&wide, known), Unfit::Sizes);
    let huge = |s: &mut Inference| {
        s.rows = 1 << 24;
        s.input = Part::Committed(FieldDigest::new([1; 8]).unwrap());
        s.output = Part::Committed(FieldDigest::new([1; 8]).unwrap());
    };
    assert_eq!(unfit(&huge, known), Unfit::TooLarge);
}

#[test]
fn a_statement_that_names_an_undeclared_class_is_unfit() {
    let case = case(5, 3, 4, 9, 20);
    let mut statement = case.statement(PREDICTION);
    let mut answers = case.answers.clone();
    answers[7] = 3;
    statement.output = Part::Public(answers_digest(&answers));
    let known = Known { answers: Some(&answers), ..case.known() };
    let got = verify(&statement, &known, &[]);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Answer { row: 7 })));
}
