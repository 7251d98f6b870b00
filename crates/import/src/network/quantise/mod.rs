//! From a network of floats to the integer program that is proven.
//!
//! What a program computes is said in [`assay_model::ops::network`]. Here its numbers are chosen:
//!
//! - **Input.** Features that only dense layers read have a scale and an offset each, exact dyadic
//!   numbers; others share one scale without an offset, since padding is 0.
//! - **Activations.** Integers of 8 bits, from 0 where nothing is negative; the step is chosen from what
//!   rows of a table showed ([`Calibration`]). Quotients have up to 16 bits, of which the map cuts off what
//!   is outside.
//! - **Parts of softmax and of normalisation** (`eˣ`, `1/x`, `1/√x`, `x²`) have 12 bits and tables of 4,095
//!   steps: their numbers are far apart, and are summed or multiplied once more.
//! - **Weights.** As wide as needed: one shift serves all layers, the smallest channel that is alive has 8
//!   bits or more.
//! - **Bounds.** Steps and shifts are such that, whatever the row, no sum leaves the field and no quotient
//!   its bits; [`ranges`] has the last word, and a network that breaks them is refused.
//!
//! - **A number that is the answer** has 16 bits; a step of it is as many whole parts of the target's unit as
//!   its bounds need, and its zero lies amidst them ([`Reading`]).
//!
//! Rounding is to the nearest: half a step is added to every bias.

mod cells;
mod cost;
mod input;
mod lower;
mod number;
mod observe;
mod report;
mod unit;

#[cfg(test)]
mod tests;

pub use cost::{Cost, Estimate};
pub use number::{Errors, Estimator, estimator};
pub use report::{Layer, Report, Right};

use super::Network;
use assay_model::ops::network::{
    Fault, InputMap, Map, Network as Integers, Node, Overflow, Program, SUM_BITS_MAX, ranges,
};
use assay_model::regression::Reading;
use assay_model::{Schema, Table};
use lower::{Answer, Lower, Step, lower};

/// Most rows that are looked at to choose scales.
const ROWS_MAX: usize = 1024;

/// How the step of a tensor is chosen from the numbers that it held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calibration {
    /// The greatest number is still told apart.
    #[default]
    MinMax,
    /// 99.95 of 100 numbers are.
    Percentile,
    /// As many as costs least information.
    Entropy,
}

/// What the caller decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How steps are chosen.
    pub calibration: Calibration,
    /// Bits of activations, between [`Options::BITS_MIN`] and [`Options::BITS_MAX`].
    pub bits: u8,
}

impl Options {
    /// Fewest bits of activations.
    pub const BITS_MIN: u8 = 4;
    /// Most bits of activations: quotients have 16, and must hold more.
    pub const BITS_MAX: u8 = 12;

    /// The integers of an activation.
    fn range(&self, is_positive: bool) -> (i16, i16) {
        Self::range_of(self.bits, is_positive)
    }

    /// The integers of so many bits.
    fn range_of(bits: u8, is_positive: bool) -> (i16, i16) {
        // Twelve bits at most.
        let half = 1_i16 << (bits - 1);
        if is_positive { (0, 2 * half - 1) } else { (-half, half - 1) }
    }
}

/// Why a network has no program.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bits of activations are out of range.
    #[error("activations have {got} bits, between {low} and {high} are possible", low = Options::BITS_MIN, high = Options::BITS_MAX)]
    Bits {
        /// As many were asked for.
        got: u8,
    },
    /// There are no rows.
    #[error("no row to choose scales from")]
    NoRows,
    /// The table has another number of features.
    #[error("the table has {got} features, the network reads {expected}")]
    Features {
        /// Cells of the network's input.
        expected: usize,
        /// Features of the table.
        got: usize,
    },
    /// The table has another number of classes.
    #[error("the table has {got} classes, the network tells {expected} apart")]
    Classes {
        /// Classes of the network.
        expected: usize,
        /// Classes of the table.
        got: usize,
    },
    /// The network answers with a number, or with classes, where the other was asked for.
    #[error("the network has {got} outputs, {expected}")]
    Kind {
        /// What was asked for.
        expected: &'static str,
        /// Outputs of the network.
        got: usize,
    },
    /// What is answered is too great, or too far apart, in parts of the unit.
    #[error("the network could answer from {low} to {high}, which is too far for such parts")]
    Far {
        /// The least number, in units.
        low: f64,
        /// The greatest.
        high: f64,
    },
    /// A row makes the floats overflow.
    #[error("row {row} makes tensor {tensor} overflow")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The tensor.
        tensor: usize,
    },
    /// A scale differs from place to place, and no dense layer reads it.
    #[error("a scale differs from place to place, and no dense layer follows it")]
    ScaleByCell,
    /// A weight or bias has no integer in the field.
    #[error("a weight is too large beside the others for one scale")]
    TooWide,
    /// The program breaks a rule.
    #[error("the program breaks a rule")]
    Program(#[source] Fault),
    /// A sum or a quotient may be too large.
    #[error("some row could have no answer")]
    Overflow(#[source] Overflow),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Bits { .. } => "8 is usual",
            Self::NoRows => "give a table of rows that are like those to be answered",
            Self::Features { .. } => {
                "the table needs a column for each number of the input, and a target"
            }
            Self::Classes { .. } => "say the classes in the network's order: --classes A,B,…",
            Self::Kind { .. } => {
                "one output is a number, which needs --range; more are scores of classes"
            }
            Self::Far { .. } => "a smaller --denominator makes fewer parts",
            Self::NotFinite { .. } => "scale the features as in training",
            Self::ScaleByCell => "normalise before the input is an image, or by channel",
            Self::TooWide | Self::Overflow(_) => "use fewer bits, or train with weight decay",
            Self::Program(_) => "make the network smaller",
        }
    }
}

