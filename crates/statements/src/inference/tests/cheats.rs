//! One dishonest prover per rule of the statement. What they do within the layer is in its own
//! tests; here is what holds its parts together.

use super::super::prove::circuit;
use super::{Case, Inference, Modes, Part, Privacy, Rejection, Witness};
use super::{PREDICTION, case, changed, salt, slots};
use crate::answers::{answers_digest, commit_answers};
use crate::circuit::Proven;
use crate::commit::commit;
use crate::commit::tests::tampered::Tampered;
use crate::rows::commit_rows;
use assay_engine::field::F;
use assay_engine::session;
use assay_layers::Execution;
use assay_layers::tree::{Shape, Tree};
use assay_model::Table;
use assay_types::statement::Part::Committed;
use p3_field::PrimeCharacteristicRing;

/// Proves `statement` with whatever the case holds and these answers, and verifies.
pub(super) fn verdict(
    case: &Case,
    statement: &Inference,
    answers: &[u16],
    tamper: &dyn Fn(&Tree<'_>, &mut [F]),
) -> Result<(), Rejection> {
    verdict_with(&case.witness(), statement, answers, tamper)
}

/// A prover that does not ask what the model answers.
fn proven<'a>(
    statement: &Inference,
    witness: &Witness<'a>,
    answers: &'a [u16],
) -> Proven<'a, Shape> {
    let model = slots(witness.model);
    let (circuit, opened) = circuit(statement, model, witness, (answers, &[])).unwrap();
    Proven { circuit, model, execution: Execution::of(answers.to_vec()), opened }
}

