//! What the steps of a program mean, and how many bits its layers need.

use super::fixed::WEIGHT;
use super::plan::Linear;
use super::weights::Weights;
use assay_model::ops::network::CENTRED_MAX;

/// Greatest quotient that is planned for: 16 bits, and room for what rounding adds.
const QUOTIENT_MAX: i128 = 31_000;
/// What rounding of weights may add to a quotient.
const ROUNDING_MAX: i128 = 1_700;
/// Greatest sum that is planned for, likewise.
const SUM_MAX: i128 = CENTRED_MAX as i128 / 100 * 94;
/// Greatest shift: with a quotient of 16 bits the sum has 30, so that a proof takes no two for one.
const SHIFT_MAX: u8 = 14;
/// Greatest meaning of a step, in units of an activation; beyond it nothing was learned.
const STEP_MAX: i128 = 1 << 40;
/// Steps of the greatest weight of the smallest channel.
const WEIGHT_STEPS: i128 = 127;
/// A channel whose greatest weight is not above the layer's by this is dead.
const DEAD: i128 = 1024;

/// A positive number, `num/den`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    pub(super) num: i128,
    pub(super) den: i128,
}

/// What a layer reads: what one step means in units of an activation, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells {
    pub(super) step: Fraction,
    pub(super) low: i128,
    pub(super) high: i128,
}

/// The numbers of a layer, but for its shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled {
    /// What one step of what it makes means.
    pub(super) step: Fraction,
    /// By what weights are multiplied.
    pub(super) weight: Fraction,
    /// By what biases are.
    pub(super) bias: Fraction,
    /// The least shift that leaves the smallest channel enough bits, if it may be as great.
    pub(super) needed: u8,
    /// The greatest that no sum is too great for.
    pub(super) most: u8,
}

/// Bits that every number between two needs, with its sign.
pub(super) fn bits(low: i128, high: i128) -> u8 {
    bit_length(high.max(-1 - low).max(1)) + 1
}

impl Fraction {
    /// Returns `⌊number · self · 2^shift + 1/2⌋`.
    pub(super) fn times(self, number: i128, shift: u8) -> i128 {
        let over = (number * self.num) << (shift + 1);
        (over + self.den).div_euclid(2 * self.den)
    }
}

impl Scaled {
    /// Scales a layer whose steps should mean `wanted`; `None` if its weights have grown beyond
    /// measure.
    pub(super) fn new(
        linear: &Linear,
        weights: &Weights,
        from: &Cells,
        wanted: Fraction,
    ) -> Option<Self> {
        // Below 2^16 · 2^9 · 2^26 · 2^40, and 2^38 · 2^15 for a bias.
        let reach = reach(linear, weights, from);
        let unit = from.step.den << WEIGHT;
        let step = if wanted.den * reach <= wanted.num * QUOTIENT_MAX * unit {
            wanted
        } else {
            Fraction { num: reach.div_euclid(unit) + 1, den: QUOTIENT_MAX }
        };
        if STEP_MAX < step.num {
            return None;
        }
        let steps = (reach * step.den).div_euclid(unit * step.num) + 1;
        let most = (bit_length(SUM_MAX / (steps + 2)) - 1).min(SHIFT_MAX);
        let weight =
            Fraction { num: from.step.num * step.den, den: (from.step.den * step.num) << WEIGHT };
        let cells = linear.fan_in() as i128 * from.high.max(-from.low);
        let rounds = |shift: &u8| cells <= (2 * ROUNDING_MAX) << shift;
        let is_enough = |shift: &u8| rounds(shift) && is_fine(linear, weights, weight, *shift);
        Some(Self {
            step,
            weight,
            bias: Fraction { num: step.den, den: step.num << WEIGHT },
            needed: (0..most).find(is_enough).unwrap_or(most),
            most,
        })
    }
}

/// Bits of a number above 0.
fn bit_length(number: i128) -> u8 {
    // At most 128.
    (128 - number.leading_zeros()) as u8
}

/// The greatest size that a sum can have, in units of `2^-32` by the denominator of what is read.
fn reach(linear: &Linear, weights: &Weights, from: &Cells) -> i128 {
    let outputs = linear.outputs();
    let (mut low, mut high) = (vec![0_i128; outputs], vec![0_i128; outputs]);
    for row in weights.used.chunks_exact(outputs) {
        for ((low, high), &weight) in low.iter_mut().zip(&mut high).zip(row) {
            let ends = [from.low, from.high].map(|end| end * i128::from(weight) * from.step.num);
            // Padding stands for a zero, which lies between.
            *low += ends[0].min(ends[1]);
            *high += ends[0].max(ends[1]);
        }
    }
    let biases = weights.used_biases.iter().map(|&bias| i128::from(bias) * from.step.den);
    let sizes = biases.zip(low.iter().zip(&high));
    sizes.map(|(bias, (low, high))| (bias + low).abs().max((bias + high).abs())).max().unwrap_or(0)
}

/// Whether a shift gives the smallest channel that is alive enough steps.
fn is_fine(linear: &Linear, weights: &Weights, factor: Fraction, shift: u8) -> bool {
    let mut greatest = vec![0_i128; linear.outputs()];
    for row in weights.used.chunks_exact(linear.outputs()) {
        for (greatest, &weight) in greatest.iter_mut().zip(row) {
            *greatest = i128::from(weight.unsigned_abs()).max(*greatest);
        }
    }
    let all = greatest.iter().copied().max().unwrap_or(0);
    let mut alive = greatest.into_iter().filter(|&size| all < size * DEAD);
    alive.all(|size| WEIGHT_STEPS * factor.den <= (size * factor.num) << shift)
}
