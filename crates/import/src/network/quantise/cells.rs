//! What the integers of a tensor mean, and sums of them that no unit has made yet.

use crate::network::graph::{Shape, Window};

/// A tensor of the program. The cell `x` of channel `c` means `units[c]·(x − offsets[c])`; one unit and
/// offset may stand for all channels, and offsets are 0 but for the input's.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// Its number in the program.
    pub(super) tensor: usize,
    pub(super) units: Vec<f64>,
    pub(super) offsets: Vec<f64>,
    /// The least integer.
    pub(super) low: f64,
    /// The greatest.
    pub(super) high: f64,
}

impl Cells {
    pub(super) fn unit(&self, channel: usize) -> f64 {
        self.units[channel % self.units.len()]
    }

    pub(super) fn offset(&self, channel: usize) -> f64 {
        self.offsets[channel % self.offsets.len()]
    }
}

/// A term of a sum, in what it means for each step of the integers that it reads.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Mixed {
        from: usize,
        rows: Window,
        columns: Window,
        groups: usize,
        /// Shape `[taps, groups, inputs, outputs]`, in units of the answer for each step of the input.
        weights: Vec<f64>,
        /// The least and the greatest integer that are read.
        range: (f64, f64),
    },
    Fixed {
        from: usize,
        rows: Window,
        columns: Window,
        channels: Window,
        factor: f64,
        range: (f64, f64),
    },
    Product {
        left: usize,
        right: usize,
        /// What a product of two steps means.
        factor: f64,
        range: (f64, f64),
    },
}

impl Part {
    pub(super) fn scale(&mut self, by: f64) {
        match self {
            Self::Mixed { weights, .. } => weights.iter_mut().for_each(|weight| *weight *= by),
            Self::Fixed { factor, .. } | Self::Product { factor, .. } => *factor *= by,
        }
    }

    /// Between which numbers it lies, for each of the channels that are made.
    fn bounds(&self, channels: usize) -> Vec<(f64, f64)> {
        let span = |factor: f64, (low, high): (f64, f64)| {
            // Padding stands for a zero.
            let (low, high) = (low.min(0.0), high.max(0.0));
            if factor < 0.0 { (factor * high, factor * low) } else { (factor * low, factor * high) }
        };
        match self {
            Self::Mixed { groups, weights, range, rows, columns, .. } => {
                let outputs = channels / groups;
                let inputs = weights.len() / (rows.taps * columns.taps * channels);
                let mut bounds = vec![(0.0, 0.0); channels];
                for (place, &weight) in weights.iter().enumerate() {
                    let group = place / (inputs * outputs) % groups;
                    let bound: &mut (f64, f64) = &mut bounds[group * outputs + place % outputs];
                    let (low, high) = span(weight, *range);
                    *bound = (bound.0 + low, bound.1 + high);
                }
                bounds
            }
            Self::Fixed { rows, columns, channels: across, factor, range, .. } => {
                let taps = (rows.taps * columns.taps * across.taps) as f64;
                vec![span(factor * taps, *range); channels]
            }
            Self::Product { factor, range, .. } => vec![span(*factor, *range); channels],
        }
    }
}

/// Terms and a bias, which a unit is going to add up.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub(super) parts: Vec<Part>,
    /// One for each channel, in units of the answer.
    pub(super) bias: Vec<f64>,
    pub(super) shape: Shape,
}

impl Sum {
    pub(super) fn of(part: Part, shape: Shape) -> Self {
        Self { parts: vec![part], bias: vec![0.0; shape.channels], shape }
    }

    /// Between which numbers each channel lies, whatever the row.
    pub(super) fn bounds(&self) -> Vec<(f64, f64)> {
        let mut bounds: Vec<(f64, f64)> = self.bias.iter().map(|&bias| (bias, bias)).collect();
        for part in &self.parts {
            for (bound, (low, high)) in bounds.iter_mut().zip(part.bounds(self.shape.channels)) {
                *bound = (bound.0 + low, bound.1 + high);
            }
        }
        bounds
    }

    /// The greatest size that the sum can have, whatever the row.
    pub(super) fn reach(&self) -> f64 {
        let size = |reach: f64, bound: &(f64, f64)| reach.max(bound.0.abs()).max(bound.1.abs());
        self.bounds().iter().fold(0.0, size)
    }

    /// What a product of two steps means, if there is a product.
    pub(super) fn product(&self) -> Option<f64> {
        self.parts.iter().find_map(|part| match part {
            Part::Product { factor, .. } => Some(*factor),
            _ => None,
        })
    }
}
