//! The weights of a layer: how they begin, and how they go down the slope.

use super::fixed::{
    ACTIVATION, KEPT, KEPT_MAX, RATIO, SLOPE, SPEED_MAX, WEIGHT, part, rounded, saturated,
};
use super::plan::Linear;
use assay_model::{Descent, Ratio, Schedule, SplitMix64};

/// The weights and biases of a layer.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    weights: Kept,
    biases: Kept,
    /// As products read them, shape `[tap, input, output]`.
    pub(super) used: Vec<i32>,
    /// As sums read them.
    pub(super) used_biases: Vec<i64>,
}

/// Numbers that learn.
#[derive(Clone, Debug)]
struct Kept {
    numbers: Vec<i64>,
    speeds: Vec<i64>,
}

/// The slope of the loss by the weights and biases of a layer, summed over rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Slope {
    pub(super) weights: Vec<i64>,
    pub(super) biases: Vec<i64>,
}

/// How far a batch leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// All in units of `2^-32`.
    rate: u64,
    momentum: u64,
    decay: u64,
    /// One by the number of rows.
    share: u64,
}

impl Step {
    /// The step of a batch of so many rows, in epoch `epoch` from 0.
    pub(super) fn new(descent: &Descent, epoch: u16, rows: usize) -> Self {
        let rate = ratio(descent.learning_rate);
        let left = u64::from(descent.epochs - epoch);
        Self {
            rate: match descent.schedule {
                Schedule::Constant => rate,
                Schedule::Linear => rate * left / u64::from(descent.epochs),
            },
            momentum: ratio(descent.momentum),
            decay: ratio(descent.weight_decay),
            share: (1 << RATIO) / rows as u64,
        }
    }
}

/// A ratio of at most 1, taken down to units of `2^-32`.
fn ratio(ratio: Ratio) -> u64 {
    (u64::from(ratio.num()) << RATIO) / u64::from(ratio.den())
}

impl Weights {
    /// Draws the first weights of a layer, in their order: uniformly between `±√(6 / fan_in)`, biases 0.
    /// The last layer begins with zeros.
    pub(super) fn new(linear: &Linear, random: &mut SplitMix64) -> Self {
        // The square of the bound in units of 2^-40, hence its root in units of 2^-20.
        let bound = ((6 << (2 * WEIGHT)) / linear.fan_in() as u64).isqrt();
        let draw = |_| {
            let number = random.below(2 * bound + 1) as i64 - bound as i64;
            number << (KEPT - WEIGHT)
        };
        let numbers = match linear.is_rectified {
            true => (0..linear.weights()).map(draw).collect(),
            false => vec![0; linear.weights()],
        };
        let mut weights = Self {
            weights: Kept::new(numbers),
            biases: Kept::new(vec![0; linear.outputs()]),
            used: Vec::new(),
            used_biases: Vec::new(),
        };
        weights.use_kept();
        weights
    }

    /// Goes down the slope.
    pub(super) fn step(&mut self, slope: &Slope, step: &Step) {
        // 30 bits behind the point become 44, 18 do; the share has 32.
        self.weights.step(&slope.weights, SLOPE + ACTIVATION + RATIO - KEPT, step);
        let undecayed = Step { decay: 0, ..*step };
        self.biases.step(&slope.biases, SLOPE + RATIO - KEPT, &undecayed);
        self.use_kept();
    }

    fn use_kept(&mut self) {
        let weight = |&kept: &i64| rounded(kept, KEPT - WEIGHT) as i32;
        self.used = self.weights.numbers.iter().map(weight).collect();
        let bias = |&kept: &i64| rounded(kept, KEPT - WEIGHT - ACTIVATION);
        self.used_biases = self.biases.numbers.iter().map(bias).collect();
    }
}

impl Kept {
    fn new(numbers: Vec<i64>) -> Self {
        Self { speeds: vec![0; numbers.len()], numbers }
    }

    /// `shift` brings the mean slope to as many bits as the numbers have.
    fn step(&mut self, slopes: &[i64], shift: u32, step: &Step) {
        for ((number, speed), &slope) in self.numbers.iter_mut().zip(&mut self.speeds).zip(slopes) {
            let mean = saturated((i128::from(slope) * i128::from(step.share)) >> shift, SPEED_MAX);
            let decay = part(*number, step.decay, KEPT_MAX);
            // Three numbers below 2^59.
            let sum = part(*speed, step.momentum, SPEED_MAX) + mean + decay;
            *speed = sum.clamp(-SPEED_MAX, SPEED_MAX);
            *number = (*number - part(*speed, step.rate, SPEED_MAX)).clamp(-KEPT_MAX, KEPT_MAX);
        }
    }
}

impl Slope {
    pub(super) fn new(linear: &Linear) -> Self {
        Self { weights: vec![0; linear.weights()], biases: vec![0; linear.outputs()] }
    }

    pub(super) fn clear(&mut self) {
        self.weights.fill(0);
        self.biases.fill(0);
    }

    /// Adds another's. Whole numbers: the order of adding changes nothing.
    pub(super) fn add(&mut self, other: &Self) {
        let add = |mine: &mut Vec<i64>, other: &[i64]| {
            mine.iter_mut().zip(other).for_each(|(mine, other)| *mine += other);
        };
        add(&mut self.weights, &other.weights);
        add(&mut self.biases, &other.biases);
    }
}
