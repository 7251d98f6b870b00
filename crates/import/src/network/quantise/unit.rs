//! Units: from sums of real numbers to integers, a shift and a map.

use super::Error;
use super::cells::{Part, Sum};
use crate::network::graph::{Shape, Window};
use assay_model::ops::network::{self as model, CENTRED_MAX, Map, Term};

/// Greatest quotient that is planned for: 16 bits, and room for what rounding adds.
pub(super) const QUOTIENT_MAX: f64 = 31_000.0;
/// Greatest sum that is planned for, likewise.
const SUM_MAX: f64 = CENTRED_MAX as f64 * 0.94;
/// Steps of the greatest weight of the smallest channel: 8 bits with the sign.
const WEIGHT_STEPS: f64 = 127.0;
/// Steps of a lone factor, which all of a tensor hangs on.
const FACTOR_STEPS: f64 = 1023.0;
/// Channels whose greatest weight is below this part of the layer's are taken for dead.
const DEAD: f64 = 1.0 / 1024.0;
/// Greatest shift: remainders are looked up in a table of all of them.
const SHIFT_MAX: i32 = 16;

/// A unit whose integers are not chosen yet.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) sum: Sum,
    /// What one step of the quotient means.
    pub(super) step: f64,
    pub(super) map: Map,
    pub(super) quotient_bits: u8,
    pub(super) shift: i32,
    /// Greatest shift with which no sum can leave the field.
    pub(super) shift_max: i32,
}

impl Unit {
    /// Chooses the shift of a sum whose quotients have steps of about `step`; where a product fixes
    /// them it is the next finer one.
    pub(super) fn new(sum: Sum, step: f64) -> Self {
        let reach = sum.reach();
        let step = step.max(reach / QUOTIENT_MAX);
        if let Some(factor) = sum.product() {
            let shift = (step / factor).log2().floor().clamp(0.0, f64::from(SHIFT_MAX)) as i32;
            let mut shift = shift;
            while QUOTIENT_MAX < reach / (factor * f64::from(shift).exp2()) && shift < SHIFT_MAX {
                shift += 1;
            }
            let step = factor * f64::from(shift).exp2();
            return Self::with(sum, step, reach, (shift, shift));
        }
        let most = (SUM_MAX / (reach / step + 2.0)).log2().floor() as i32;
        let most = most.clamp(0, SHIFT_MAX);
        let needed = sum.parts.iter().map(|part| needed(part, step, sum.shape)).max().unwrap_or(0);
        Self::with(sum, step, reach, (needed.min(most), most))
    }

    fn with(sum: Sum, step: f64, reach: f64, (shift, shift_max): (i32, i32)) -> Self {
        // Two more for what rounding adds, and for the bound that belongs to the next number of bits.
        let bits = (reach / step * 1.05 + 2.0).log2().ceil() as i32 + 1;
        let quotient_bits = bits.clamp(2, 16) as u8;
        Self { sum, step, map: Map::Identity, quotient_bits, shift, shift_max }
    }

    /// The terms, their parameters in order, and the bias if one is needed.
    pub(super) fn integers(&self) -> Result<Integers, Error> {
        let unit = self.step / f64::from(self.shift).exp2();
        let mut made = Integers { terms: Vec::new(), weights: Vec::new(), bias: Vec::new() };
        for part in &self.sum.parts {
            match part {
                Part::Mixed { from, rows, columns, groups, weights, .. } => {
                    made.terms.push(Term::Mixed {
                        from: *from,
                        rows: window(rows),
                        columns: window(columns),
                        groups: *groups as u32,
                        outputs: self.sum.shape.channels as u32,
                    });
                    let weights = weights.iter().map(|weight| integer(weight / unit));
                    made.weights.push(weights.collect::<Result<_, _>>()?);
                }
                Part::Fixed { from, rows, columns, channels, factor, .. } => {
                    let factor = integer(factor / unit)?;
                    // Less than half a step: the term adds nothing.
                    if factor != 0 {
                        made.terms.push(Term::Fixed {
                            from: *from,
                            rows: window(rows),
                            columns: window(columns),
                            channels: window(channels),
                            factor,
                        });
                        made.weights.push(Vec::new());
                    }
                }
                Part::Product { left, right, .. } => {
                    made.terms.push(Term::Product { left: *left, right: *right });
                    made.weights.push(Vec::new());
                }
            }
        }
        let half = if self.shift == 0 { 0.0 } else { f64::from(self.shift - 1).exp2() };
        let bias = self.sum.bias.iter().map(|bias| integer(bias / unit + half));
        made.bias = bias.collect::<Result<_, _>>()?;
        if made.bias.iter().all(|&bias| bias == 0) {
            made.bias.clear();
        }
        Ok(made)
    }
}

/// What a unit becomes.
#[derive(Debug)]
pub(super) struct Integers {
    pub(super) terms: Vec<Term>,
    /// For each term, in the order `[taps, groups, inputs, outputs]`.
    pub(super) weights: Vec<Vec<i32>>,
    /// For each channel, or nothing.
    pub(super) bias: Vec<i32>,
}

fn integer(value: f64) -> Result<i32, Error> {
    let rounded = value.round();
    if rounded.abs() <= f64::from(CENTRED_MAX) { Ok(rounded as i32) } else { Err(Error::TooWide) }
}

/// The shift that leaves the smallest channel enough bits.
fn needed(part: &Part, step: f64, shape: Shape) -> i32 {
    let shift = |steps: f64, size: f64| (steps * step / size).log2().ceil().clamp(0.0, 64.0) as i32;
    match part {
        Part::Mixed { weights, groups, rows, columns, .. } => {
            let outputs = shape.channels / groups;
            let inputs = weights.len() / (rows.taps * columns.taps * shape.channels);
            let mut greatest = vec![0.0_f64; shape.channels];
            for (place, weight) in weights.iter().enumerate() {
                let group = place / (inputs * outputs) % groups;
                let greatest = &mut greatest[group * outputs + place % outputs];
                *greatest = greatest.max(weight.abs());
            }
            let all = greatest.iter().copied().fold(0.0, f64::max);
            let alive = greatest.into_iter().filter(|&size| all * DEAD < size);
            let least = alive.fold(f64::INFINITY, f64::min);
            if least.is_finite() { shift(WEIGHT_STEPS, least) } else { 0 }
        }
        // A whole number of steps is exact.
        Part::Fixed { factor, .. } if (factor / step).fract() == 0.0 => 0,
        Part::Fixed { factor, .. } => shift(FACTOR_STEPS, factor.abs()),
        Part::Product { .. } => 0,
    }
}

/// A window in the program's numbers, which are within the same bounds.
pub(super) fn window(window: &Window) -> model::Window {
    model::Window {
        outputs: window.outputs as u32,
        taps: window.taps as u32,
        stride: window.stride as u32,
        dilation: window.dilation as u32,
        offset: window.offset as i32,
        repeat: window.repeat as u32,
    }
}

/// A shape in the program's numbers.
pub(super) fn shape(shape: Shape) -> model::Shape {
    model::Shape {
        height: shape.height as u32,
        width: shape.width as u32,
        channels: shape.channels as u32,
    }
}
