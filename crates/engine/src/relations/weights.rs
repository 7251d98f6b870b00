//! How the cells of a block are weighed: eq of a point, or weights that are said outright.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Row, Stride};
use crate::field::EF;
use crate::mle;
use p3_field::PrimeCharacteristicRing;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One axis of a block that is read as a tensor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Binary logarithm of its length.
    pub log: usize,
    /// The weights of its first indices; those behind them weigh nothing.
    pub weights: Vec<EF>,
}

impl Axis {
    /// An axis of `2^log` places; weights beyond them are dropped.
    pub fn new(log: usize, mut weights: Vec<EF>) -> Self {
        let len = u32::try_from(log).ok().and_then(|log| 1_usize.checked_shl(log));
        weights.truncate(len.unwrap_or(usize::MAX));
        Self { log, weights }
    }

    /// Returns Σ_i weights_i·eq(r, i).
    fn at(&self, r: &[EF]) -> EF {
        match self.weights.as_slice() {
            [low, high] if self.log == 1 => {
                r.first().map_or(EF::ZERO, |&r| *low + r * (*high - *low))
            }
            weights => weights.iter().zip(mle::eq_table(r)).map(|(&w, eq)| w * eq).sum(),
        }
    }
}

/// The weights behind a [`PointId`](super::PointId).
#[derive(Clone, Debug)]
pub(super) enum Weights {
    /// eq(point, i), moved as [`Row`] says.
    Point(Vec<EF>),
    /// Π_a v_a(i_a), the first axis outermost.
    Tensor(Vec<Axis>),
    /// Rows of a power of two of cells: eq(point, row)·lanes(cell), the row moved as [`Row`] says.
    Lanes {
        /// Point among rows.
        point: Vec<EF>,
        /// Weights within a row.
        lanes: Axis,
    },
    /// Rows of any number of cells, one after the other: eq(point, row)·cells(cell) for the first
    /// `count` rows.
    Rows {
        /// Point among rows.
        point: Vec<EF>,
        /// Number of rows.
        count: usize,
        /// Weights within a row.
        cells: Vec<EF>,
    },
    /// These cells, each with its weight.
    Sparse(Vec<(usize, EF)>),
}

impl Weights {
    /// Whether a block of `2^log` cells can be read so.
    pub(super) fn fits(&self, row: Row, log: usize) -> bool {
        match (self, row) {
            (Self::Point(_), Row::Every(_)) => true,
            (Self::Point(point), _) => point.len() == log,
            (Self::Tensor(axes), Row::Same) => {
                axes.iter().fold(0, |sum: usize, axis| sum.saturating_add(axis.log)) == log
            }
            (Self::Lanes { point, lanes }, Row::Same | Row::Next) => {
                point.len().saturating_add(lanes.log) == log
            }
            (Self::Rows { count, cells, .. }, Row::Same) => {
                let room = u32::try_from(log).ok().and_then(|log| 1_usize.checked_shl(log));
                !cells.is_empty()
                    && room.is_none_or(|room| count.saturating_mul(cells.len()) <= room)
            }
            (Self::Sparse(entries), Row::Same) => entries
                .iter()
                .all(|&(i, _)| i.checked_shr(log.try_into().unwrap_or(u32::MAX)) == Some(0)),
            _ => false,
        }
    }

    /// Returns Σ_i w(i)·eq(low, i). What does not fit weighs nothing.
    pub(super) fn kernel(&self, row: Row, low: &[EF]) -> EF {
        if !self.fits(row, low.len()) {
            return EF::ZERO;
        }
        match self {
            Self::Point(point) => row.kernel(point, low),
            Self::Tensor(axes) => {
                let mut rest = low;
                let mut product = EF::ONE;
                for axis in axes {
                    let Some((here, behind)) = rest.split_at_checked(axis.log) else {
                        return EF::ZERO;
                    };
                    product *= axis.at(here);
                    rest = behind;
                }
                product
            }
            Self::Lanes { point, lanes } => match low.split_at_checked(point.len()) {
                Some((rows, within)) => row.kernel(point, rows) * lanes.at(within),
                None => EF::ZERO,
            },
            Self::Rows { point, count, cells } => {
                let starts = cells.iter().map(|&weight| [weight, EF::ZERO]).enumerate();
                rows_at(starts.collect(), cells.len(), *count, point, low)
            }
            Self::Sparse(entries) => {
                // Two short tables instead of one long: eq(low, i) = eq(high half)·eq(low half).
                let Some((high, within)) = low.split_at_checked(low.len() / 2) else {
                    return EF::ZERO;
                };
                let (highs, withins) = (mle::eq_table(high), mle::eq_table(within));
                let eq = |i: usize| {
                    let (row, cell) = (i.checked_div(withins.len()), i.checked_rem(withins.len()));
                    let high = row.and_then(|row| highs.get(row)).copied().unwrap_or_default();
                    high * cell.and_then(|cell| withins.get(cell)).copied().unwrap_or_default()
                };
                entries.iter().map(|&(i, weight)| weight * eq(i)).sum()
            }
        }
    }
}

