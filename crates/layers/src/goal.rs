//! What is said of the answers: how many are right, a weighed sum of them, or what they are.
//!
//! With w(r) the weight of row r and e(r) the class that it is compared with,
//!
//! ```text
//! S = Σ_r w(r)·[answer(r) = e(r)],      S + Σ_j factor_j·bit_j = target
//! ```
//!
//! where the bits are those of the distance between S and what is asserted. A score has w = 1 and e the
//! label. A [`Weighed`] sum has e = its class in every row, and a weight of two, by the row's label.
//!
//! Nothing wraps around in the field: S, the distance and the target are below 2^28, 2^30 and 2^28
//! ([`Goal::is_stated_for`]), and their sum below its order.

use crate::data::log_ceil;
use assay_engine::field::F;
use p3_field::PrimeCharacteristicRing;

/// Greatest absolute value of a weighed sum: rows times weight.
pub const REACH_MAX: u64 = 1 << 28;

/// What is asserted of the rows' answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// This many or more are right.
    AtLeast(u32),
    /// Fewer than this are right.
    Fewer(u32),
    /// Exactly this many are right.
    Exactly(u32),
    /// All of so many rows are answered with their label, and every label is a declared class:
    /// the labels *are* the answers.
    Answers(u32),
    /// A weighed sum of the rows that are answered with one class.
    Weighed(Weighed),
}

/// The rows that are answered with `class` weigh `least` or more together. Labels must be public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The class.
    pub class: u16,
    /// The weight of a row whose label is the class.
    pub hit: i32,
    /// The weight of every other row.
    pub miss: i32,
    /// The least sum.
    pub least: i64,
}

impl Weighed {
    /// No sum over `rows` rows is greater than this, nor less than minus this.
    fn reach(&self, rows: usize) -> u64 {
        let weight = self.hit.unsigned_abs().max(self.miss.unsigned_abs());
        u64::try_from(rows).unwrap_or(u64::MAX).saturating_mul(weight.into())
    }
}

impl Goal {
    /// The class that the answer to a row of this label is compared with.
    pub(crate) fn expected(&self, label: u16) -> u16 {
        match self {
            Self::Weighed(weighed) => weighed.class,
            _ => label,
        }
    }

    /// The weight of a row of this label, should it be answered as [`Goal::expected`].
    fn weight_of(&self, label: u16) -> i32 {
        match *self {
            Self::Weighed(Weighed { class, hit, .. }) if label == class => hit,
            Self::Weighed(Weighed { miss, .. }) => miss,
            _ => 1,
        }
    }

    /// The same as a number of the field.
    pub(crate) fn weight(&self, label: u16) -> F {
        F::from_i32(self.weight_of(label))
    }

    /// The factor of bit `j` of the distance, in S + Σ factor_j·bit_j = target.
    pub fn factor(&self, j: usize) -> F {
        match self {
            Self::AtLeast(_) | Self::Weighed(_) => -F::TWO.exp_u64(j as u64),
            Self::Fewer(_) => F::TWO.exp_u64(j as u64),
            Self::Exactly(_) | Self::Answers(_) => F::ZERO,
        }
    }

