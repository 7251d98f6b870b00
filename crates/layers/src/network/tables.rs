//! The public tables that cells are looked up in.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::kept;
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_model::ops::network::{Map, Program};
use p3_field::PrimeCharacteristicRing;

/// A table of `2^bits` entries; entry i is (i), or (i, value of i), but for the input's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// The numbers below 2^bits.
    Range { bits: usize },
    /// (q + 2^(bits−1), map(q)).
    Map { bits: usize, map: usize },
    /// (d + 2^(bits−1), max(d, 0)).
    Positive { bits: usize },
    /// (d + 2^(bits−1), 1 if d = 0, else 0).
    Equal { bits: usize },
    /// (d + 2^(bits−1), 1 if d ≥ 0, else 0).
    Sign { bits: usize },
    /// (i, 1 if i ≤ most, else 0).
    AtMost { bits: usize, most: usize },
    /// Which halves of hidden values become which integer ([`kept::Entry`]).
    Input { bits: usize },
}

impl Table {
    /// Binary logarithm of the number of entries.
    pub(super) fn bits(&self) -> usize {
        match *self {
            Self::Range { bits }
            | Self::Map { bits, .. }
            | Self::Positive { bits }
            | Self::Equal { bits }
            | Self::Sign { bits }
            | Self::AtMost { bits, .. }
            | Self::Input { bits } => bits,
        }
    }

    /// The second numbers of all entries, if there are any.
    pub(super) fn values(&self, program: &Program) -> Option<Vec<F>> {
        match *self {
            Self::Range { .. } | Self::Input { .. } => None,
            Self::Map { bits, map } => {
                let map = program.maps().get(map).unwrap_or(&Map::Identity);
                let bits = u8::try_from(bits).unwrap_or(u8::MAX);
                Some(map.values(bits).into_iter().map(F::from_i16).collect())
            }
            Self::Positive { bits } => {
                let half = half(bits);
                let entries = (0..half.saturating_mul(2)).map(|i| i.saturating_sub(half));
                Some(entries.map(F::from_usize).collect())
            }
            Self::Equal { bits } => Some(flags(bits, |i| i == half(bits))),
            Self::Sign { bits } => Some(flags(bits, |i| half(bits) <= i)),
            Self::AtMost { bits, most } => Some(flags(bits, |i| i <= most)),
        }
    }

    /// Σ_i eq(point, i)·(β·i + β²·value of i), or the numbers of the input's entries.
    pub(super) fn at(&self, program: &Program, point: &[EF], beta: EF) -> EF {
        if let Self::Input { .. } = self {
            return kept::table_at(program, point, beta);
        }
        let index = beta * mle::index(point);
        match self.values(program) {
            None => index,
            Some(values) => index + beta * beta * mle::evaluate(&values, point),
        }
    }
}

/// What is said of each number of so many bits.
fn flags(bits: usize, is: impl Fn(usize) -> bool) -> Vec<F> {
    (0..half(bits).saturating_mul(2)).map(|i| F::from_bool(is(i))).collect()
}

/// 2^(bits − 1), which is what the zero of `bits` signed bits is stored as.
pub(super) fn half(bits: usize) -> usize {
    let shift = u32::try_from(bits.saturating_sub(1)).unwrap_or(u32::MAX);
    1_usize.checked_shl(shift).unwrap_or_default()
}
