//! One row forwards and backwards through the layers.

use super::exp::Exp;
use super::fixed::{ACTIVATION_MAX, SLOPE_MAX, WEIGHT, rounded};
use super::loss;
use super::plan::{Linear, Pool, Stage};
use super::weights::{Slope, Weights};
use assay_model::Loss;

/// What is the same for all rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'a> {
    pub(super) stages: &'a [Stage],
    pub(super) loss: Loss,
    pub(super) exp: &'a Exp,
}

/// The numbers of one row, and the slopes of all rows so far. Each thread has its own.
#[derive(Debug)]
pub(super) struct Pass {
    /// What each layer made.
    pub(super) made: Vec<Vec<i32>>,
    /// The slope by the input of each layer, and behind the last by the scores.
    slopes: Vec<Vec<i32>>,
    sums: Vec<i64>,
    /// One for each layer with weights.
    pub(super) totals: Vec<Slope>,
}

impl Pass {
    pub(super) fn new(stages: &[Stage]) -> Self {
        let zeros = |cells: u64| vec![0; cells as usize];
        let made: Vec<Vec<i32>> = stages.iter().map(|stage| zeros(stage.to().cells())).collect();
        // The slope by the features is nobody's.
        let mut slopes = vec![Vec::new()];
        slopes.extend(made.iter().cloned());
        let totals = stages.iter().filter_map(Stage::linear).map(Slope::new).collect();
        Self { made, slopes, sums: Vec::new(), totals }
    }

    /// Leaves in `made` what each layer makes of a row; the last are the scores.
    pub(super) fn forward(&mut self, stages: &[Stage], weights: &[Weights], row: &[i32]) {
        let mut weights = weights.iter();
        for (at, stage) in stages.iter().enumerate() {
            let (before, made) = self.made.split_at_mut(at);
            let (from, to) = (before.last().map_or(row, Vec::as_slice), &mut made[0]);
            match stage {
                Stage::Linear(linear) => {
                    let weights = weights.next().expect("each linear layer has weights");
                    add_up(linear, weights, from, &mut self.sums);
                    let low = if linear.is_rectified { 0 } else { -ACTIVATION_MAX };
                    for (value, &sum) in to.iter_mut().zip(&self.sums) {
                        *value = rounded(sum, WEIGHT).clamp(low, ACTIVATION_MAX) as i32;
                    }
                }
                Stage::Max(pool) => maxima(pool, from, to),
                Stage::Average(pool) => means(pool, from, to, &mut self.sums),
            }
        }
    }

    /// Adds the slopes of a row of class `label`.
    pub(super) fn learn(
        &mut self,
        shared: &Shared<'_>,
        weights: &[Weights],
        row: &[i32],
        label: u16,
    ) {
        let Shared { stages, loss, exp } = *shared;
        self.forward(stages, weights, row);
        let (Some(scores), Some(slopes)) = (self.made.last(), self.slopes.last_mut()) else {
            return;
        };
        loss::slope(loss, exp, scores, label, slopes);
        let mut linear_left = weights.len();
        for (at, stage) in stages.iter().enumerate().rev() {
            let (before, after) = self.slopes.split_at_mut(at + 1);
            let (below, above) = (&mut before[at], &mut after[0]);
            let from = at.checked_sub(1).map_or(row, |at| self.made[at].as_slice());
            match stage {
                Stage::Linear(linear) => {
                    if linear.is_rectified {
                        // The rectifier lets through where it was open.
                        let closed = self.made[at].iter().zip(above.iter_mut());
                        closed.filter(|(made, _)| **made == 0).for_each(|(_, slope)| *slope = 0);
                    }
                    linear_left -= 1;
                    gather(linear, from, above, &mut self.totals[linear_left]);
                    if at != 0 {
                        send_back(linear, &weights[linear_left], above, &mut self.sums);
                        narrow(&self.sums, WEIGHT, below);
                    }
                }
                Stage::Max(pool) => {
                    send_to_greatest(pool, from, above, &mut self.sums);
                    narrow(&self.sums, 0, below);
                }
                Stage::Average(pool) => {
                    send_to_all(pool, above, &mut self.sums);
                    narrow(&self.sums, 0, below);
                }
            }
        }
    }
}

fn clear(sums: &mut Vec<i64>, cells: u64) {
    sums.clear();
    sums.resize(cells as usize, 0);
}

/// Sums become slopes again.
fn narrow(sums: &[i64], by: u32, slopes: &mut [i32]) {
    for (slope, &sum) in slopes.iter_mut().zip(sums) {
        let sum = if by == 0 { sum } else { rounded(sum, by) };
        *slope = sum.clamp(-SLOPE_MAX, SLOPE_MAX) as i32;
    }
}