    /// What the sum must be.
    pub fn target(&self) -> F {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) | Self::Answers(k) => F::from_u32(k),
            Self::Fewer(k) => F::from_u32(k) - F::ONE,
            Self::Weighed(Weighed { least, .. }) => F::from_i64(least),
        }
    }

    /// Whether the labels are the answers, of which each must be a declared class.
    pub fn is_answers(&self) -> bool {
        matches!(self, Self::Answers(_))
    }

    /// S, of rows with these answers and labels.
    pub fn sum(&self, answers: &[u16], labels: &[u16]) -> i64 {
        let rows = answers.iter().zip(labels);
        let right = rows.filter(|&(&answer, &label)| answer == self.expected(label));
        right.map(|(_, &label)| i64::from(self.weight_of(label))).sum()
    }

    /// Whether the sum `S` meets the goal.
    pub fn holds(&self, sum: i64) -> bool {
        match *self {
            Self::AtLeast(k) => i64::from(k) <= sum,
            Self::Fewer(k) => sum < i64::from(k),
            Self::Exactly(k) | Self::Answers(k) => sum == i64::from(k),
            Self::Weighed(Weighed { least, .. }) => least <= sum,
        }
    }

    /// The distance whose bits close the sum; zero if the goal is not met.
    pub fn distance(&self, sum: i64) -> u64 {
        let distance = match *self {
            Self::AtLeast(k) => sum.saturating_sub(k.into()),
            Self::Fewer(k) => i64::from(k).saturating_sub(sum.saturating_add(1)),
            Self::Exactly(_) | Self::Answers(_) => 0,
            Self::Weighed(Weighed { least, .. }) => sum.saturating_sub(least),
        };
        u64::try_from(distance).unwrap_or_default()
    }

    /// Bits that hold any distance of `rows` rows, if the goal can be stated for them.
    pub fn bits(&self, rows: usize) -> usize {
        let most = match self {
            Self::Weighed(weighed) => weighed.reach(rows).min(REACH_MAX).saturating_mul(2),
            _ => u64::try_from(rows).unwrap_or(u64::MAX),
        };
        log_ceil(usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1))
    }

    /// Whether the goal can be stated for `rows` rows without wrapping around in the field.
    pub fn is_stated_for(&self, rows: usize) -> bool {
        match *self {
            Self::AtLeast(k) | Self::Exactly(k) => k as usize <= rows,
            Self::Fewer(k) => 1 <= k && k as usize <= rows.saturating_add(1),
            Self::Answers(k) => k as usize == rows,
            Self::Weighed(weighed) => {
                let reach = weighed.reach(rows);
                reach <= REACH_MAX && weighed.least.unsigned_abs() <= reach
            }
        }
    }

    /// The goal that `rows` of the rows always meet, whose distance is their sum plus the returned
    /// number.
    #[must_use]
    pub fn of_part(&self, rows: usize) -> (Self, i64) {
        match *self {
            Self::Weighed(weighed) => {
                let reach = i64::try_from(weighed.reach(rows)).unwrap_or(i64::MAX);
                (Self::Weighed(Weighed { least: -reach, ..weighed }), reach)
            }
            _ => (Self::AtLeast(0), 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, REACH_MAX, Weighed};

    #[test]
    fn a_distance_closes_the_sum() {
        let weighed = |least| Goal::Weighed(Weighed { class: 1, hit: 11, miss: -9, least });
        let (answers, labels) = ([1, 1, 0, 1, 2], [1, 0, 1, 2, 2]);
        assert_eq!(weighed(0).sum(&answers, &labels), 11 - 9 - 9);
        assert_eq!(Goal::AtLeast(0).sum(&answers, &labels), 2);
        for goal in [Goal::AtLeast(1), Goal::Fewer(4), Goal::Exactly(2), weighed(-20)] {
            let sum = goal.sum(&answers, &labels);
            assert!(goal.holds(sum) && goal.is_stated_for(5), "{goal:?}");
            let (part, offset) = goal.of_part(5);
            assert!(part.holds(sum) && part.is_stated_for(5), "{goal:?}");
            assert_eq!(i64::try_from(part.distance(sum)), Ok(sum + offset), "{goal:?}");
            for (goal, sum) in [(goal, sum), (part, sum)] {
                assert!(goal.distance(sum) >> goal.bits(5) == 0, "{goal:?}");
            }
        }
        assert!(!weighed(-6).holds(-7));
    }

    #[test]
    fn a_sum_that_could_wrap_around_is_not_stated() {
        let goal = |weight, least| Goal::Weighed(Weighed { class: 0, hit: 1, miss: weight, least });
        let rows = 1 << 20;
        assert!(goal(-256, 0).is_stated_for(rows));
        assert!(!goal(-257, 0).is_stated_for(rows));
        assert!(goal(256, REACH_MAX as i64).is_stated_for(rows));
        assert!(!goal(256, 1 + REACH_MAX as i64).is_stated_for(rows));
        assert!(!goal(i32::MIN, 0).is_stated_for(usize::MAX));
        assert_eq!(goal(i32::MIN, 0).bits(usize::MAX), 30);
    }
}
