//! Errors that are what they are, claims that are false by one squared part, statements and witnesses
//! of something else, and scikit-learn's measures.

use super::verify::public;
use super::{
    MODES, ProveError, Regressor, Rejection, Unfit, Witness, bound, prove, security_bits, spread,
    verify,
};
use crate::accuracy::MODES_COMMITTED;
use crate::circuit::{Circuit, Opened, Proven};
use crate::commit::tests::tampered::{Tampered, mutations};
use crate::commit::{Committed, Salt, chain, commit};
use assay_codec::Digest;
use assay_engine::field::F;
use assay_engine::poseidon2::Compressor;
use assay_engine::session;
use assay_layers::{Layer, forest};
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::ops::network::{Network, synthetic as networks};
use assay_model::ops::{forest::Bounds, tree};
use assay_model::regression::{Architecture as Numbers, Reading, Scale, Schema, Table};
use assay_model::{Architecture, SplitMix64, synthetic};
use assay_types::statement::{Context, ErrorMetric, ErrorScore, Regression};
use assay_types::{Address, FieldDigest, Height, JobId};
use p3_field::PrimeCharacteristicRing;

/// Parts of a unit.
const PARTS: u32 = 10;

struct Case<M> {
    model: M,
    reading: Reading,
    salt: Salt,
    table: Table,
    sum: u128,
}

impl<M: Regressor> Case<M> {
    /// Random rows whose targets are the answers and some noise.
    fn new(model: M, rows: usize, noise: u64, seed: u64) -> Self {
        Self::read_as(Reading::PLAIN, model, rows, noise, seed)
    }

    fn read_as(reading: Reading, model: M, rows: usize, noise: u64, seed: u64) -> Self {
        let features = model.architecture().features();
        let drawn = synthetic::tree(features, 1, 1, 1, 1).unwrap();
        let drawn = synthetic::table(&drawn, rows, 0, seed).unwrap();
        let mut random = SplitMix64::new(seed);
        let (mut targets, mut sum) = (Vec::new(), 0);
        for row in 0..rows {
            let error = random.below(2 * noise + 1) as i32 - noise as i32;
            targets.push(reading.number(model.output(drawn.row(row)).unwrap()) - error);
            sum += u128::from(error.unsigned_abs()).pow(2);
        }
        let (low, high) = (targets.iter().min().unwrap(), targets.iter().max().unwrap());
        let scale = Scale::new(PARTS, low - 1 - noise as i32, high + 1).unwrap();
        let names = (0..features).map(|feature| format!("x{feature}")).collect();
        let schema = Schema::new(names, "y".into(), "m".into(), scale).unwrap();
        let table = Table::new(schema, drawn.values().to_vec(), targets).unwrap();
        let salt = Salt(FieldDigest::new([9, 8, 7, 6, 5, 4, 3, 2]).unwrap());
        Self { model, reading, salt, table, sum }
    }

    fn statement(&self, score: ErrorScore) -> Regression {
        Regression {
            context: Context::default(),
            modes: MODES,
            architecture: Numbers::new(self.model.architecture(), self.reading).unwrap(),
            schema: self.table.schema().clone(),
            model: commit(&self.model, &self.salt),
            data: self.table.digest(),
            rows: self.table.targets().len() as u32,
            score,
        }
    }

    fn prove(&self, score: ErrorScore) -> Result<Vec<u8>, ProveError> {
        let witness = Witness { model: &self.model, salt: &self.salt, table: &self.table };
        prove(&self.statement(score), &witness, [5; 32], &mut |_| ())
    }

    #[track_caller]
    fn check(&self, score: ErrorScore) {
        let (statement, proof) = (self.statement(score), self.prove(score).unwrap());
        assert_eq!(verify(&statement, &self.table, &proof), Ok(()), "{score:?}");
        assert!(security_bits(&statement) >= 100);
    }

    #[track_caller]
    fn refused(&self, score: ErrorScore) {
        let got = self.prove(score);
        let is_false = matches!(got, Err(ProveError::False { sum, .. }) if sum == self.sum);
        assert!(is_false, "{score:?}: {got:?}");
    }

    /// The mean squared error plus a squared part of one row, `more` times.
    fn mse(&self, more: i64, is_missed: bool) -> ErrorScore {
        let denominator = u64::from(PARTS).pow(2) * self.table.targets().len() as u64;
        let numerator = self.sum as i64 + more;
        score(ErrorMetric::MeanSquaredError, numerator, denominator, is_missed)
    }