fn verdict_with(
    witness: &Witness<'_>,
    statement: &Inference,
    answers: &[u16],
    tamper: &dyn Fn(&Tree<'_>, &mut [F]),
) -> Result<(), Rejection> {
    let inner = proven(statement, witness, answers);
    let tree = inner.circuit.layer.clone();
    let tampered = Tampered { inner, tamper: &|cells| tamper(&tree, cells) };
    let digest = statement.digest().0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    Ok(session::verify(&tampered.inner, &digest, &proof)?)
}

fn nothing(_: &Tree<'_>, _: &mut [F]) {}

const REJECTED: Result<(), Rejection> = Err(Rejection::Proof(session::Rejection::Relation));

const COMMITTED: Modes =
    Modes { input: Privacy::Committed, weights: Privacy::Committed, output: Privacy::Committed };

/// The case with the statement that names `answers` in the mode of its output.
fn claiming(case: &Case, modes: Modes, answers: &[u16]) -> Inference {
    let mut statement = case.statement(modes);
    statement.output = match modes.output {
        Privacy::Public => Part::Public(answers_digest(answers)),
        Privacy::Committed => {
            Committed(commit_answers(case.model.schema(), answers, &case.salts[2]))
        }
        Privacy::Hidden => Part::Hidden,
    };
    statement
}

#[test]
fn the_honest_twin_is_accepted() {
    let case = case(5, 3, 4, 9, 20);
    for modes in [PREDICTION, COMMITTED] {
        let statement = claiming(&case, modes, &case.answers);
        assert_eq!(verdict(&case, &statement, &case.answers, &nothing), Ok(()));
    }
}

#[test]
fn a_wrong_answer_to_one_row_is_rejected() {
    let case = case(5, 3, 4, 9, 20);
    for modes in [PREDICTION, COMMITTED] {
        for row in [0, 7, 19] {
            for other in [1, 2] {
                let mut answers = case.answers.clone();
                answers[row] = (answers[row] + other) % 3;
                let statement = claiming(&case, modes, &answers);
                assert_eq!(verdict(&case, &statement, &answers, &nothing), REJECTED, "row {row}");
            }
        }
    }
}

#[test]
fn answers_exchanged_between_rows_are_rejected() {
    let case = case(5, 3, 4, 9, 20);
    let other = (1..20).find(|&row| case.answers[row] != case.answers[0]).unwrap();
    let mut answers = case.answers.clone();
    answers.swap(0, other);
    for modes in [PREDICTION, COMMITTED] {
        let statement = claiming(&case, modes, &answers);
        assert_eq!(verdict(&case, &statement, &answers, &nothing), REJECTED);
    }
}

#[test]
fn a_commitment_to_other_answers_is_not_opened() {
    // The steps and the column of answers are right; the commitment is to something else.
    let case = case(5, 3, 4, 9, 20);
    let mut answers = case.answers.clone();
    answers[4] = (answers[4] + 1) % 3;
    let statement = claiming(&case, COMMITTED, &answers);
    assert_eq!(verdict(&case, &statement, &case.answers, &nothing), REJECTED);
    // Or the column is what was committed, and the steps are right.
    let (right, wrong) = (case.answers[4], answers[4]);
    let column = |tree: &Tree<'_>, cells: &mut [F]| {
        let cell = &mut cells[tree.columns.answers.unwrap().at + 4];
        assert_eq!(*cell, F::from_u16(right));
        *cell = F::from_u16(wrong);
    };
    assert_eq!(verdict(&case, &statement, &case.answers, &column), REJECTED);
}

#[test]
fn an_answer_behind_the_last_row_is_no_row() {
    // 20 rows in a column of 32: a twenty-first answer that the commitment holds.
    let case = case(5, 3, 4, 9, 20);
    let column = |tree: &Tree<'_>, cells: &mut [F]| {
        cells[tree.columns.answers.unwrap().at + 20] = F::ONE;
    };
    let statement = claiming(&case, COMMITTED, &case.answers);
    assert_eq!(verdict(&case, &statement, &case.answers, &column), REJECTED);
    let mut more = case.answers.clone();
    more.push(1);
    let mut statement = claiming(&case, COMMITTED, &more);
    assert_eq!(verdict(&case, &statement, &case.answers, &column), REJECTED);
    statement.rows = 21;
    // A table of that many rows, the last one of padding.
    let mut values = case.rows.values().to_vec();
    values.extend([assay_model::Ordered::ZERO; 5]);
    let rows = Table::new(case.rows.schema().clone(), values, vec![0; 21]).unwrap();
    let witness = Witness { rows: &rows, ..case.witness() };
    let answer = super::answers(&case.model, &rows).unwrap()[20];
    *more.last_mut().unwrap() = answer;
    assert_eq!(verdict_with(&witness, &statement, &more, &nothing), REJECTED);
}

#[test]
fn another_model_does_not_answer_for_the_committed_one() {
    let case = case(5, 3, 4, 9, 20);
    // The same answers: a leaf that no row reaches is another.
    let other = changed(&case.model, |slots| slots.last_mut().unwrap().low ^= 1);
    for modes in [PREDICTION, COMMITTED, Modes { output: Privacy::Hidden, ..PREDICTION }] {
        let statement = claiming(&case, modes, &case.answers);
        let witness = Witness { model: &other, ..case.witness() };
        assert_eq!(verdict_with(&witness, &statement, &case.answers, &nothing), REJECTED);
        let salt = salt(9);
        let witness = Witness { model_salt: Some(&salt), ..case.witness() };
        assert_eq!(verdict_with(&witness, &statement, &case.answers, &nothing), REJECTED);
    }
    let slots = slots(&other);
    let mut statement = claiming(&case, PREDICTION, &case.answers);
    statement.model = Committed(commit(slots, &case.salts[1]));
    assert_eq!(verdict(&case, &statement, &case.answers, &nothing), REJECTED);
}

