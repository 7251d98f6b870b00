//! Linear models and networks, trained in fixed point.
//!
//! [`train`] makes an integer [`Network`] of a [`Table`] and [`NetworkParameters`] alone: no float, no
//! clock, and whatever number of threads, the same. Every number, every rounding and every order is
//! specified in `docs/design/0014-training.md`, so that another program can do the same; one in Python
//! does (`oracles/descent.py`).
//!
//! - `fixed` says how many bits numbers have, and why nothing wraps around;
//! - `input` makes integers of features, by the map that the program itself will have;
//! - `plan`, `pass`, `loss` and `weights` are gradient descent: what layers make of a row, the slope of
//!   the loss, and the steps down that slope;
//! - `compile` makes the program that is executed and proven, of 8 bits.
//!
//! Sums of whole numbers do not depend on the order of adding: the rows of a batch are shared out among
//! threads freely.

mod compile;
mod exp;
mod fixed;
mod input;
mod loss;
mod pass;
mod plan;
mod scale;
mod weights;

#[cfg(test)]
mod tests;

use crate::{Progress, Watch};
use assay_model::ops::network::{Fault, InputMap, Network, Overflow};
use assay_model::{LinearParameters, NetworkParameters, SplitMix64, Table, TableSize};
use exp::Exp;
use fixed::ACTIVATION;
use input::{STEPS_LOG, input};
use pass::{Pass, Shared};
use plan::{Stage, stages};
use rayon::prelude::*;
use weights::{Step, Weights};

/// Why no network was trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The layers do not fit the table's rows.
    #[error("{0}")]
    Shape(&'static str),
    /// There would be too much work.
    #[error("{0}")]
    Work(&'static str),
    /// There is nothing to learn from.
    #[error("the table has no rows")]
    Empty,
    /// Weights have grown until they meant nothing.
    #[error("the weights have grown beyond measure")]
    Diverged,
    /// The program breaks a rule of its own: a fault of this crate.
    #[error("the program breaks a rule")]
    Program(#[source] Fault),
    /// Some row would have no answer: a fault of this crate.
    #[error("some row could have no answer")]
    Overflow(#[source] Overflow),
    /// A parameter is no number of the field: a fault of this crate.
    #[error("{0}")]
    Parameters(&'static str),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Shape(_) => {
                "name an image with a cell for each feature column, or a smaller network"
            }
            Self::Work(_) => "ask for fewer epochs or a smaller network, or give fewer rows",
            Self::Empty => "give a table with at least one row below its header",
            Self::Diverged => "choose a smaller learning rate, or train with weight decay",
            Self::Program(_) | Self::Overflow(_) | Self::Parameters(_) => {
                "this is a fault of the program; please report it"
            }
        }
    }
}

/// Trains a linear model on the rows of `table`.
pub fn train_linear(
    table: &Table,
    parameters: &LinearParameters,
    watch: Watch<'_>,
) -> Result<Network, Error> {
    train(table, &parameters.as_network(), watch)
}

/// Trains a network on the rows of `table`.
pub fn train(
    table: &Table,
    parameters: &NetworkParameters,
    watch: Watch<'_>,
) -> Result<Network, Error> {
    let schema = table.schema();
    let (features, classes) = (schema.features().len(), schema.classes().len());
    let shapes = parameters.shapes(features, classes).map_err(Error::Shape)?;
    let stages = stages(parameters, features, classes).map_err(Error::Shape)?;
    parameters.work(&TableSize { rows: table.rows(), features, classes }).map_err(Error::Work)?;
    if table.rows() == 0 {
        return Err(Error::Empty);
    }
    let map = input(table, shapes[0]);
    let rows = Rows::new(table, &map);
    let weights = descend(&stages, parameters, &rows, watch);
    let program = compile::Compiler { stages: &stages, weights: &weights, map };
    program.compile(&rows)
}

/// The rows as the first layer reads them.
struct Rows<'a> {
    values: Vec<i32>,
    width: usize,
    labels: &'a [u16],
}

impl<'a> Rows<'a> {
    fn new(table: &'a Table, map: &InputMap) -> Self {
        let width = table.schema().features().len();
        // The steps of the map are those of activations but for a power of two.
        let value = |(place, &value)| {
            i32::from(map.apply(place % width, value)) << (ACTIVATION - STEPS_LOG)
        };
        let values = table.values().iter().enumerate().map(value).collect();
        Self { values, width, labels: table.labels() }
    }

    fn row(&self, index: usize) -> &[i32] {
        &self.values[index * self.width..][..self.width]
    }

    fn iter(&self) -> impl Iterator<Item = &[i32]> {
        self.values.chunks_exact(self.width)
    }
}

/// Goes down the slope, batch by batch.
fn descend(
    stages: &[Stage],
    parameters: &NetworkParameters,
    rows: &Rows<'_>,
    watch: Watch<'_>,
) -> Vec<Weights> {
    let descent = parameters.descent();
    let mut random = SplitMix64::new(descent.seed);
    let linears = stages.iter().filter_map(Stage::linear);
    let mut weights: Vec<Weights> =
        linears.map(|linear| Weights::new(linear, &mut random)).collect();
    let exp = Exp::new();
    let shared = Shared { stages, loss: parameters.loss(), exp: &exp };
    let mut passes: Vec<Pass> =
        (0..rayon::current_num_threads().max(1)).map(|_| Pass::new(stages)).collect();
    let batch = usize::from(descent.batch);
    let batches = rows.labels.len().div_ceil(batch) as u64;
    let mut progress = Progress { done: 0, total: batches * u64::from(descent.epochs) };
    for epoch in 0..descent.epochs {
        let order = random.permutation(rows.labels.len());
        for batch in order.chunks(batch) {
            slopes(&shared, &weights, rows, batch, &mut passes);
            let step = Step::new(descent, epoch, batch.len());
            for (weights, slope) in weights.iter_mut().zip(&passes[0].totals) {
                weights.step(slope, &step);
            }
            progress.done += 1;
            watch(progress);
        }
    }
    weights
}

/// Leaves the slopes of a batch in the first of `passes`.
fn slopes(
    shared: &Shared<'_>,
    weights: &[Weights],
    rows: &Rows<'_>,
    batch: &[usize],
    passes: &mut [Pass],
) {
    let share = batch.len().div_ceil(passes.len());
    let learn = |(pass, rows_of): (&mut Pass, &[usize])| {
        for &row in rows_of {
            pass.learn(shared, weights, rows.row(row), rows.labels[row]);
        }
    };
    passes.iter_mut().for_each(|pass| pass.totals.iter_mut().for_each(|total| total.clear()));
    if passes.len() == 1 {
        learn((&mut passes[0], batch));
        return;
    }
    passes.par_iter_mut().zip(batch.par_chunks(share)).for_each(learn);
    if let [first, others @ ..] = passes {
        for other in others {
            first.totals.iter_mut().zip(&other.totals).for_each(|(mine, other)| mine.add(other));
        }
    }
}
