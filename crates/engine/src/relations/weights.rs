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
                let rows = mle::eq_table(rows);
                let weights = mle::eq_table(point).into_iter().take(count);
                let sum: EF = weights.zip(rows).map(|(weight, row)| weight * row).sum();
                sum * mle::eq_index(within, first)
            }
            Self::Every(Stride { first, step, count }) => {
                let rows = mle::eq_table(low).into_iter().skip(first).step_by(step.max(1));
                let weights = mle::eq_table(point).into_iter().take(count);
                weights.zip(rows).map(|(weight, row)| weight * row).sum()
            }
        }
    }
}

/// ⌊log2 n⌋, or 0.
fn log2(n: usize) -> usize {
    n.checked_ilog2().and_then(|log| usize::try_from(log).ok()).unwrap_or_default()
}