    /// R² less a squared part of one row, `more` times.
    fn r2(&self, more: i64, is_missed: bool) -> ErrorScore {
        let rows = self.table.targets().len() as i64;
        let all = spread(self.table.targets()).unwrap() as i64;
        let sum = self.sum as i64 + more;
        score(ErrorMetric::RSquared, all - rows * sum, all as u64, is_missed)
    }

    /// What holds of every model.
    fn check_all(&self) {
        for claim in [Self::mse, Self::r2] {
            for (more, is_missed) in [(0, false), (1, false), (-1, true)] {
                self.check(claim(self, more, is_missed));
            }
            for (more, is_missed) in [(-1, false), (0, true), (1, true)] {
                self.refused(claim(self, more, is_missed));
            }
        }
    }

    /// Why the changed statement is refused before the proof is looked at.
    #[track_caller]
    fn unfit(&self, change: impl FnOnce(&mut Regression)) -> Unfit {
        let mut changed = self.statement(self.mse(0, false));
        change(&mut changed);
        match verify(&changed, &self.table, &[]) {
            Err(Rejection::Unfit(unfit)) => unfit,
            other => panic!("{other:?}"),
        }
    }
}

fn score(metric: ErrorMetric, numerator: i64, denominator: u64, is_missed: bool) -> ErrorScore {
    ErrorScore { metric, numerator, denominator, is_missed }
}

fn forests(features: usize, sizes: (usize, usize, usize), seed: u64) -> ForestTable {
    let forest = synthetic::forest((features, 1), Votes::All, sizes, seed).unwrap();
    forest.to_table(forest.bounds(sizes.1 as u8 + 1, 0, sizes.0 + 1).unwrap()).unwrap()
}

fn usual() -> Case<ForestTable> {
    Case::new(forests(5, (4, 3, 5), 5), 40, 300, 4)
}

#[test]
fn errors_of_forests_are_what_they_are() {
    usual().check_all();
}

#[test]
fn every_phase_can_be_the_last() {
    let case = Case::new(networks::mlp(&[6, 9, 1], 1), 9, 5, 2);
    let statement = case.statement(case.mse(0, false));
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let stopped = |progress: crate::Progress<'_>| prove(&statement, &witness, [5; 32], progress);
    assert!(crate::accuracy::tests::cancelled::check(stopped).contains("layers"));
}

#[test]
fn errors_of_networks_are_what_they_are() {
    let network: Network = networks::mlp(&[6, 9, 1], 1);
    Case::new(network.clone(), 9, 5, 2).check_all();
    // Outputs of which each stands for many parts, far from zero.
    let reading = Reading::new(37, -5000).unwrap();
    Case::read_as(reading, network, 9, 500, 2).check_all();
}

#[test]
fn errors_may_be_greater_than_the_spread() {
    let case = usual();
    // An R² below zero.
    let case = Case { table: scattered(&case), ..case };
    let (rows, spread) = (40, spread(case.table.targets()).unwrap() as i64);
    let sum: i64 = (0..rows)
        .map(|row| {
            let answer = case.model.output(case.table.rows().row(row)).unwrap();
            i64::from(answer.abs_diff(case.table.targets()[row])).pow(2)
        })
        .sum();
    let case = Case { sum: sum as u128, ..case };
    let exact = spread - rows as i64 * sum;
    assert!(exact < 0, "{exact} of {spread}");
    case.check_all();
    // R² ≥ −b/b is what the sum of twice the spread meets.
    let most = bound::most(&score(ErrorMetric::RSquared, -3, 3, false), &case.table).unwrap();
    assert_eq!(most, 2 * spread as u128 / rows as u128);
    assert_eq!(bound::check(&score(ErrorMetric::RSquared, i64::MIN, 1, false)), Ok(()));
}

/// The rows with the targets of the next row.
fn scattered(case: &Case<ForestTable>) -> Table {
    let mut targets = case.table.targets().to_vec();
    targets.rotate_left(1);
    Table::new(case.table.schema().clone(), case.table.rows().values().to_vec(), targets).unwrap()
}

