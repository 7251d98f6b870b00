//! Completeness, then one dishonest statement per field.

mod best;
pub(crate) mod cancelled;
mod cheats;
mod committed;
mod figure;
mod forest;
mod hostile;
mod network;
mod parts;
mod parts_of_figures;
mod tables;

use super::{MODES, ProveError, Rejection, Scored, Unfit, Witness, prove, security_bits, verify};
use crate::commit::{Salt, commit};
use assay_codec::Digest;
use assay_model::ops::tree::{Bounds, NodeTable, bounds_for};
use assay_model::{Architecture, Ordered, Table, synthetic};
use assay_types::statement::{Accuracy, Context, Modes, Privacy, Score};
use assay_types::{Address, FieldDigest, Height, JobId};

/// A model and rows, of which so many are answered with their label.
struct Case<M = NodeTable> {
    model: M,
    salt: Salt,
    table: Table,
    correct: usize,
}

fn case(features: usize, classes: usize, depth: usize, inner: usize, rows: usize) -> Case {
    let tree = synthetic::tree(features, classes, depth, inner, 3).unwrap();
    let table = synthetic::table(&tree, rows, 200, 4).unwrap();
    let bounds = bounds_for(&tree, depth as u8 + 1, 2 * inner + 1).unwrap();
    Case::new(tree.to_table(bounds).unwrap(), table, NodeTable::exec)
}

impl<M: Scored> Case<M> {
    fn new(model: M, table: Table, exec: fn(&M, &[Ordered]) -> Option<u16>) -> Self {
        let is_right = |&row: &usize| exec(&model, table.row(row)) == Some(table.labels()[row]);
        let correct = (0..table.rows()).filter(is_right).count();
        let salt = Salt(FieldDigest::new([9, 8, 7, 6, 5, 4, 3, 2]).unwrap());
        Self { model, salt, table, correct }
    }