/// A program, and what is known about it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The integers.
    pub network: Integers,
    /// Names of features, in the program's order, and of classes.
    pub schema: Schema,
    /// What it costs.
    pub report: Report,
    made: Made,
}

/// The integers, and what they mean.
#[derive(Clone, Debug)]
struct Made {
    network: Integers,
    /// Of each tensor of the program.
    meanings: Vec<Meaning>,
    /// What the answer means, if it is a number.
    reading: Reading,
}

/// What a tensor of the program means: a cell `x` stands for `offset + step·x` in a tensor of the floats.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    tensor: usize,
    step: f64,
    offset: f64,
}

/// Makes a program. The table's features are in the file's order, its classes in the network's.
pub fn compile(network: &Network, table: &Table, options: &Options) -> Result<Compiled, Error> {
    if network.is_number() {
        return Err(Error::Kind { expected: "where classes are wanted", got: 1 });
    }
    check(network, table)?;
    let made = make(network, table, options, Answer::Scores)?;
    let schema = table.schema();
    let (target, classes) = (schema.target().to_owned(), schema.classes().to_vec());
    let schema = Schema::new(features(network, schema), target, classes)
        .expect("the names of a schema in another order are a schema");
    let report = made.right(network, table);
    Ok(Compiled { network: made.network.clone(), schema, report, made })
}

/// The names of the features in the network's order.
fn features(network: &Network, schema: &Schema) -> Vec<String> {
    network.columns.iter().map(|&column| schema.features()[column].clone()).collect()
}

/// Makes a program for rows that fit the network.
fn make(
    network: &Network,
    table: &Table,
    options: &Options,
    answer: Answer,
) -> Result<Made, Error> {
    if !(Options::BITS_MIN..=Options::BITS_MAX).contains(&options.bits) {
        return Err(Error::Bits { got: options.bits });
    }
    let graph = &network.graph;
    let (chosen, numbers) = rows(network, table);
    for (row, values) in chosen.iter().zip(&numbers) {
        let tensors = graph.exec(values).tensors;
        let is_finite = |tensor: &Vec<f32>| tensor.iter().all(|value| value.is_finite());
        if let Some(tensor) = tensors.iter().position(|tensor| !is_finite(tensor)) {
            return Err(Error::NotFinite { row: *row, tensor });
        }
    }
    let observed = observe::observe(graph, &numbers, options.calibration);
    let (map, input) = input::input(graph, &numbers, &observed[0], (options, answer));
    let mut lowered = lower(graph, &observed, options, answer, input)?;
    unify(&mut lowered);
    let meanings = lowered.steps.iter().map(|&(_, meaning)| meaning).collect();
    let reading = lowered.reading;
    Ok(Made { network: assemble(network, map, &lowered)?, meanings, reading })
}

/// Checks that a table's rows are a network's.
fn check(network: &Network, table: &Table) -> Result<(), Error> {
    let (expected, got) = (network.columns.len(), table.schema().features().len());
    if expected != got {
        return Err(Error::Features { expected, got });
    }
    let (expected, got) =
        (network.graph.shapes()[network.graph.last()].channels, table.schema().classes().len());
    if expected != got {
        return Err(Error::Classes { expected, got });
    }
    if table.rows() == 0 { Err(Error::NoRows) } else { Ok(()) }
}