/// Sizes of rows and forests at random, against a sum that is added up elsewhere.
#[test]
fn proofs_agree_with_execution() {
    let mut random = SplitMix64::new(3);
    for seed in 0..6 {
        let mut below = |bound: u64| random.below(bound) as usize;
        let (depth, trees) = (1 + below(4), 1 + below(6));
        let inner = depth + below(1 << depth).min((1 << depth) - 1 - depth);
        let model = forests(1 + below(6), (trees, depth, inner), seed);
        let case = Case::new(model, 1 + below(30), 1 + below(400) as u64, seed);
        case.check(case.mse(0, false));
        case.refused(case.mse(0, true));
        if case.sum != 0 {
            case.check(case.mse(-1, true));
            case.refused(case.mse(-1, false));
        }
    }
}

#[test]
fn an_answer_far_from_its_target_has_no_proof() {
    let case = usual();
    let mut targets = case.table.targets().to_vec();
    let schema = case.table.schema();
    let scale = Scale::new(PARTS, 0, 1).unwrap();
    targets.fill(0);
    let narrow = Schema::new(schema.features().to_vec(), "y".into(), "m".into(), scale).unwrap();
    let table = Table::new(narrow, case.table.rows().values().to_vec(), targets).unwrap();
    let case = Case { table, ..case };
    let got = case.prove(score(ErrorMetric::MeanSquaredError, i64::from(u32::MAX), 1, false));
    assert!(matches!(got, Err(ProveError::Far { .. })), "{got:?}");
}

fn bounds(statement: &Regression) -> Bounds {
    let Architecture::Forest(bounds) = statement.architecture.graph() else { panic!("a forest") };
    *bounds
}

/// The architecture of a forest.
fn plain(bounds: Bounds) -> Numbers {
    Numbers::new(Architecture::Forest(bounds), Reading::PLAIN).unwrap()
}

/// A proof of the answers of a network says nothing of what else they could stand for.
#[test]
fn a_proof_proves_no_other_reading() {
    let reading = Reading::new(3, 10).unwrap();
    let case = Case::read_as(reading, networks::mlp(&[4, 1], 1), 5, 9, 2);
    let score = case.mse(0, false);
    let (statement, proof) = (case.statement(score), case.prove(score).unwrap());
    assert_eq!(verify(&statement, &case.table, &proof), Ok(()));
    for (step, offset) in [(1, 10), (3, 11), (3, 0), (1, 0)] {
        let reading = Reading::new(step, offset).unwrap();
        let architecture = Numbers::new(case.model.architecture(), reading).unwrap();
        let changed = Regression { architecture, ..statement.clone() };
        assert!(verify(&changed, &case.table, &proof).is_err(), "{offset} + {step}·q");
    }
}

