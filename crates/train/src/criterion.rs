//! Impurity on integers. Two criteria share one shape: a side of a split is known by its weight and by
//! a sum over its classes. A row weighs 1, unless its class was given a weight.
//!
//! | criterion | term of a class that weighs `c` | impurity of a side that weighs `n`, times `n` |
//! |---|---|---|
//! | gini | `c²` | `n - Σ c² / n` |
//! | entropy | `F(c) = c · log2(c)` | `F(n) - Σ F(c)` |

use crate::log2::{FRACTION, log2};
use crate::prune::Loss;
use crate::weights::Weights;
use assay_model::Ratio;
use std::cmp::Ordering;

/// One side of a split, or a whole node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    /// What its rows weigh, at most `2^32`.
    pub(crate) weight: u64,
    /// Sum of terms over the classes.
    pub(crate) sum: u128,
}

/// A way to measure impurity. Greater scores and gains are better.
pub(crate) trait Measure {
    /// How good a split is among those of its node.
    type Score: Copy + Ord;
    /// How much a split improves the tree, compared between nodes.
    type Gain: Ord;

    /// Bits behind the point of a [`Loss`].
    const LOSS_FRACTION: u32;

    /// What the rows weigh.
    fn weights(&self) -> &Weights;
    /// The term of `class` with `count` rows.
    fn term(&self, class: usize, count: u32) -> u128;
    /// The score of a split into two sides, neither empty.
    fn score(&self, left: Side, right: Side) -> Self::Score;
    /// The impurity times weight that the split takes from its node.
    fn gain(&self, node: Side, left: Side, right: Side) -> Self::Gain;
    /// Whether a gain is at least `least` times what all rows weigh.
    fn reaches(&self, gain: &Self::Gain, least: Ratio) -> bool;
    /// Impurity times weight of a node.
    fn loss(&self, node: Side) -> Loss;

    /// A node, by its rows of each class.
    fn side(&self, counts: &[u32]) -> Side {
        let weights = self.weights().of_class.iter().zip(counts);
        let weight = weights.map(|(weight, &count)| weight * u64::from(count)).sum();
        let terms = counts.iter().enumerate().map(|(class, &count)| self.term(class, count));
        Side { weight, sum: terms.sum() }
    }
}

/// `1 - Σ p²`, compared exactly.
///
/// The score `Σ l²/L + Σ r²/R` is the fraction `(Σl²·R + Σr²·L) / (L·R)`. With a weight of at most
/// `n = 2^32`, `Σl² <= L²`, so the numerator is at most `L·R·n <= 2^94` and the denominator at most
/// `n²/4 = 2^62`. Without class weights `n <= 2^24`, and products of the two fit 128 bits.
pub(crate) struct Gini(pub(crate) Weights);

impl Measure for Gini {
    type Score = Score;
    type Gain = Fraction;

    /// `n²` times this still fits 128 bits.
    const LOSS_FRACTION: u32 = 60;

    fn weights(&self) -> &Weights {
        &self.0
    }

    fn term(&self, class: usize, count: u32) -> u128 {
        let weight = u128::from(self.0.of_class[class]) * u128::from(count);
        weight * weight
    }

    fn score(&self, left: Side, right: Side) -> Score {
        let (l, r) = (u128::from(left.weight), u128::from(right.weight));
        Score(Fraction { over: left.sum * r + right.sum * l, under: l * r })
    }

    fn gain(&self, node: Side, left: Side, right: Side) -> Fraction {
        let n = u128::from(node.weight);
        let Score(Fraction { over, under }) = self.score(left, right);
        // At most 2^126, and never negative: x² / n is convex.
        Fraction { over: (over * n).saturating_sub(node.sum * under), under: under * n }
    }

    fn reaches(&self, gain: &Fraction, least: Ratio) -> bool {
        let over = u128::from(least.num()) * u128::from(self.0.total);
        Fraction { over, under: u128::from(least.den()) } <= *gain
    }

    fn loss(&self, node: Side) -> Loss {
        let n = u128::from(node.weight).max(1);
        let over = (n * n).saturating_sub(node.sum) << Self::LOSS_FRACTION;
        // Below 2^93.
        Loss { down: (over / n) as i128, up: over.div_ceil(n) as i128 }
    }
}

/// A fraction whose numerator and denominator are usually small enough to be multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Score(Fraction);

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        let mine = self.0.over.checked_mul(other.0.under);
        match mine.zip(other.0.over.checked_mul(self.0.under)) {
            Some((mine, other)) => mine.cmp(&other),
            None => self.0.cmp(&other.0),
        }
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
/// score of a split of weight `n` is thus within `n · (1 + 2^-26)` units of the exact one, and two
/// splits are ordered rightly whenever their exact entropies differ by more than `2^-33` bits per unit
/// of weight. Sums of `F` are at most `F(2^32) = 2^72`.
pub(crate) struct Entropy {
    weights: Weights,
    /// `F` up to the number of rows, if each weighs one.
    equal: Vec<u64>,
    /// `F` of each number of rows of each class, otherwise.
    of_class: Vec<Vec<u128>>,
}

impl Entropy {
    /// Tabulates `F` as far as terms need it.
    pub(crate) fn new(weights: Weights) -> Self {
        if weights.are_equal() {
            // At most 2^24 rows: F is below 2^64.
            let equal = (0..=weights.total).map(|count| count * log2(count)).collect();
            return Self { weights, equal, of_class: Vec::new() };
        }
        let classes = weights.of_class.iter().zip(&weights.counts);
        let of_class = classes.map(|(weight, &count)| {
            (0..=u64::from(count)).map(|rows| weighted(rows * weight)).collect()
        });
        Self { equal: Vec::new(), of_class: of_class.collect(), weights }
    }

    fn whole(&self, weight: u64) -> u128 {
        self.equal.get(weight as usize).map_or_else(|| weighted(weight), |&term| term.into())
    }

    fn impurity(&self, side: Side) -> i128 {
        self.whole(side.weight) as i128 - side.sum as i128
    }
}

/// `F`.
fn weighted(weight: u64) -> u128 {
    u128::from(weight) * u128::from(log2(weight))
}

impl Measure for Entropy {
    type Score = i128;
    type Gain = i128;

    const LOSS_FRACTION: u32 = FRACTION;

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn term(&self, class: usize, count: u32) -> u128 {
        match self.of_class.get(class) {
            Some(terms) => terms[count as usize],
            None => self.whole(count.into()),
        }
    }

    fn score(&self, left: Side, right: Side) -> i128 {
        -(self.impurity(left) + self.impurity(right))
    }

    fn gain(&self, node: Side, left: Side, right: Side) -> i128 {
        self.impurity(node) + self.score(left, right)
    }

    fn reaches(&self, gain: &i128, least: Ratio) -> bool {
        // Below 2^100 on either side.
        let least = (u128::from(least.num()) * u128::from(self.weights.total), least.den());
        match least.0.checked_mul(1 << FRACTION) {
            Some(wanted) => wanted as i128 <= gain * i128::from(least.1),
            None => false,
        }
    }

    fn loss(&self, node: Side) -> Loss {
        let loss = self.impurity(node);
        Loss { down: loss, up: loss }
    }
}