/// A row of the table as the network's input.
fn cells(network: &Network, table: &Table, row: usize) -> Vec<f32> {
    let row = table.row(row);
    let value = |&column: &usize| f32::from_bits(row[column].to_f32_bits());
    network.columns.iter().map(value).collect()
}

/// At most [`ROWS_MAX`] rows, spread over the table.
fn rows(network: &Network, table: &Table) -> (Vec<usize>, Vec<Vec<f32>>) {
    let step = table.rows().div_ceil(ROWS_MAX);
    let chosen: Vec<usize> = (0..table.rows()).step_by(step).collect();
    let numbers = chosen.iter().map(|&row| cells(network, table, row)).collect();
    (chosen, numbers)
}

/// Each distinct shift, and each map with so many bits, is a table in the proof: units share them where
/// they can.
fn unify(lowered: &mut Lower<'_>) {
    let units = |lowered: &Lower<'_>| {
        let unit = |(step, _): &(Step, Meaning)| match step {
            Step::Unit(unit) => Some(unit.clone()),
            Step::Max { .. } => None,
        };
        lowered.steps.iter().filter_map(unit).collect::<Vec<_>>()
    };
    let all = units(lowered);
    let common = all.iter().map(|unit| unit.shift).max().unwrap_or(0);
    for (step, _) in &mut lowered.steps {
        let Step::Unit(unit) = step else { continue };
        // What is exact without a shift stays so: it has no remainders at all.
        if unit.shift != 0 {
            unit.shift = common.min(unit.shift_max);
        }
        let room = |unit: &unit::Unit| SUM_BITS_MAX.saturating_sub(unit.shift as u8);
        if !matches!(unit.map, Map::Table(_)) {
            let same = all.iter().filter(|other| other.map == unit.map);
            let shared = same.map(|other| other.quotient_bits).max().unwrap_or(16);
            if shared <= room(unit) {
                unit.quotient_bits = shared;
            }
        }
        // Quotient and remainder share the bits of a number; a product's shift is not to be chosen.
        if room(unit) < unit.quotient_bits && unit.sum.product().is_none() {
            unit.shift = i32::from(SUM_BITS_MAX - unit.quotient_bits);
        }
    }
}

/// Puts the program together, and its parameters where its layout wants them.
fn assemble(network: &Network, input: InputMap, lowered: &Lower<'_>) -> Result<Integers, Error> {
    let (mut nodes, mut maps, mut parameters) = (Vec::new(), Vec::<Map>::new(), Vec::new());
    for (step, _) in &lowered.steps {
        let unit = match step {
            Step::Unit(unit) => unit,
            Step::Max { .. } => {
                nodes.extend(step.max());
                parameters.push(None);
                continue;
            }
        };
        let integers = unit.integers()?;
        let map = maps.iter().position(|map| *map == unit.map).unwrap_or_else(|| {
            maps.push(unit.map.clone());
            maps.len() - 1
        });
        nodes.push(Node::Unit {
            terms: integers.terms.clone(),
            has_bias: !integers.bias.is_empty(),
            shape: unit::shape(unit.sum.shape),
            // At most 16.
            shift: unit.shift as u8,
            quotient_bits: unit.quotient_bits,
            map,
        });
        parameters.push(Some(integers));
    }
    let shape = unit::shape(network.graph.input());
    let program = Program::new(input, shape, maps, nodes).map_err(Error::Program)?;
    let layout = program.parameter_layout();
    let mut cells = vec![0; layout.cells()];
    for (node, integers) in layout.nodes().iter().zip(&parameters) {
        let Some(integers) = integers else { continue };
        for (kernel, weights) in node.terms.iter().zip(&integers.weights) {
            let Some(kernel) = kernel else { continue };
            let mut weights = weights.chunks_exact(kernel.outputs);
            for &tap in &kernel.taps {
                for group in 0..kernel.groups {
                    for input in 0..kernel.inputs {
                        let at = tap + kernel.row(group, input);
                        let row = weights.next().unwrap_or_default();
                        cells[at..at + row.len()].copy_from_slice(row);
                    }
                }
            }
        }
        if let Some(bias) = node.bias {
            cells[bias.at..bias.at + bias.channels].copy_from_slice(&integers.bias);
        }
    }
    let integers = Integers::new(program, cells)
        .expect("as many cells as the layout has, each a number of the field");
    ranges(integers.program(), integers.parameters()).map_err(Error::Overflow)?;
    Ok(integers)
}
