//! The same statement about networks.

use super::{ProveError, Rejection, Unfit, Witness, prove, security_bits, verify};
use crate::accuracy::{MODES, MODES_COMMITTED};
use crate::commit::tests::tampered::mutations;
use crate::commit::{Salt, commit};
use assay_codec::Digest;
use assay_engine::{pcs, session};
use assay_model::ops::network::{Network, synthetic};
use assay_model::{Architecture, Table};
use assay_types::statement::{Accuracy, Context, Score};
use assay_types::{FieldDigest, JobId};

struct Case {
    model: Network,
    salt: Salt,
    table: Table,
}

fn case(model: Network, rows: usize) -> Case {
    let table = synthetic::table(&model, rows, 4).unwrap();
    let classes = model.program().classes() as u16;
    // A third of the labels are wrong, if there is another class.
    let labels = table.labels().iter().enumerate();
    let labels = labels.map(|(i, &label)| if i % 3 == 2 { (label + 1) % classes } else { label });
    let table = Table::new(table.schema().clone(), table.values().to_vec(), labels.collect());
    let salt = Salt(FieldDigest::new([9, 8, 7, 6, 5, 4, 3, 2]).unwrap());
    Case { model, salt, table: table.unwrap() }
}

fn small() -> Case {
    case(synthetic::mlp(&[6, 9, 4], 1), 7)
}

impl Case {
    fn correct(&self) -> usize {
        let rows = 0..self.table.rows();
        let is_right =
            |&row: &usize| self.model.exec(self.table.row(row)) == Some(self.table.labels()[row]);
        rows.filter(is_right).count()
    }

    fn statement(&self, score: Score) -> Accuracy {
        Accuracy {
            context: Context::default(),
            modes: MODES,
            architecture: Architecture::Network(self.model.program().clone()),
            schema: self.table.schema().clone(),
            model: commit(&self.model, &self.salt),
            data: self.table.digest(),
            rows: self.table.rows() as u32,
            score,
        }
    }

    fn prove(&self, statement: &Accuracy) -> Result<Vec<u8>, ProveError> {
        let witness = Witness { model: &self.model, salt: &self.salt, table: &self.table };
        prove(statement, &witness, [5; 32], &mut |_| ())
    }

    #[track_caller]
    fn check(&self, score: Score) -> Vec<u8> {
        let statement = self.statement(score);
        let proof = self.prove(&statement).unwrap();
        verify(&statement, &self.table, &proof).unwrap();
        assert!(security_bits(&statement) >= 100);
        proof
    }
}

#[test]
fn every_score_that_holds_is_proven() {
    let case = small();
    let correct = case.correct() as u32;
    for score in [Score::AtLeast(0), Score::AtLeast(correct), Score::Exactly(correct)] {
        case.check(score);
    }
    case.check(Score::Fewer(correct + 1));
}

#[test]
fn networks_of_every_kind_are_proven() {
    for seed in 100..106 {
        let case = case(synthetic::tiny(seed), 3);
        case.check(Score::Exactly(case.correct() as u32));
    }
}

#[test]
fn a_false_score_is_refused_before_anything_is_proven() {
    let case = small();
    let (correct, rows) = (case.correct(), case.table.rows());
    let k = correct as u32;
    for score in [Score::AtLeast(k + 1), Score::Fewer(k), Score::Exactly(k - 1)] {
        let got = case.prove(&case.statement(score));
        assert_eq!(got, Err(ProveError::False { correct, rows }));
    }
}

#[test]
fn a_witness_of_something_else_is_refused() {
    let case = small();
    let statement = case.statement(Score::AtLeast(0));
    let other = Case { model: synthetic::mlp(&[6, 9, 4], 2), ..small() };
    let salted = Case { salt: Salt(FieldDigest::new([1; 8]).unwrap()), ..small() };
    for witness in [other, salted] {
        assert!(matches!(witness.prove(&statement), Err(ProveError::Mismatch(_))));
    }
}

#[test]
fn a_proof_proves_no_other_statement() {
    let case = small();
    let score = Score::AtLeast(2);
    let proof = case.check(score);
    let changes: [fn(&mut Accuracy); 4] = [
        |s| s.context.job = JobId(Digest([1; 32])),
        |s| s.score = Score::AtLeast(1),
        |s| s.score = Score::Exactly(2),
        |s| s.model.0 = FieldDigest::new([1; 8]).unwrap(),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut changed = case.statement(score);
        change(&mut changed);
        let got = verify(&changed, &case.table, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "change {i}: {got:?}");
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = small();
    let unfit = |change: fn(&mut Accuracy)| {
        let mut changed = case.statement(Score::AtLeast(2));
        change(&mut changed);
        match verify(&changed, &case.table, &[]) {
            Err(Rejection::Unfit(unfit)) => unfit,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unfit(|s| s.modes = MODES_COMMITTED), Unfit::Modes);
    assert_eq!(unfit(|s| s.data = Digest([0; 32])), Unfit::Data);
    assert_eq!(unfit(|s| s.rows -= 1), Unfit::Data);
    assert_eq!(unfit(|s| s.rows = 0), Unfit::Sizes);
    assert_eq!(unfit(|s| s.score = Score::AtLeast(8)), Unfit::Score);
    let wide = |s: &mut Accuracy| {
        let program = synthetic::mlp(&[5, 4], 1).program().clone();
        s.architecture = Architecture::Network(program);
    };
    assert_eq!(unfit(wide), Unfit::Sizes);
}

#[test]
fn changed_bytes_are_rejected() {
    let case = small();
    let score = Score::AtLeast(2);
    let proof = case.check(score);
    let statement = case.statement(score);
    for (what, bytes) in mutations(&proof, 3) {
        let got = verify(&statement, &case.table, &bytes);
        let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
        let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
        assert_ne!(why, panicked, "{what}");
    }
}

#[test]
fn every_network_of_the_table_has_a_hundred_bits() {
    for (model, rows) in [
        (synthetic::mlp(&[784, 128, 10], 1), 1_000),
        (synthetic::lenet5(1), 100),
        (synthetic::cifar_cnn(1), 1),
    ] {
        let mut statement = small().statement(Score::AtLeast(0));
        let table = synthetic::table(&model, 1, 1).unwrap();
        statement.architecture = Architecture::Network(model.program().clone());
        statement.schema = table.schema().clone();
        statement.rows = rows;
        assert!(security_bits(&statement) >= 100, "{:?}", model.program());
    }
}