/// A change of a statement, and what it is called.
type Change = (&'static str, fn(&mut Regression));

#[test]
fn a_proof_proves_no_other_statement() {
    let case = usual();
    let score = case.mse(0, false);
    let (statement, proof) = (case.statement(score), case.prove(score).unwrap());
    let changes: &[Change] = &[
        ("chain", |s| s.context.chain = 1),
        ("genesis", |s| s.context.genesis = Digest([1; 32])),
        ("job", |s| s.context.job = JobId(Digest([1; 32]))),
        ("prover", |s| s.context.prover = Address([1; 20])),
        ("recipient", |s| s.context.recipient = Address([1; 20])),
        ("deadline", |s| s.context.deadline = Height::new(9)),
        ("model", |s| s.model.0 = FieldDigest::new([1; 8]).unwrap()),
        ("data", |s| s.data = Digest([1; 32])),
        ("metric", |s| s.score.metric = ErrorMetric::RSquared),
        ("bound", |s| s.score.numerator -= 1),
        ("looser bound", |s| s.score.numerator += 1),
        ("the same fraction", |s| {
            s.score.numerator *= 2;
            s.score.denominator *= 2;
        }),
        ("miss", |s| s.score.is_missed = true),
        ("trees", |s| {
            let bounds = bounds(s);
            s.architecture =
                plain(Bounds::new(bounds.tree(), bounds.trees() + 1, bounds.votes()).unwrap());
        }),
        ("votes", |s| {
            let bounds = bounds(s);
            s.architecture =
                plain(Bounds::new(bounds.tree(), bounds.trees(), Votes::Turns).unwrap());
        }),
    ];
    for (name, change) in changes {
        let mut changed = statement.clone();
        change(&mut changed);
        assert!(verify(&changed, &case.table, &proof).is_err(), "{name}");
    }
    // Other units are another table, and so another statement.
    let scale = case.table.schema().scale();
    for scale in [
        Scale::new(PARTS + 1, scale.low(), scale.high()).unwrap(),
        Scale::new(PARTS, scale.low() - 1, scale.high()).unwrap(),
    ] {
        let schema = case.table.schema();
        let names = (schema.features().to_vec(), schema.target().to_owned());
        let schema = Schema::new(names.0, names.1, schema.unit().to_owned(), scale).unwrap();
        let (values, targets) = (case.table.rows().values(), case.table.targets());
        let table = Table::new(schema.clone(), values.to_vec(), targets.to_vec()).unwrap();
        let data = table.digest();
        let changed = Regression { schema, data, ..statement.clone() };
        assert!(verify(&changed, &table, &proof).is_err());
        let changed = Regression { schema: table.schema().clone(), ..statement.clone() };
        assert_eq!(verify(&changed, &case.table, &proof), Err(Unfit::Data.into()));
    }
}

#[test]
fn bytes_that_are_not_the_proof_are_rejected() {
    let case = usual();
    let score = case.r2(0, false);
    let (statement, proof) = (case.statement(score), case.prove(score).unwrap());
    for (what, bytes) in mutations(&proof, 40) {
        assert!(verify(&statement, &case.table, &bytes).is_err(), "{what}");
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = usual();
    let unfit = |change: fn(&mut Regression)| case.unfit(change);
    assert_eq!(unfit(|s| s.modes = MODES_COMMITTED), Unfit::Modes);
    assert_eq!(unfit(|s| s.data = Digest([0; 32])), Unfit::Data);
    assert_eq!(unfit(|s| s.rows -= 1), Unfit::Data);
    assert_eq!(unfit(|s| s.rows = 0), Unfit::Sizes);
    let wide = |s: &mut Regression| {
        let scale = Scale::new(1, 0, 1 << 20).unwrap();
        let names = (s.schema.features().to_vec(), "y".into(), "m".into());
        s.schema = Schema::new(names.0, names.1, names.2, scale).unwrap();
        s.rows = 1 << 24;
    };
    assert_eq!(unfit(wide), Unfit::Wraps);
    assert_eq!(unfit(|s| s.score.denominator = 0), Unfit::Fraction);
    let share = |s: &mut Regression| s.score = score(ErrorMetric::RSquared, 3, 2, false);
    assert_eq!(unfit(share), Unfit::Fraction);
    let far = |s: &mut Regression| {
        s.score = score(ErrorMetric::MeanSquaredError, i64::MAX, 1, true);
    };
    assert_eq!(unfit(far), Unfit::Score);
    let wide = |s: &mut Regression| {
        let sizes = tree::Bounds::new(6, 1, 4, 6).unwrap();
        s.architecture = plain(Bounds::new(sizes, 5, Votes::All).unwrap());
    };
    assert_eq!(unfit(wide), Unfit::Sizes);
    let huge = |s: &mut Regression| {
        let sizes = tree::Bounds::new(5, 1, 64, 20).unwrap();
        s.architecture = plain(Bounds::new(sizes, 1 << 14, Votes::All).unwrap());
    };
    assert_eq!(unfit(huge), Unfit::TooLarge);
}

#[test]
fn targets_that_are_all_the_same_have_no_r2() {
    let case = usual();
    let targets = vec![case.table.targets()[0]; 40];
    let values = case.table.rows().values().to_vec();
    let table = Table::new(case.table.schema().clone(), values, targets).unwrap();
    let case = Case { table, ..case };
    let r2 = |s: &mut Regression| s.score = score(ErrorMetric::RSquared, 1, 2, false);
    assert_eq!(case.unfit(r2), Unfit::Constant);
}

/// Proves with whatever model, chain and cells.
fn verdict(
    case: &Case<ForestTable>,
    statement: &Regression,
    (model, chained): (&ForestTable, &ForestTable),
    tamper: &dyn Fn(&Circuit<'_, forest::Shape>, &mut [F]),
) -> Result<(), session::Rejection> {
    let (stated, claim) = public(statement, &case.table).unwrap();
    let circuit = || Circuit::<forest::Shape>::new(&stated, claim, None).unwrap();
    let states = chain(&Compressor::default(), chained);
    let opened = Opened { model: Some((states, &case.salt)), ..Opened::default() };
    let execution = circuit().layer.execute(model).unwrap();
    let inner = Proven { circuit: circuit(), model, execution, opened };
    let tampered = Tampered { inner, tamper: &|cells| tamper(&circuit(), cells) };
    let digest = statement.digest().0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&tampered.inner, &digest, &proof)
}

#[test]
fn only_the_committed_model_is_scored() {
    let case = usual();
    let honest = case.statement(case.mse(0, false));
    let own = (&case.model, &case.model);
    assert_eq!(verdict(&case, &honest, own, &|_, _| ()), Ok(()));
    let mut values = case.model.values().to_vec();
    *values.last_mut().unwrap() += 1;
    let slots = case.model.slots().to_vec();
    let other = ForestTable::new(case.model.bounds(), slots, values).unwrap();
    let mut statement = honest.clone();
    statement.model = commit(&other, &case.salt);
    for chained in [&case.model, &other] {
        let got = verdict(&case, &statement, (&case.model, chained), &|_, _| ());
        assert_eq!(got, Err(session::Rejection::Relation));
    }
}

/// The sums that are squared are the ones that the layer has added up.
#[test]
fn answers_cannot_be_moved_to_their_targets() {
    let case = usual();
    let none = score(ErrorMetric::MeanSquaredError, 0, 1, false);
    let statement = case.statement(none);
    let own = (&case.model, &case.model);
    let perfect = |circuit: &Circuit<'_, forest::Shape>, cells: &mut [F]| {
        let outputs = circuit.layer.outputs().unwrap();
        for (cell, &target) in cells[outputs.range()].iter_mut().zip(case.table.targets()) {
            *cell = F::from_i32(target);
        }
        let squares = circuit.squares.as_ref().unwrap();
        cells[squares.bits.range()].fill(F::ZERO);
        squares.fill(cells);
    };
    let got = verdict(&case, &statement, own, &perfect);
    assert_eq!(got, Err(session::Rejection::Relation));
    // A prover without errors may say so.
    let case = Case::new(forests(5, (4, 3, 5), 5), 40, 0, 4);
    case.check(none);
}

#[test]
fn every_statement_has_a_hundred_bits() {
    let case = usual();
    for (rows, depth, slots_log, trees) in
        [(1, 1, 3, 1), (1000, 10, 18, 100), (20_000, 6, 12, 21), (100_000, 8, 14, 3)]
    {
        let mut statement = case.statement(case.mse(0, false));
        statement.rows = rows;
        let sizes = tree::Bounds::new(5, 1, depth, slots_log).unwrap();
        statement.architecture = plain(Bounds::new(sizes, trees, Votes::All).unwrap());
        let bits = security_bits(&statement);
        assert!(bits >= 100, "{rows} rows: {bits} bits");
    }
}

/// Claims a millionth on either side of what scikit-learn measures: `oracles/regression.py`.
#[test]
fn measures_are_those_of_scikit_learn() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracles/fixtures/errors.csv");
    let file = std::fs::read_to_string(path).unwrap();
    let (mut below, mut above) = (0, 0);
    for line in file.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let &[targets, answers, parts, mse, r2] = fields.as_slice() else { panic!("{line}") };
        let numbers =
            |text: &str| text.split(' ').map(|n| n.parse().unwrap()).collect::<Vec<i32>>();
        let (targets, answers) = (numbers(targets), numbers(answers));
        let squares = targets.iter().zip(&answers).map(|(t, y)| u128::from(t.abs_diff(*y)).pow(2));
        let sum: u128 = squares.sum();
        let scale = Scale::new(parts.parse().unwrap(), -9000, 9000).unwrap();
        let schema = Schema::new(vec!["x".into()], "y".into(), "m".into(), scale).unwrap();
        let values = vec![assay_model::Ordered::ZERO; targets.len()];
        let table = Table::new(schema, values, targets).unwrap();
        let most = |metric, millionths: i64| {
            bound::most(&score(metric, millionths, 1_000_000, false), &table).ok()
        };
        let (mse, r2): (i64, i64) = (mse.parse().unwrap(), r2.parse().unwrap());
        let metric = ErrorMetric::MeanSquaredError;
        assert!(most(metric, mse + 1).is_some_and(|most| sum <= most), "{line}");
        assert!(most(metric, mse - 1).is_none_or(|most| most < sum), "{line}");
        let metric = ErrorMetric::RSquared;
        assert!(most(metric, r2 + 1).is_none_or(|most| most < sum), "{line}");
        assert!(most(metric, r2 - 1).is_some_and(|most| sum <= most), "{line}");
        below += usize::from(r2 < 0);
        above += usize::from(0 < r2);
    }
    assert!(20 < below && 50 < above, "{below} with an R² below zero, {above} above");
}