/// `bias + Σ weight·cell` for every output.
fn add_up(linear: &Linear, weights: &Weights, from: &[i32], sums: &mut Vec<i64>) {
    let (inputs, outputs) = (linear.inputs(), linear.outputs());
    clear(sums, linear.to.cells());
    for place in sums.chunks_exact_mut(outputs) {
        place.copy_from_slice(&weights.used_biases);
    }
    linear.each_tap(|to, tap, place| {
        let sums = &mut sums[to * outputs..][..outputs];
        let kernel = weights.used[tap * inputs * outputs..].chunks_exact(outputs);
        for (&cell, weights) in from[place * inputs..][..inputs].iter().zip(kernel) {
            // Behind a rectifier half of them are.
            if cell == 0 {
                continue;
            }
            for (sum, &weight) in sums.iter_mut().zip(weights) {
                *sum += i64::from(cell) * i64::from(weight);
            }
        }
    });
}

/// Adds `cell·slope` to the slope of every weight, and the slope to that of every bias.
fn gather(linear: &Linear, from: &[i32], slopes: &[i32], total: &mut Slope) {
    let (inputs, outputs) = (linear.inputs(), linear.outputs());
    for place in slopes.chunks_exact(outputs) {
        total.biases.iter_mut().zip(place).for_each(|(sum, &slope)| *sum += i64::from(slope));
    }
    linear.each_tap(|to, tap, place| {
        let slopes = &slopes[to * outputs..][..outputs];
        if slopes.iter().all(|&slope| slope == 0) {
            return;
        }
        let kernel = total.weights[tap * inputs * outputs..].chunks_exact_mut(outputs);
        for (&cell, sums) in from[place * inputs..][..inputs].iter().zip(kernel) {
            if cell == 0 {
                continue;
            }
            for (sum, &slope) in sums.iter_mut().zip(slopes) {
                *sum += i64::from(cell) * i64::from(slope);
            }
        }
    });
}

/// `Σ weight·slope` for every input.
fn send_back(linear: &Linear, weights: &Weights, slopes: &[i32], sums: &mut Vec<i64>) {
    let (inputs, outputs) = (linear.inputs(), linear.outputs());
    clear(sums, linear.from.cells());
    linear.each_tap(|to, tap, place| {
        let slopes = &slopes[to * outputs..][..outputs];
        if slopes.iter().all(|&slope| slope == 0) {
            return;
        }
        let kernel = weights.used[tap * inputs * outputs..].chunks_exact(outputs);
        for (sum, weights) in sums[place * inputs..][..inputs].iter_mut().zip(kernel) {
            let products = weights.iter().zip(slopes);
            *sum += products.map(|(&w, &slope)| i64::from(w) * i64::from(slope)).sum::<i64>();
        }
    });
}

fn maxima(pool: &Pool, from: &[i32], to: &mut [i32]) {
    to.fill(i32::MIN);
    pool.each_cell(|output, input| to[output] = to[output].max(from[input]));
}

/// The slope of a maximum is that of the first cell that has it.
fn send_to_greatest(pool: &Pool, from: &[i32], slopes: &[i32], sums: &mut Vec<i64>) {
    let mut best: Vec<Option<usize>> = vec![None; slopes.len()];
    pool.each_cell(|output, input| {
        let is_greater = best[output].is_none_or(|best| from[best] < from[input]);
        if is_greater {
            best[output] = Some(input);
        }
    });
    clear(sums, pool.from.cells());
    for (best, &slope) in best.into_iter().zip(slopes) {
        if let Some(input) = best {
            sums[input] += i64::from(slope);
        }
    }
}

/// `⌊Σ / n + 1/2⌋`.
fn means(pool: &Pool, from: &[i32], to: &mut [i32], sums: &mut Vec<i64>) {
    clear(sums, pool.to.cells());
    pool.each_cell(|output, input| sums[output] += i64::from(from[input]));
    for (mean, &sum) in to.iter_mut().zip(&*sums) {
        *mean = divided(sum, pool.cells() as i64) as i32;
    }
}

/// Every cell of a mean has its share of the slope.
fn send_to_all(pool: &Pool, slopes: &[i32], sums: &mut Vec<i64>) {
    clear(sums, pool.from.cells());
    let count = pool.cells() as i64;
    pool.each_cell(|output, input| sums[input] += divided(slopes[output].into(), count));
}

/// `⌊number / count + 1/2⌋`.
fn divided(number: i64, count: i64) -> i64 {
    (2 * number + count).div_euclid(2 * count)
}