    fn statement(&self, score: Score) -> Accuracy {
        Accuracy {
            context: Context::default(),
            modes: MODES,
            architecture: self.model.architecture(),
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
        assert_eq!(verify(&statement, &self.table, &proof), Ok(()));
        assert!(security_bits(&statement) >= 100);
        proof
    }

    /// What holds of every kind of model.
    fn check_scores(&self) {
        let (correct, rows) = (self.correct, self.table.rows());
        let k = correct as u32;
        for score in [
            Score::AtLeast(0),
            Score::AtLeast(k),
            Score::Exactly(k),
            Score::Fewer(k + 1),
            Score::Fewer(rows as u32 + 1),
        ] {
            self.check(score);
        }
        for score in [Score::AtLeast(k + 1), Score::Fewer(k), Score::Exactly(k - 1)] {
            let got = self.prove(&self.statement(score));
            assert_eq!(got, Err(ProveError::False { correct, rows }));
        }
    }

    /// Why the changed statement is refused before the proof is looked at.
    #[track_caller]
    fn unfit(&self, change: impl FnOnce(&mut Accuracy)) -> Unfit {
        let mut changed = self.statement(Score::AtLeast(1));
        change(&mut changed);
        match verify(&changed, &self.table, &[]) {
            Err(Rejection::Unfit(unfit)) => unfit,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_score_that_holds_is_proven_and_no_other() {
    case(5, 3, 4, 9, 60).check_scores();
    forest::usual().check_scores();
    network::small().check_scores();
}

#[test]
fn the_share_of_the_work_is_known_of_every_phase_and_grows() {
    fn check(case: &Case<impl Scored>) {
        let statement = case.statement(Score::AtLeast(0));
        let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
        let mut shares = Vec::new();
        let work = super::work(&statement).unwrap();
        let told = &mut |phase| shares.push(work.done(phase).unwrap_or_else(|| panic!("{phase}")));
        prove(&statement, &witness, [5; 32], told).unwrap();
        assert!(7 < shares.len() && shares.is_sorted(), "{shares:?}");
        assert!(shares[0] == 0 && shares.iter().all(|&share| share < 1000), "{shares:?}");
    }
    check(&case(5, 3, 4, 9, 60));
    check(&forest::usual());
    check(&network::small());
}

#[test]
fn small_and_odd_sizes_are_proven() {
    for (features, classes, depth, inner, rows) in
        [(1, 1, 1, 1, 1), (1, 2, 2, 2, 3), (33, 2, 3, 5, 17), (64, 10, 1, 1, 40), (3, 2, 12, 30, 9)]
    {
        let case = case(features, classes, depth, inner, rows);
        case.check(Score::AtLeast(case.correct as u32));
    }
}

/// A change of a statement, and what it is called.
type Change = (&'static str, fn(&mut Accuracy));

#[test]
fn a_proof_proves_no_other_statement() {
    let case = case(5, 3, 4, 9, 60);
    let statement = case.statement(Score::AtLeast(30));
    let proof = case.prove(&statement).unwrap();
    let changes: &[Change] = &[
        ("chain", |s| s.context.chain = 1),
        ("genesis", |s| s.context.genesis = Digest([1; 32])),
        ("job", |s| s.context.job = JobId(Digest([1; 32]))),
        ("prover", |s| s.context.prover = Address([1; 20])),
        ("recipient", |s| s.context.recipient = Address([1; 20])),
        ("deadline", |s| s.context.deadline = Height::new(9)),
        ("threshold", |s| s.score = Score::AtLeast(29)),
        ("kind of score", |s| s.score = Score::Exactly(30)),
        ("model", |s| {
            s.model.0 = FieldDigest::new([1; 8]).unwrap();
        }),
        ("bounds", |s| {
            s.architecture = Architecture::DecisionTree(Bounds::new(5, 3, 6, 5).unwrap());
        }),
    ];
    for (name, change) in changes {
        let mut changed = statement.clone();
        change(&mut changed);
        assert!(verify(&changed, &case.table, &proof).is_err(), "{name}");
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = case(5, 3, 4, 9, 60);
    let unfit = |change: fn(&mut Accuracy)| case.unfit(change);
    assert_eq!(unfit(|s| s.modes = Modes { output: Privacy::Public, ..MODES }), Unfit::Modes);
    assert_eq!(unfit(|s| s.data = Digest([0; 32])), Unfit::Data);
    assert_eq!(unfit(|s| s.rows -= 1), Unfit::Data);
    assert_eq!(unfit(|s| s.rows = 0), Unfit::Sizes);
    assert_eq!(unfit(|s| s.score = Score::AtLeast(61)), Unfit::Score);
    assert_eq!(unfit(|s| s.score = Score::Fewer(0)), Unfit::Score);
    assert_eq!(unfit(|s| s.score = Score::Exactly(u32::MAX)), Unfit::Score);
    let wide = |s: &mut Accuracy| {
        s.architecture = Architecture::DecisionTree(Bounds::new(6, 3, 5, 5).unwrap());
    };
    assert_eq!(unfit(wide), Unfit::Sizes);
    let network = |s: &mut Accuracy| {
        let network = assay_model::ops::network::synthetic::mlp(&[6, 3], 1);
        s.architecture = Architecture::Network(network.program().clone());
    };
    assert_eq!(unfit(network), Unfit::Sizes);
    let huge = |s: &mut Accuracy| s.rows = 1 << 24;
    assert_eq!(unfit(huge), Unfit::Data);
}

#[test]
fn every_statement_has_a_hundred_bits() {
    for (rows, depth, slots_log) in [(1, 1, 3), (100, 10, 11), (10_000, 10, 11), (100_000, 12, 16)]
    {
        let case = case(30, 2, 3, 5, 10);
        let mut statement = case.statement(Score::AtLeast(1));
        statement.rows = rows;
        statement.architecture =
            Architecture::DecisionTree(Bounds::new(30, 2, depth, slots_log).unwrap());
        assert!(security_bits(&statement) >= 100, "{rows} rows");
    }
}
