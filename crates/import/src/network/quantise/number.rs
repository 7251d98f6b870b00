//! Networks that answer with a number, in parts of the target's unit.

use super::lower::{Answer, Lower, Step};
use super::unit::{QUOTIENT_MAX, Unit};
use super::{Error, Made, Meaning, Options, Report, features, make};
use crate::network::Network;
use assay_model::Graph;
use assay_model::regression::{Model, NUMBER_MAX, Reading, STEP_MAX, Schema, Table};

/// A model of integers that answers with a number, and what is known about it.
#[derive(Clone, Debug)]
pub struct Estimator {
    /// The model. Its features are in the program's order.
    pub model: Model,
    /// What it costs.
    pub report: Report<Errors>,
    made: Made,
}

/// How far answers are from their targets, and from each other. All squares are of units, but for `sum`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    /// Squared errors of the floats, added up.
    pub sum_float: f64,
    /// Squared errors of the integers, added up, in squared parts of the unit: what is proven.
    pub sum: u128,
    /// Mean distance between floats and integers, in units.
    pub apart_mean: f64,
    /// Greatest distance between floats and integers, in units.
    pub apart_max: f64,
}

/// Makes a model of a network of one output. The table's features are in the file's order.
pub fn estimator(network: &Network, table: &Table, options: &Options) -> Result<Estimator, Error> {
    check(network, table)?;
    let (schema, scale) = (table.schema(), table.schema().scale());
    let parts = f64::from(scale.denominator());
    let made = make(network, table.rows(), options, Answer::Number { parts })?;
    let names = (schema.target().to_owned(), schema.unit().to_owned());
    let schema = Schema::new(features(network, schema.names()), names.0, names.1, scale)
        .expect("the names of a schema in another order are a schema");
    let model = Model::new(schema, Graph::Network(made.network.clone()), made.reading)
        .expect("a program of one output reads as many features as the network has");
    let report = made.errors(network, table);
    Ok(Estimator { model, report, made })
}

impl Errors {
    /// Mean squared error of the floats over so many rows, in squared units.
    pub fn mse_float(&self, rows: usize) -> f64 {
        self.sum_float / rows as f64
    }

    /// R² of the floats about `targets`, in parts; `None` if they are all the same.
    pub fn r2_float(&self, targets: &[i32], parts: u32) -> Option<f64> {
        let (parts, count) = (f64::from(parts), targets.len() as f64);
        let mean = targets.iter().map(|&target| f64::from(target)).sum::<f64>() / count;
        let spread: f64 =
            targets.iter().map(|&target| ((f64::from(target) - mean) / parts).powi(2)).sum();
        (0.0 < spread).then(|| 1.0 - self.sum_float / spread)
    }
}

impl Estimator {
    /// Answers the rows of another table, whose features are in the file's order.
    pub fn test(&self, network: &Network, table: &Table) -> Result<Report<Errors>, Error> {
        check(network, table)?;
        Ok(self.made.errors(network, table))
    }
}

/// Checks that a table's rows are those of a network of one output.
fn check(network: &Network, table: &Table) -> Result<(), Error> {
    if !network.is_number() {
        let got = network.graph.shapes()[network.graph.last()].channels;
        return Err(Error::Kind { expected: "where one number is wanted", got });
    }
    super::check(network, table.rows())
}

impl Made {
    /// Measures the answers to all rows.
    fn errors(&self, network: &Network, table: &Table) -> Report<Errors> {
        let (parts, rows) = (table.schema().scale().denominator(), table.targets().len());
        let each = |errors: &mut Errors, row: usize, float: f64, integer: Option<i32>| {
            let target = table.targets()[row];
            errors.sum_float += (float - f64::from(target) / f64::from(parts)).powi(2);
            let Some(number) = integer else { return };
            errors.sum += u128::from(number.abs_diff(target)).pow(2);
            let apart = (float - f64::from(number) / f64::from(parts)).abs();
            errors.apart_mean += apart / rows as f64;
            errors.apart_max = errors.apart_max.max(apart);
        };
        self.report(network, table.rows(), |errors, row, floats, integers| {
            let float = floats.tensors.last().and_then(|tensor| tensor.first());
            let integer = integers.and_then(|trace| trace.scores().first().copied());
            let number = integer.map(|output| self.reading.number(output.into()));
            each(errors, row, float.copied().unwrap_or_default().into(), number);
        })
    }
}

impl Lower<'_> {
    /// The last unit: a number of 16 bits, each step of which is a whole number of parts.
    pub(super) fn number(&mut self, parts: f64) -> Result<(), Error> {
        let mut sum = self.answer()?;
        let (low, high) = sum.bounds().first().copied().unwrap_or_default();
        let far = Error::Far { low, high };
        let offset = ((low + high) / 2.0 * parts).round();
        if f64::from(NUMBER_MAX) < offset.abs() {
            return Err(far);
        }
        sum.bias.iter_mut().for_each(|bias| *bias -= offset / parts);
        // A little more than the bounds need, so that the unit is not given a coarser step.
        let step = (sum.reach() * parts / QUOTIENT_MAX * (1.0 + 1e-9)).ceil().max(1.0);
        if f64::from(STEP_MAX) < step {
            return Err(far);
        }
        // Both are whole numbers within the bounds of a reading.
        self.reading = Reading::new(step as u32, offset as i32).map_err(|_| far)?;
        let mut unit = Unit::new(sum, step / parts);
        debug_assert!(unit.step == step / parts);
        // Weights as fine as the field has room for: nothing behind it saturates or decides.
        unit.shift = unit.shift_max;
        let (tensor, step, offset) = (self.graph.last(), unit.step, offset / parts);
        self.steps.push((Step::Unit(unit), Meaning { tensor, step, offset }));
        Ok(())
    }
}
