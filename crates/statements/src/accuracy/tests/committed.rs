//! Rows that stay hidden: completeness, agreement with public rows, one dishonest prover per new
//! rule.

use super::super::verify::{committed, stated};
use super::super::{MODES, MODES_COMMITTED, prove_committed, security_bits, verify_committed};
use super::{Case, case};
use crate::accuracy::{ProveError, Rejection, Scored, Unfit, Witness};
use crate::circuit::{Circuit, Opened, Proven};
use crate::commit::tests::tampered::{Tampered, mutations};
use crate::commit::{Salt, chain};
use crate::rows::{Hashed, as_digest, commit_rows};
use assay_engine::field::F;
use assay_engine::poseidon2::Compressor;
use assay_engine::{pcs, session};
use assay_layers::Layer as _;
use assay_layers::tree::{Columns, Shape};
use assay_model::Table;
use assay_types::FieldDigest;
use assay_types::statement::{Accuracy, Score};
use p3_field::PrimeCharacteristicRing;

fn rows_salt() -> Salt {
    Salt(FieldDigest::new([3, 1, 4, 1, 5, 9, 2, 6]).unwrap())
}

fn statement<M: Scored>(case: &Case<M>, score: Score) -> Accuracy {
    Accuracy {
        modes: MODES_COMMITTED,
        data: as_digest(&commit_rows(&case.table, &rows_salt())),
        ..case.statement(score)
    }
}

fn proof<M: Scored>(case: &Case<M>, statement: &Accuracy) -> Result<Vec<u8>, ProveError> {
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    prove_committed(statement, &witness, &rows_salt(), [8; 32], &mut |_| ())
}

#[test]
fn hidden_rows_of_every_shape_are_scored() {
    for (features, classes, depth, inner, rows) in [
        (1, 1, 1, 1, 1),
        (1, 2, 2, 2, 3),
        (5, 3, 4, 9, 60),
        (15, 2, 3, 5, 17),
        (16, 2, 3, 5, 16),
        (64, 10, 1, 1, 40),
    ] {
        check(&case(features, classes, depth, inner, rows));
    }
}

/// Every score that holds of hidden rows, and no other.
fn check<M: Scored>(case: &Case<M>) {
    let correct = case.correct as u32;
    for score in [Score::AtLeast(correct), Score::Exactly(correct), Score::Fewer(correct + 1)] {
        let statement = statement(case, score);
        let proof = proof(case, &statement).unwrap();
        verify_committed(&statement, &proof).unwrap();
        assert!(security_bits(&statement) >= 100);
        let public = Accuracy { modes: MODES, ..statement.clone() };
        assert_eq!(verify_committed(&public, &proof), Err(Rejection::Unfit(Unfit::Modes)));
        let got = super::verify(&statement, &case.table, &proof);
        assert_eq!(got, Err(Rejection::Unfit(Unfit::Data)));
        let other = Accuracy { data: as_digest(&statement.model.0), ..statement };
        assert!(matches!(verify_committed(&other, &proof), Err(Rejection::Proof(_))));
    }
    for score in [Score::Exactly(correct - 1), Score::Fewer(correct)] {
        let got = proof(case, &statement(case, score));
        let rows = case.table.rows();
        assert_eq!(got, Err(ProveError::False { correct: case.correct, rows }));
    }
}

#[test]
fn forests_and_networks_are_scored_on_hidden_rows() {
    check(&super::forest::usual());
    check(&super::network::small());
    for seed in 100..104 {
        check(&super::network::tiny(seed));
    }
}

#[test]
fn changed_bytes_of_a_proof_about_hidden_rows_are_rejected() {
    let case = super::network::small();
    let statement = statement(&case, Score::AtLeast(2));
    let proof = proof(&case, &statement).unwrap();
    for (what, bytes) in mutations(&proof, 5) {
        let got = verify_committed(&statement, &bytes);
        let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
        let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
        assert_ne!(why, panicked, "{what}");
    }
}

/// A prover that executes `executed`, and opens the commitment to the rows of the case.
fn opened<M: Scored>(case: &Case<M>, executed: &Table) -> Result<(), session::Rejection> {
    let model = &case.model;
    let right = |&row: &usize| model.answer(executed.row(row)) == Some(executed.labels()[row]);
    let correct = (0..executed.rows()).filter(right).count() as u32;
    let statement = statement(case, Score::Exactly(correct));
    let stated = stated(&statement).unwrap();
    let claim = committed(&statement, &stated, Some(executed)).unwrap();
    let circuit = Circuit::<M::Sizes>::new(&stated, claim, None).unwrap();
    let (salt, compressor) = (rows_salt(), Compressor::default());
    let opened = Opened {
        model: Some((chain(&compressor, model), &case.salt)),
        rows: Some((Hashed::new(&compressor, &case.table).unwrap(), &salt)),
        ..Opened::default()
    };
    let execution = circuit.layer.execute(model).unwrap();
    let proven = Proven { circuit, model, execution, opened };
    let digest = statement.digest().0.0;
    let proof = session::prove(&proven, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&proven.circuit, &digest, &proof)
}