#[test]
fn another_model_does_not_answer_for_the_public_one() {
    // The verifier's slots are the public ones; the prover's cells are others in one number.
    let case = case(5, 3, 4, 9, 20);
    let modes = Modes { weights: Privacy::Public, ..PREDICTION };
    let statement = claiming(&case, modes, &case.answers);
    assert_eq!(verdict(&case, &statement, &case.answers, &nothing), Ok(()));
    let slots = 1 << 5;
    for column in 0..4 {
        for slot in [0, slots - 1] {
            let tamper = |tree: &Tree<'_>, cells: &mut [F]| {
                cells[tree.columns.slots[column].at + slot] += F::ONE;
            };
            let got = verdict(&case, &statement, &case.answers, &tamper);
            assert_eq!(got, REJECTED, "column {column}, slot {slot}");
        }
    }
}

#[test]
fn another_public_model_is_rejected_though_all_its_cells_fit() {
    // Everything follows another model, consistently; the one tie to the public slots objects.
    let case = case(5, 3, 4, 9, 20);
    let other = changed(&case.model, |slots| {
        slots.iter_mut().filter(|slot| slot.high == u16::MAX).for_each(|leaf| leaf.low = 1);
    });
    let answers = super::answers(&other, &case.rows).unwrap();
    assert_ne!(answers, case.answers);
    let modes = Modes { weights: Privacy::Public, ..PREDICTION };
    let statement = claiming(&case, modes, &answers);
    let witness = Witness { model: &other, ..case.witness() };
    let inner = proven(&statement, &witness, &answers);
    let digest = statement.digest().0.0;
    let proof = session::prove(&inner, &digest, &[6; 32], &mut |_| ()).unwrap();
    assert_eq!(session::verify(&inner.circuit, &digest, &proof), Ok(()), "of its own slots");
    let known = super::Known { answers: Some(&answers), ..case.known() };
    assert_eq!(super::verify(&statement, &known, &proof), REJECTED);
    // With hidden weights nothing says which model it was.
    let hidden = claiming(&case, Modes { weights: Privacy::Hidden, ..PREDICTION }, &answers);
    assert_eq!(verdict_with(&witness, &hidden, &answers, &nothing), Ok(()));
}

#[test]
fn other_rows_do_not_stand_for_the_committed_ones() {
    let case = case(5, 3, 4, 9, 20);
    let mut values = case.rows.values().to_vec();
    // A value that changes no answer is another row all the same.
    values.swap(0, 1);
    let labels = case.rows.labels().to_vec();
    let other = Table::new(case.rows.schema().clone(), values, labels).unwrap();
    let statement = claiming(&case, COMMITTED, &case.answers);
    let answers = super::answers(&case.model, &other).unwrap();
    let witness = Witness { rows: &other, ..case.witness() };
    assert_eq!(verdict_with(&witness, &statement, &answers, &nothing), REJECTED);
    let mut statement = claiming(&case, COMMITTED, &case.answers);
    statement.input = Committed(commit_rows(&other, &case.salts[0]));
    assert_eq!(verdict(&case, &statement, &case.answers, &nothing), REJECTED);
}

#[test]
fn an_undeclared_class_is_no_answer() {
    // The leaf of row 0 says class 3 of 3, and so does everything else.
    let case = case(5, 3, 4, 9, 20);
    let class = case.answers[0];
    let undeclared = changed(&case.model, |slots| {
        let leaves = slots.iter_mut().filter(|slot| slot.high == u16::MAX && slot.low == class);
        leaves.for_each(|leaf| leaf.low = 3);
    });
    let answers: Vec<u16> =
        case.answers.iter().map(|&answer| if answer == class { 3 } else { answer }).collect();
    let slots = slots(&undeclared);
    let witness = Witness { model: &undeclared, ..case.witness() };
    for modes in [PREDICTION, COMMITTED, Modes { output: Privacy::Hidden, ..PREDICTION }] {
        let mut statement = claiming(&case, modes, &answers);
        statement.model = Committed(commit(slots, &case.salts[1]));
        assert_eq!(verdict_with(&witness, &statement, &answers, &nothing), REJECTED, "{modes:?}");
    }
}
