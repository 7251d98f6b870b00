//! The public schedule of steps: which row, which kind.

use super::{Goal, Shape};
use assay_engine::field::F;
use p3_field::PrimeCharacteristicRing;

/// What is public about one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The step's index in the columns.
    pub(super) index: usize,
    /// The row that takes it.
    pub(super) row: usize,
    /// 0 for the first step of a row.
    pub(super) level: usize,
}

impl Shape {
    /// Lists the steps of all rows, in the order of their indices.
    pub(super) fn each_step(&self) -> impl Iterator<Item = Step> {
        let levels = self.levels();
        (0..self.rows()).flat_map(move |row| {
            (0..levels).map(move |level| Step {
                index: row.saturating_mul(levels).saturating_add(level),
                row,
                level,
            })
        })
    }

    pub(super) fn is_last(&self, step: &Step) -> bool {
        step.level == self.bounds().depth()
    }
}

impl Goal {
    /// The factor of bit `j` of the distance, in Σ correct + Σ factor_j·bit_j = target.
    pub(super) fn factor(&self, j: usize) -> F {
        match self {
            Self::AtLeast(_) => -F::TWO.exp_u64(j as u64),
            Self::Fewer(_) => F::TWO.exp_u64(j as u64),
            Self::Exactly(_) => F::ZERO,
        }
    }

    /// What the sum must be.
    pub(super) fn target(&self) -> F {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) => F::from_u32(k),
            Self::Fewer(k) => F::from_u32(k) - F::ONE,
        }
    }

    /// Whether `correct` rows meet the goal.
    pub fn holds(&self, correct: usize) -> bool {
        match *self {
            Self::AtLeast(k) => k as usize <= correct,
            Self::Fewer(k) => correct < k as usize,
            Self::Exactly(k) => correct == k as usize,
        }
    }

    /// The distance whose bits close the sum; zero if the goal is not met.
    pub(super) fn distance(&self, correct: usize) -> usize {
        match *self {
            Self::AtLeast(k) => correct.saturating_sub(k as usize),
            Self::Fewer(k) => (k as usize).saturating_sub(correct + 1),
            Self::Exactly(_) => 0,
        }
    }

    /// Whether the goal can be stated for `rows` rows without wrapping around in the field.
    pub fn is_stated_for(&self, rows: usize) -> bool {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) => k as usize <= rows,
            Self::Fewer(k) => 1 <= k && k as usize <= rows + 1,
        }
    }
}
