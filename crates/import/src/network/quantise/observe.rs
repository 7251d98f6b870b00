//! What numbers the tensors of a network hold, over some rows.

use super::Calibration;
use crate::network::graph::Graph;

/// Parts that the sizes of numbers fall into.
const BINS: usize = 2048;
/// Fewest of them that are kept when the rest is cut off.
const BINS_MIN: usize = 128;

/// The numbers of one tensor.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// The least.
    pub(super) low: f64,
    /// The greatest.
    pub(super) high: f64,
    /// How many have a size in each part of `[0, greatest size]`; empty if nobody asked.
    sizes: Vec<u64>,
}

impl Observed {
    /// The greatest size.
    pub(super) fn size(&self) -> f64 {
        self.high.abs().max(self.low.abs())
    }

    /// The size up to which numbers are told apart; greater ones are cut down to it.
    pub(super) fn limit(&self, calibration: Calibration) -> f64 {
        let bins = match calibration {
            Calibration::MinMax => BINS,
            Calibration::Percentile => percentile(&self.sizes, 0.9995),
            Calibration::Entropy => entropy(&self.sizes),
        };
        // Of a tensor that is always 0 nothing is known; 1 is as good as any.
        let size = if self.size() == 0.0 { 1.0 } else { self.size() };
        (size * bins as f64 / BINS as f64).max(f64::from(f32::MIN_POSITIVE))
    }
}

/// Executes all rows, and observes every tensor.
pub(super) fn observe(graph: &Graph, rows: &[Vec<f32>], calibration: Calibration) -> Vec<Observed> {
    let none = Observed { low: f64::INFINITY, high: f64::NEG_INFINITY, sizes: Vec::new() };
    let mut all = vec![none; graph.shapes().len()];
    for row in rows {
        for (observed, tensor) in all.iter_mut().zip(&graph.exec(row).tensors) {
            for &value in tensor {
                observed.low = observed.low.min(value.into());
                observed.high = observed.high.max(value.into());
            }
        }
    }
    if calibration == Calibration::MinMax {
        return all;
    }
    all.iter_mut().for_each(|observed| observed.sizes = vec![0; BINS]);
    for row in rows {
        for (observed, tensor) in all.iter_mut().zip(&graph.exec(row).tensors) {
            let width = observed.size().max(f64::MIN_POSITIVE) / BINS as f64;
            for &value in tensor {
                // Between 0 and `BINS`; NaN, which no sound network makes, is 0.
                let bin = (f64::from(value).abs() / width) as usize;
                observed.sizes[bin.min(BINS - 1)] += 1;
            }
        }
    }
    all
}

/// So many parts hold this share of all numbers that are not about 0.
fn percentile(sizes: &[u64], share: f64) -> usize {
    let all: u64 = sizes.iter().skip(1).sum();
    let wanted = (all as f64 * share).ceil() as u64;
    let mut seen = 0;
    let reached = sizes.iter().skip(1).position(|&count| {
        seen += count;
        wanted <= seen
    });
    reached.map_or(BINS, |at| at + 2).max(BINS_MIN / 4)
}

/// So many parts are kept where what is lost between them, and what is cut off, costs least information
/// (the Kullback-Leibler divergence, as in TensorRT).
fn entropy(sizes: &[u64]) -> usize {
    let candidates = (BINS_MIN..=BINS).step_by(16);
    let costs = candidates.map(|kept| (kept, divergence(sizes, kept)));
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(BINS, |best| best.0)
}

fn divergence(sizes: &[u64], kept: usize) -> f64 {
    // Zeros are exact, whatever is kept.
    let cut: u64 = sizes[kept..].iter().sum();
    let mut wanted: Vec<f64> = sizes[..kept].iter().map(|&count| count as f64).collect();
    wanted[0] = 0.0;
    let raw = wanted.clone();
    wanted[kept - 1] += cut as f64;
    let mut made = vec![0.0; kept];
    for level in 0..BINS_MIN {
        let (start, end) = (level * kept / BINS_MIN, (level + 1) * kept / BINS_MIN);
        let held = raw[start..end].iter().filter(|&&count| count != 0.0).count();
        let mean = raw[start..end].iter().sum::<f64>() / held.max(1) as f64;
        for at in start..end {
            made[at] = if raw[at] == 0.0 { 0.0 } else { mean };
        }
    }
    let (all, others): (f64, f64) = (wanted.iter().sum(), made.iter().sum());
    if all == 0.0 || others == 0.0 {
        return f64::INFINITY;
    }
    let term = |(&p, &q): (&f64, &f64)| match (p / all, q / others) {
        (0.0, _) => 0.0,
        // What was cut off and would have no place: dear, not infinitely so.
        (p, 0.0) => p * (p / 1e-9).ln(),
        (p, q) => p * (p / q).ln(),
    };
    wanted.iter().zip(&made).map(term).sum()
}
