//! The verifier's half.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::super::Forest;
use super::super::readings::borrow;
use super::super::shape::part;
use crate::Answers;
use assay_engine::cells::Block;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::EF;
use assay_engine::linear::Linear;
use assay_engine::relations::{Axis, Relation, Relations};
use assay_engine::{inner, mle};
use assay_model::ops::forest::Votes;
use p3_field::PrimeCharacteristicRing;

impl Forest<'_> {
    /// Records that `is` marks the answers, and that as many of them are right as is claimed.
    pub(in crate::forest) fn answers(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.sums(verifier, relations);
        self.marks(verifier, relations)?;
        self.count(relations);
        Ok(())
    }

    /// The distances are those between the sums of votes; every row has one answer.
    fn sums(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let kappa = mle::eq_table(&verifier.challenges(self.shape.classes_log()));
        let rho = verifier.challenges(self.shape.rows_log());
        let classes = self.shape.bounds().classes();
        let id = relations.point(&rho);
        let [low, high] = self.columns.behind;

        // Σ_j κ_j·(E(j) − TOP + Σ votes for j + 1 − Σ_{i≤j} is(i)) = 0
        let mut distances = Relation::default();
        let mut one = Relation::new(Linear::public(-EF::ONE));
        let all: EF = kappa.iter().take(classes).copied().sum();
        distances.add_public(all);
        distances.read(-all, self.columns.top, id);
        let mut from_here = all;
        for (class, &kappa) in kappa.iter().take(classes).enumerate() {
            distances.read(kappa, self.class(low, class), id);
            distances.read(kappa * borrow(), self.class(high, class), id);
            distances.read(-from_here, self.class(self.columns.is, class), id);
            from_here -= kappa;
            one.read(EF::ONE, self.class(self.columns.is, class), id);
        }
        self.votes(&kappa, &rho, &mut distances, relations);
        relations.push(distances);
        relations.push(one);
    }

    /// Adds Σ_j κ_j·(votes for j), at the point of the rows.
    fn votes(&self, kappa: &[EF], rho: &[EF], distances: &mut Relation, relations: &mut Relations) {
        let bounds = self.shape.bounds();
        let rows = self.shape.rows();
        match bounds.votes() {
            Votes::All => {
                let id = relations.rows(rho, rows, vec![EF::ONE; bounds.trees()]);
                for (&column, &kappa) in self.columns.votes.iter().zip(kappa) {
                    distances.read(kappa, column, id);
                }
            }
            Votes::Turns | Votes::Second => {
                let class = |tree| kappa.get(bounds.class(tree, 0)).copied().unwrap_or_default();
                let id = relations.rows(rho, rows, (0..bounds.trees()).map(class).collect());
                for &column in &self.columns.votes {
                    distances.read(EF::ONE, column, id);
                }
            }
        }
    }

    /// is·(is − 1 + μ·E) = 0: a class is marked or not, and a marked one is not behind.
    fn marks(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let rounds = self.shape.answers_log();
        let tau = verifier.challenges(rounds);
        let mu = verifier.challenge();
        let ends = inner::verify(verifier, relations, Linear::zero(), rounds)?;
        let [low, high] = self.columns.behind;

        let weigh =
            |(&tau, &r): (&EF, &EF)| Axis::new(1, vec![(EF::ONE - tau) * (EF::ONE - r), tau * r]);
        let products = relations.tensor(tau.iter().zip(&ends.point).map(weigh).collect());
        let mut marked = Relation::new(ends.a.times(-EF::ONE));
        marked.read(EF::ONE, self.columns.is, products);
        relations.push(marked);

        let id = relations.point(&ends.point);
        let mut rest = Relation::new(ends.b.times(-EF::ONE));
        rest.add_public(-EF::ONE);
        rest.read(EF::ONE, self.columns.is, id);
        rest.read(mu, low, id);
        rest.read(mu * borrow(), high, id);
        relations.push(rest);
        Ok(())
    }

    /// Records that a column of answers holds the marked classes, and zeros behind the last row.
    pub(in crate::forest) fn tied_answers(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) {
        let Some(answers) = self.columns.answers else { return };
        let rho = verifier.challenges(self.shape.column_log());
        let mut rows = mle::eq_table(&rho);
        rows.truncate(self.shape.rows());
        let classes = (0..self.shape.bounds().classes()).map(EF::from_usize).collect();
        let marks = relations.tensor(vec![
            Axis::new(self.shape.classes_log(), classes),
            Axis::new(self.shape.rows_log(), rows),
        ]);
        let id = relations.point(&rho);
        let mut relation = Relation::default();
        relation.read(EF::ONE, self.columns.is, marks);
        relation.read(-EF::ONE, answers, id);
        relations.push(relation);
    }

    /// What is asserted, and the bits of the distance, add up to the threshold.
    fn count(&self, relations: &mut Relations) {
        let target = EF::from(self.goal.target());
        let mut count = Relation::new(Linear::public(-target));
        let hit = self.columns.best.map(|best| best.hit);
        match (self.shape.kept().answers, self.columns.right.map(|[right, _]| right).or(hit)) {
            (Answers::OfRows | Answers::Best(_), Some(right)) => {
                let every = Axis::new(self.shape.column_log(), vec![EF::ONE; self.shape.rows()]);
                let id = relations.tensor(vec![every]);
                count.read(EF::ONE, right, id);
            }
            // A mark stands in every row, and is its answer, whoever knows it.
            (Answers::Column | Answers::Hidden, _) => count.add_public(target),
            _ => (),
        }
        let rows_log = self.shape.rows_log();
        let place = |class: usize, row: usize| {
            let from = class.checked_shl(rows_log.try_into().unwrap_or(u32::MAX));
            from.unwrap_or_default().saturating_add(row)
        };
        // Where they are compared with the best answers, the marks say nothing of them.
        let is_marked = hit.is_none();
        let labels = self.labels.public().iter().enumerate().filter(|_| is_marked);
        let right = labels.map(|(row, &label)| {
            let place = place(self.goal.expected(label).into(), row);
            (place, EF::from(self.goal.weight(label)))
        });
        let behind = self.shape.bounds().classes();
        let bits =
            (0..self.shape.slack()).map(|j| (place(behind, j), EF::from(self.goal.factor(j))));
        let id = relations.sparse(right.chain(bits).collect());
        count.read(EF::ONE, self.columns.is, id);
        relations.push(count);
    }

    /// The rows of a class.
    fn class(&self, block: Block, class: usize) -> Block {
        part(block, class, self.shape.rows_log())
    }
}
