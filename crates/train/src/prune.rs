//! Minimal cost-complexity pruning (Breiman et al. 1984, chapter 3).
//!
//! Of all trees that pruning can leave, one is wanted that minimises *impurity + α · leaves*, impurity
//! being the sum of the leaves', each times its share of the rows by weight; and of those the smallest.
//! It is unique, and what scikit-learn reaches by cutting the weakest link again and again is found
//! here from the leaves up: a node becomes a leaf if that costs no more than what is best below it.
//!
//! # Rounding
//!
//! Impurities are fractions with a denominator per leaf. They are counted in units of `2^-fraction`, a
//! node's as a leaf rounded down and those of the leaves below it rounded up: so an exact tie prunes,
//! and so does whatever lies within (leaves + 1) units of one. Entropies are what the fixed-point
//! logarithm says.

use assay_model::Ratio;
use assay_model::ops::tree::Link;

/// Impurity of a node times its weight, in units, rounded both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) down: i128,
    pub(crate) up: i128,
}

/// A node while it grows: what it would answer and lose as a leaf.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub(crate) class: u16,
    pub(crate) loss: Loss,
}

/// What a leaf costs, in units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub(crate) alpha: Ratio,
    /// What all rows weigh.
    pub(crate) total: u64,
    /// Bits behind the point of a loss.
    pub(crate) fraction: u32,
}

impl Price {
    /// Whether `leaves` leaves cost at least what they save: `saved <= alpha · total · leaves`.
    fn is_reached(&self, saved: i128, leaves: usize) -> bool {
        // A loss is below 2^93 for either criterion.
        let saved = saved * i128::from(self.alpha.den());
        let whole = i128::from(self.alpha.num()) * i128::from(self.total) * leaves as i128;
        let cost = whole.checked_mul(1 << self.fraction);
        // What does not fit is more than anything saved.
        cost.is_none_or(|cost| saved <= cost)
    }
}

/// Turns nodes into leaves. In `links` children stand behind their parents, and `leaves` has one entry
/// per link. What is cut off stays there, unreached.
pub(crate) fn prune(links: &mut [Link], leaves: &[Leaf], price: &Price) {
    let mut below: Vec<(usize, i128)> = leaves.iter().map(|leaf| (1, leaf.loss.up)).collect();
    for at in (0..links.len()).rev() {
        let Link::Split { left, right, .. } = links[at] else { continue };
        let count = below[left].0 + below[right].0;
        let loss = below[left].1 + below[right].1;
        if price.is_reached(leaves[at].loss.down - loss, count - 1) {
            links[at] = Link::Leaf { class: leaves[at].class };
        } else {
            below[at] = (count, loss);
        }
    }
}
