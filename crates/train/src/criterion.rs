//! Impurity on integers. Two criteria share one shape: a side of a split is known by its number of
//! rows and by the sum of a weight over its classes' counts.
//!
//! | criterion | weight of a count `c` | impurity of a side of `n` rows, times `n` |
//! |---|---|---|
//! | gini | `c²` | `n - Σ c² / n` |
//! | entropy | `F(c) = c · log2(c)` | `F(n) - Σ F(c)` |

use crate::log2::log2;
use std::cmp::Ordering;

/// One side of a split, or a whole node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    /// Rows.
    pub(crate) rows: u32,
    /// Sum of weights over the classes.
    pub(crate) sum: u64,
}

/// A way to measure impurity. Greater scores and gains are better.
pub(crate) trait Measure {
    /// How good a split is among those of its node.
    type Score: Copy + Ord;
    /// How much a split improves the tree, compared between nodes.
    type Gain: Ord;

    /// The weight of a class with `count` rows.
    fn weight(&self, count: u32) -> u64;
    /// The score of a split into two sides, neither empty.
    fn score(&self, left: Side, right: Side) -> Self::Score;
    /// The weighted impurity that the split takes from its node.
    fn gain(&self, node: Side, left: Side, right: Side) -> Self::Gain;
}

/// `1 - Σ p²`, compared exactly.
///
/// The score `Σ l²/L + Σ r²/R` is the fraction `(Σl²·R + Σr²·L) / (L·R)`. With at most `n = 2^24` rows
/// (the bound of a table), `Σl² <= L²`, so the numerator is at most `L·R·n <= 2^70` and the
/// denominator at most `n²/4 = 2^46`: their products, at most `2^116`, fit 128 bits.
pub(crate) struct Gini;

impl Measure for Gini {
    type Score = Score;
    type Gain = Fraction;

    fn weight(&self, count: u32) -> u64 {
        u64::from(count) * u64::from(count)
    }

    fn score(&self, left: Side, right: Side) -> Score {
        let (l, r) = (u128::from(left.rows), u128::from(right.rows));
        Score { over: u128::from(left.sum) * r + u128::from(right.sum) * l, under: l * r }
    }

    fn gain(&self, node: Side, left: Side, right: Side) -> Fraction {
        let n = u128::from(node.rows);
        let Score { over, under } = self.score(left, right);
        // At most 2^94, and never negative: x² / n is convex.
        Fraction { over: (over * n).saturating_sub(u128::from(node.sum) * under), under: under * n }
    }
}

/// A fraction below `2^70` over one of at most `2^46`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Score {
    over: u128,
    under: u128,
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.over * other.under).cmp(&(other.over * self.under))
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Any fraction; products of two of them need not fit 128 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fraction {
    pub(crate) over: u128,
    pub(crate) under: u128,
}

impl Ord for Fraction {
    /// Compares whole parts, then the inverted rests, as Euclid's algorithm does.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (*self, *other);
        let mut is_inverted = false;
        loop {
            let whole = (a.over / a.under).cmp(&(b.over / b.under));
            let (a_rest, b_rest) = (a.over % a.under, b.over % b.under);
            let order = match (whole, a_rest, b_rest) {
                (Ordering::Equal, 0, _) | (Ordering::Equal, _, 0) => a_rest.cmp(&b_rest),
                (Ordering::Equal, ..) => {
                    a = Self { over: a.under, under: a_rest };
                    b = Self { over: b.under, under: b_rest };
                    is_inverted = !is_inverted;
                    continue;
                }
                (unequal, ..) => unequal,
            };
            return if is_inverted { order.reverse() } else { order };
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Fraction {}

/// `-Σ p · log2(p)`, with `F(c) = c · log2(c)` in units of `2^-35`.
///
/// By the bound of [`log2`], `F(c)` is below its exact value by less than `c · (1 + 2^-26)` units. The
/// score of a split of `n` rows is thus within `n · (1 + 2^-26)` units of the exact one, and two splits
/// are ordered rightly whenever their exact entropies differ by more than `2^-33` bits per row. Sums of
/// `F` are at most `F(2^24) < 2^64`.
pub(crate) struct Entropy {
    weights: Vec<u64>,
}

impl Entropy {
    /// Tabulates `F` up to `rows`.
    pub(crate) fn new(rows: u32) -> Self {
        Self { weights: (0..=rows).map(|count| u64::from(count) * log2(count)).collect() }
    }

    fn impurity(&self, side: Side) -> i128 {
        i128::from(self.weight(side.rows)) - i128::from(side.sum)
    }
}

impl Measure for Entropy {
    type Score = i128;
    type Gain = i128;

    fn weight(&self, count: u32) -> u64 {
        self.weights[count as usize]
    }

    fn score(&self, left: Side, right: Side) -> i128 {
        -(self.impurity(left) + self.impurity(right))
    }

    fn gain(&self, node: Side, left: Side, right: Side) -> i128 {
        self.impurity(node) + self.score(left, right)
    }
}