/// One value and one label are others.
fn refuses_other_rows<M: Scored>(case: &Case<M>) {
    let (schema, classes) = (case.table.schema().clone(), case.table.schema().classes().len());
    assert_eq!(opened(case, &case.table), Ok(()), "the honest twin");
    let mut values = case.table.values().to_vec();
    values.swap(0, 1);
    let mut labels = case.table.labels().to_vec();
    labels[2] = (labels[2] + 1) % classes as u16;
    for (values, labels) in
        [(values, case.table.labels().to_vec()), (case.table.values().to_vec(), labels)]
    {
        let other = Table::new(schema.clone(), values, labels).unwrap();
        assert_eq!(opened(case, &other), Err(session::Rejection::Relation));
    }
}

#[test]
fn other_rows_than_the_committed_ones_are_rejected() {
    refuses_other_rows(&case(5, 3, 4, 9, 60));
    refuses_other_rows(&super::forest::usual());
    refuses_other_rows(&super::network::small());
}

#[test]
fn a_false_score_of_hidden_rows_is_refused() {
    let case = case(5, 3, 4, 9, 60);
    let got = proof(&case, &statement(&case, Score::AtLeast(case.correct as u32 + 1)));
    assert_eq!(got, Err(ProveError::False { correct: case.correct, rows: 60 }));
}

#[test]
fn a_commitment_to_other_rows_is_refused() {
    let case = case(5, 3, 4, 9, 60);
    let mut statement = statement(&case, Score::AtLeast(1));
    statement.data = case.table.digest();
    assert!(matches!(proof(&case, &statement), Err(ProveError::Mismatch(_))));
}

#[test]
fn public_and_hidden_rows_are_not_mixed_up() {
    let case = case(5, 3, 4, 9, 60);
    let hidden = statement(&case, Score::AtLeast(1));
    let proof = proof(&case, &hidden).unwrap();
    let public = Accuracy { modes: MODES, ..hidden.clone() };
    let got = verify_committed(&public, &proof);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Modes)));
    let got = super::verify(&hidden, &case.table, &proof);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Data)));
}

#[test]
fn a_proof_about_hidden_rows_proves_no_other_statement() {
    let case = case(5, 3, 4, 9, 60);
    let statement = statement(&case, Score::AtLeast(20));
    let proof = proof(&case, &statement).unwrap();
    let changes: [fn(&mut Accuracy); 4] = [
        |s| s.data = as_digest(&FieldDigest::new([1; 8]).unwrap()),
        |s| s.score = Score::AtLeast(19),
        |s| s.rows = 59,
        |s| s.model.0 = FieldDigest::new([1; 8]).unwrap(),
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut changed = statement.clone();
        change(&mut changed);
        assert!(verify_committed(&changed, &proof).is_err(), "change {i}");
    }
}

/// Proves with cells changed after they were filled, and verifies.
fn verdict(
    case: &Case,
    tamper: &dyn Fn(&Shape, &Columns, &mut [F]),
) -> Result<(), session::Rejection> {
    let statement = statement(case, Score::Exactly(case.correct as u32));
    let stated = stated(&statement).unwrap();
    let claim = committed(&statement, &stated, Some(&case.table)).unwrap();
    let circuit = Circuit::<Shape>::new(&stated, claim, None).unwrap();
    let (shape, columns) = (circuit.layer.shape, circuit.layer.columns);
    let (salt, model, compressor) = (rows_salt(), &case.model, Compressor::default());
    let opened = Opened {
        model: Some((chain(&compressor, model), &case.salt)),
        rows: Some((Hashed::new(&compressor, &case.table).unwrap(), &salt)),
        ..Opened::default()
    };
    let execution = circuit.layer.execute(model).unwrap();
    let inner = Proven { circuit, model, execution, opened };
    let tampered = Tampered { inner, tamper: &|cells| tamper(&shape, &columns, cells) };
    let digest = statement.digest().0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&tampered.inner, &digest, &proof)
}

#[test]
fn changed_cells_of_hidden_rows_are_rejected() {
    let case = case(5, 3, 4, 9, 60);
    assert_eq!(verdict(&case, &|_, _, _| ()), Ok(()), "the honest twin");
    let (features, stride) = (5, 8);
    for (name, column, cell) in [
        ("a value", 0, 3 * stride + 1),
        ("an upper half", 1, 3 * stride + 1),
        ("a label", 0, 3 * stride + features),
        ("a cell behind the label", 0, 3 * stride + features + 1),
        ("a row behind the last", 0, 60 * stride),
    ] {
        let got = verdict(&case, &|_, columns, cells| {
            cells[columns.data.unwrap()[column].at + cell] += F::ONE;
        });
        assert_eq!(got, Err(session::Rejection::Relation), "{name}");
    }
}

#[test]
fn a_label_that_the_last_step_makes_up_is_rejected() {
    // All of a wrong row's last step agrees with another label; only the tie to the committed label
    // objects.
    let case = case(5, 3, 4, 9, 60);
    let wrong = (0..60)
        .find(|&row| case.model.exec(case.table.row(row)) != Some(case.table.labels()[row]))
        .unwrap();
    let label = case.table.labels()[wrong];
    let got = verdict(&case, &|_, columns, cells| {
        // The committed label becomes the class, as if the rows had been other ones.
        let cell = columns.data.unwrap()[0].at + wrong * 8 + 5;
        assert_eq!(cells[cell], F::from_u16(label));
        cells[cell] = F::from_u16(case.model.exec(case.table.row(wrong)).unwrap());
    });
    assert_eq!(got, Err(session::Rejection::Relation));
}
