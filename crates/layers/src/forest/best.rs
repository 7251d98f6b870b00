//! Whether a row's label is among its best answers.
//!
//! With D(j) = E(j) + Σ_{i>j} is(i) the distance of class j's sum to the greatest one, l the label and k
//! the number of best answers,
//!
//! ```text
//! low(j) + 2^16·high(j) = 2^30 + D(l) − D(j) − [j > l]        low in [0, 2^16), high in [0, 2^15)
//! ahead(j) = 1 if high(j) ≥ 2^14, else 0                      looked up
//! hit = 1 if Σ_j ahead(j) ≤ k, else 0                         looked up
//! ```
//!
//! D is at most 2^29, so that the right side lies between 2^29 − 1 and 3·2^29: it is one number of 31 bits,
//! and at least 2^30 if and only if class j answers as well as the label or better, the label itself among
//! them; of equal sums the lower class is the better one, as in execution. Σ_j ahead(j) is the label's
//! rank, from 1 on. The first line is linear, and checked at a random point of classes and rows.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Forest;
use super::readings::borrow;
use assay_engine::channel::Verifier;
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::relations::{Axis, Relation, Relations};
use p3_field::PrimeCharacteristicRing;

/// Bits of the upper half of a difference.
pub(super) const SIGN_BITS: usize = 15;
/// What no difference is stored as, 2^30.
pub(super) const NONE: u32 = 1 << 30;

impl Forest<'_> {
    /// Records what the differences to the labels' sums are.
    pub(super) fn differences(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let Some(best) = self.columns.best else { return };
        let (classes, rows) = (self.shape.bounds().classes(), self.shape.rows());
        let mut kappa = mle::eq_table(&verifier.challenges(self.shape.classes_log()));
        let mut rho = mle::eq_table(&verifier.challenges(self.shape.rows_log()));
        kappa.truncate(classes);
        rho.truncate(rows);
        let (all_classes, all_rows) = (sum(&kappa), sum(&rho));
        // Σ_{j<i} κ(j) for each class i, and Σ_{j>i} κ(j).
        let mut before = EF::ZERO;
        let lower: Vec<EF> = kappa
            .iter()
            .map(|&weight| {
                let here = before;
                before += weight;
                here
            })
            .collect();
        let higher = |class: u16| {
            let class = usize::from(class);
            let here = kappa.get(class).copied().unwrap_or_default();
            all_classes - here - lower.get(class).copied().unwrap_or_default()
        };

        let logs = [self.shape.classes_log(), self.shape.rows_log()];
        let mut tensor = |classes: &[EF]| {
            let axes = [classes, &rho].into_iter().zip(logs);
            relations.tensor(axes.map(|(axis, log)| Axis::new(log, axis.to_vec())).collect())
        };
        let (every, marks) = (tensor(&kappa), tensor(&lower));
        let [low, high] = self.columns.behind;
        let mut relation = Relation::default();
        for (block, coeff) in [
            (best.low, EF::ONE),
            (best.high, borrow().into()),
            (low, EF::ONE),
            (high, borrow().into()),
        ] {
            relation.read(coeff, block, every);
        }
        relation.read(EF::ONE, self.columns.is, marks);

        // The label's own distance, for every class.
        let place = |class: usize, row: usize| {
            let log = self.shape.rows_log().try_into().unwrap_or(u32::MAX);
            class.checked_shl(log).unwrap_or_default().saturating_add(row)
        };
        let labels = || self.labels.public().iter().zip(&rho).enumerate();
        let own = labels().map(|(row, (&label, &weight))| (place(label.into(), row), weight));
        let own = relations.sparse(own.collect());
        relation.read(-all_classes, low, own);
        relation.read(-all_classes * borrow(), high, own);
        let behind = labels().flat_map(|(row, (&label, &weight))| {
            let classes = usize::from(label).saturating_add(1)..classes;
            classes.map(move |class| (place(class, row), weight))
        });
        let behind = relations.sparse(behind.collect());
        relation.read(-all_classes, self.columns.is, behind);
        let ties: EF = labels().map(|(_, (&label, &weight))| weight * higher(label)).sum();
        relation.add_public(ties - all_classes * all_rows * F::from_u32(NONE));
        relations.push(relation);
    }
}

fn sum(weights: &[EF]) -> EF {
    weights.iter().copied().sum()
}
