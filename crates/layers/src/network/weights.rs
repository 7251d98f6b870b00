//! Weights of the cells of a tensor: one vector for each of its axes `[rows, height, width,
//! channels]`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use assay_engine::field::EF;
use assay_engine::mle;
use assay_engine::relations::Axis;
use assay_model::ops::network::Window;
use p3_field::PrimeCharacteristicRing;

/// Binary logarithms of the padded axes `[rows, height, width, channels]`.
pub(super) type Logs = [usize; 4];

/// A cell weighs the product of its axes' weights; what lies behind the end of a vector weighs
/// nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    pub(super) rows: Vec<EF>,
    pub(super) height: Vec<EF>,
    pub(super) width: Vec<EF>,
    pub(super) channels: Vec<EF>,
}

impl Weights {
    /// eq(point, ·) over all padded cells.
    pub(super) fn eq(point: &[EF], logs: &Logs) -> Self {
        let [rows, height, width, channels] = split(point, logs).map(mle::eq_table);
        Self { rows, height, width, channels }
    }

    /// eq(point, ·) over the cells of these sizes.
    pub(super) fn real(point: &[EF], logs: &Logs, sizes: &[usize; 4]) -> Self {
        let mut weights = Self::eq(point, logs);
        let Self { rows, height, width, channels } = &mut weights;
        for (axis, size) in [rows, height, width, channels].into_iter().zip(sizes) {
            axis.truncate(*size);
        }
        weights
    }

    /// Each weight times the other's.
    pub(super) fn times(&self, other: &Self) -> Self {
        let product = |a: &[EF], b: &[EF]| a.iter().zip(b).map(|(&a, &b)| a * b).collect();
        Self {
            rows: product(&self.rows, &other.rows),
            height: product(&self.height, &other.height),
            width: product(&self.width, &other.width),
            channels: product(&self.channels, &other.channels),
        }
    }

    /// The sum of all weights.
    pub(super) fn total(&self) -> EF {
        let Self { rows, height, width, channels } = self;
        [rows, height, width, channels].into_iter().map(|axis| sum(axis)).product()
    }

    /// The sum of the weights of a block whose axes have these logarithms.
    pub(super) fn total_within(&self, logs: &Logs) -> EF {
        self.axes(logs).iter().map(|axis| sum(&axis.weights)).product()
    }

    /// The weights without those of rows that a block of these axes does not have.
    pub(super) fn within_rows(&self, logs: &Logs) -> Self {
        let [log, ..] = *logs;
        Self { rows: Axis::new(log, self.rows.clone()).weights, ..self.clone() }
    }

    /// The weights as the axes of a block.
    pub(super) fn axes(&self, logs: &Logs) -> Vec<Axis> {
        let Self { rows, height, width, channels } = self;
        let all = [rows, height, width, channels];
        all.into_iter().zip(logs).map(|(axis, &log)| Axis::new(log, axis.clone())).collect()
    }
}

/// The sum of an axis.
pub(super) fn sum(axis: &[EF]) -> EF {
    axis.iter().copied().sum()
}

/// Cuts a point into those of the axes.
pub(super) fn split<'p, const N: usize>(point: &'p [EF], logs: &[usize; N]) -> [&'p [EF]; N] {
    let mut rest = point;
    logs.map(|log| {
        let (here, behind) = rest.split_at_checked(log).unwrap_or((rest, &[]));
        rest = behind;
        here
    })
}

/// What the inputs of a window weigh where the outputs and taps have these weights: input `i` gets
/// Σ outputs(o)·taps(k) over all (o, k) that read it.
pub(super) fn through(window: &Window, size: u32, outputs: &[EF], taps: &[EF]) -> Vec<EF> {
    let mut inputs = vec![EF::ZERO; usize::try_from(size).unwrap_or_default()];
    for (tap, &weight) in (0..window.taps).zip(taps) {
        if weight == EF::ZERO {
            continue;
        }
        for output in window.outputs_of(tap, size) {
            let at = |index: u32| usize::try_from(index).ok();
            let from = at(output).and_then(|o| outputs.get(o));
            let to = window.input(output, tap, size).and_then(at);
            if let (Some(&from), Some(to)) = (from, to.and_then(|i| inputs.get_mut(i))) {
                *to += from * weight;
            }
        }
    }
    inputs
}

/// The same for a single tap; also Σ outputs(o) over the outputs that have an input.
pub(super) fn through_tap(window: &Window, tap: u32, size: u32, outputs: &[EF]) -> (Vec<EF>, EF) {
    let mut inputs = vec![EF::ZERO; usize::try_from(size).unwrap_or_default()];
    let mut present = EF::ZERO;
    for output in window.outputs_of(tap, size) {
        let at = |index: u32| usize::try_from(index).ok();
        let from = at(output).and_then(|o| outputs.get(o));
        let to = window.input(output, tap, size).and_then(at);
        if let (Some(&from), Some(to)) = (from, to.and_then(|i| inputs.get_mut(i))) {
            *to += from;
            present += from;
        }
    }
    (inputs, present)
}
