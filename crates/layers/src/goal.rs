//! What is said of the answers: how many are right, or what they are.

use assay_engine::field::F;
use p3_field::PrimeCharacteristicRing;

/// What is asserted of the rows' answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// This many or more.
    AtLeast(u32),
    /// Fewer than this.
    Fewer(u32),
    /// Exactly this many.
    Exactly(u32),
    /// All of so many rows are answered with their label, and every label is a declared class:
    /// the labels *are* the answers.
    Answers(u32),
}

impl Goal {
    /// The factor of bit `j` of the distance, in Σ correct + Σ factor_j·bit_j = target.
    pub(crate) fn factor(&self, j: usize) -> F {
        match self {
            Self::AtLeast(_) => -F::TWO.exp_u64(j as u64),
            Self::Fewer(_) => F::TWO.exp_u64(j as u64),
            Self::Exactly(_) | Self::Answers(_) => F::ZERO,
        }
    }

    /// What the sum must be.
    pub(crate) fn target(&self) -> F {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) | Self::Answers(k) => F::from_u32(k),
            Self::Fewer(k) => F::from_u32(k) - F::ONE,
        }
    }

    /// Whether the last steps hold answers, of which each must be a declared class.
    pub(super) fn is_answers(&self) -> bool {
        matches!(self, Self::Answers(_))
    }

    /// Whether `correct` rows meet the goal.
    pub fn holds(&self, correct: usize) -> bool {
        match *self {
            Self::AtLeast(k) => k as usize <= correct,
            Self::Fewer(k) => correct < k as usize,
            Self::Exactly(k) | Self::Answers(k) => correct == k as usize,
        }
    }

    /// The distance whose bits close the sum; zero if the goal is not met.
    #[cfg(feature = "prove")]
    pub(crate) fn distance(&self, correct: usize) -> usize {
        match *self {
            Self::AtLeast(k) => correct.saturating_sub(k as usize),
            Self::Fewer(k) => (k as usize).saturating_sub(correct + 1),
            Self::Exactly(_) | Self::Answers(_) => 0,
        }
    }

    /// Whether the goal can be stated for `rows` rows without wrapping around in the field.
    pub fn is_stated_for(&self, rows: usize) -> bool {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) => k as usize <= rows,
            Self::Fewer(k) => 1 <= k && k as usize <= rows + 1,
            Self::Answers(k) => k as usize == rows,
        }
    }
}