impl Row {
    /// Returns Σ_i w(i)·eq(low, i).
    fn kernel(self, point: &[EF], low: &[EF]) -> EF {
        match self {
            Self::Same => mle::eq(point, low),
            Self::Next => mle::next(point, low),
            Self::After(log) => {
                let split = low.len().saturating_sub(usize::from(log));
                let (Some((p, p_low)), Some((r, r_low))) =
                    (point.split_at_checked(split), low.split_at_checked(split))
                else {
                    return EF::ZERO;
                };
                mle::next(p, r) * mle::eq(p_low, r_low)
            }
            // Rows that start at multiples of a power of two: their low coordinates are one corner.
            Self::Every(Stride { first, step, count })
                if step.is_power_of_two() && first < step && log2(step) < low.len() =>
            {
                let split = low.len().saturating_sub(log2(step));
                let Some((rows, within)) = low.split_at_checked(split) else { return EF::ZERO };
                let every = Stride { first: 0, step: 1, count };
                every.kernel(point, rows) * mle::eq_index(within, first)
            }
            Self::Every(stride) => stride.kernel(point, low),
        }
    }
}

impl Stride {
    /// Returns Σ_{r < count} eq(point, r)·eq(low, first + step·r).
    fn kernel(self, point: &[EF], low: &[EF]) -> EF {
        let starts = BTreeMap::from([(self.first, [EF::ONE, EF::ZERO])]);
        rows_at(starts, self.step, self.count, point, low)
    }
}

/// Returns Σ_d w_d·Σ_{r < count} eq(point, r)·eq(low, d + step·r), with `starts` the pairs (w_d, 0)
/// by d.
///
/// The bits of r are read from the least significant to the most. All that matters of those that
/// have been read is the carry of d + step·r, one of step + 2 numbers unless d is greater, and
/// whether they are less than those of `count`: a few numbers per bit, however many rows there are.
fn rows_at(
    starts: BTreeMap<usize, [EF; 2]>,
    step: usize,
    mut count: usize,
    point: &[EF],
    low: &[EF],
) -> EF {
    // By carry: the sums over r whose read bits are not less, and are less.
    let mut sums = starts;
    let mut rows = point.iter().rev();
    for &x in low.iter().rev() {
        let row = rows.next();
        let mut next = BTreeMap::<usize, [EF; 2]>::new();
        for (carry, [same, less]) in sums {
            for bit in 0..=usize::from(row.is_some()) {
                let sum = carry.saturating_add(bit.saturating_mul(step.max(1)));
                let place = if sum & 1 == 1 { x } else { EF::ONE - x };
                let weight = match row {
                    Some(&y) if bit == 1 => place * y,
                    Some(&y) => place * (EF::ONE - y),
                    None => place,
                };
                let [to_same, to_less] = next.entry(sum >> 1).or_default();
                match bit.cmp(&(count & 1)) {
                    Ordering::Less => *to_less += weight * (same + less),
                    Ordering::Equal => {
                        *to_same += weight * same;
                        *to_less += weight * less;
                    }
                    Ordering::Greater => *to_same += weight * (same + less),
                }
            }
        }
        sums = next;
        count >>= 1;
    }
    // What is left of the carry lies behind the last cell; rows that no bit was read for are 0.
    let [same, less] = sums.remove(&0).unwrap_or_default();
    let rest: EF = rows.map(|&y| EF::ONE - y).product();
    let all = if count == 0 { less } else { same + less };
    rest * all
}

/// ⌊log2 n⌋, or 0.
fn log2(n: usize) -> usize {
    n.checked_ilog2().and_then(|log| usize::try_from(log).ok()).unwrap_or_default()
}
