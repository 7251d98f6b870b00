//! Whether a row's label is among its best answers.
//!
//! With y the scores, l the label of row n and k the number of best answers,
//!
//! ```text
//! own(n) = y(n, l)                                              at a random point of the rows
//! ahead(n, j) = 1 if y(n, j) − own(n) − [j > l] ≥ 0, else 0     for every class j: looked up, with its sign
//! hit(n) = 1 if Σ_j ahead(n, j) ≤ k, else 0                     looked up
//! ```
//!
//! Class j is ahead if it answers as well as the label or better, the label itself among them; of equal
//! scores the lower class is the better one, as in execution. So Σ_j ahead(n, j) is the label's rank, from
//! 1 on. A label among the best and one that is not are both proven.
//!
//! That `own` holds the labels' scores is an inner product of y and a public vector, eq(ρ, n) where j = l.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Network;
use super::plan::{Draft, LIMB_BITS, What};
use super::reader::Reader;
use super::tables::{Table, half};
use super::weights::{Logs, Weights, split};
use crate::data::{RowCells, log_ceil};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::inner::{self, Ends};
use assay_engine::mle;
use assay_engine::relations::{Axis, Relation};
use p3_field::PrimeCharacteristicRing;

/// Bits of the difference of two scores and a tie, with its sign.
const DIFFERENCE_BITS: usize = LIMB_BITS + 1;

/// Blocks of what is said of the labels' ranks.
#[derive(Clone, Copy, Debug)]
pub(super) struct BestPlan {
    /// How many answers are the best.
    #[cfg(feature = "prove")]
    pub(super) best: u16,
    /// Binary logarithm of the rows.
    pub(super) log: usize,
    /// The label's score.
    pub(super) own: usize,
    /// Which classes are ahead, over the axes of the marks.
    pub(super) ahead: usize,
    /// Whether the label is among the best.
    pub(super) hit: usize,
}

impl Draft {
    /// Blocks and lookups for labels among the best answers of so many `classes`, whose scores have
    /// these axes.
    pub(super) fn best(
        &mut self,
        best: u16,
        rows: usize,
        (classes, axes): (usize, &Logs),
    ) -> BestPlan {
        let log = log_ceil(rows).max(RowCells::ROWS_LOG_MIN);
        let scores = axes.iter().fold(0, |sum: usize, &axis| sum.saturating_add(axis));
        let (own, ahead, hit) = (self.block(log), self.block(scores), self.block(log));
        self.look_up(What::Ahead, Table::Sign { bits: DIFFERENCE_BITS }, scores);
        let bits = log_ceil(classes.saturating_add(1)).max(1);
        self.look_up(What::Rank, Table::AtMost { bits, most: best.into() }, log);
        BestPlan {
            #[cfg(feature = "prove")]
            best,
            log,
            own,
            ahead,
            hit,
        }
    }
}

impl Network {
    /// Adds first·(difference of scores and ties, as it is stored) + second·(whether it is positive),
    /// at a point of the scores.
    pub(super) fn ahead(
        &self,
        plan: &BestPlan,
        point: &[EF],
        [first, second]: [EF; 2],
        reader: &mut Reader<'_>,
        out: &mut Relation,
    ) {
        let axes = &self.plan.answer.axes;
        let weights = Weights::eq(point, axes);
        reader.tensor(self.plan.nodes.len(), &weights, first, out);
        let own = reader.relations.tensor(vec![Axis::new(plan.log, weights.rows.clone())]);
        out.read(-first, self.columns.block(plan.own), own);
        let tied = self.behind_labels(&weights);
        out.add_public(first * (EF::from(F::from_usize(half(DIFFERENCE_BITS))) - tied));
        let id = reader.relations.point(point);
        out.read(second, self.columns.block(plan.ahead), id);
    }

    /// Σ_n rows(n)·Σ_{j > label} channels(j).
    fn behind_labels(&self, weights: &Weights) -> EF {
        let mut behind = EF::ZERO;
        // Σ_{j > i} channels(j), from the last class to the first.
        let mut tails: Vec<EF> = weights
            .channels
            .iter()
            .rev()
            .map(|&weight| {
                let tail = behind;
                behind += weight;
                tail
            })
            .collect();
        tails.reverse();
        let labels = self.rows.labels().iter().take(self.plan.rows);
        let tail = |label: &u16| tails.get(usize::from(*label)).copied().unwrap_or_default();
        labels.zip(&weights.rows).map(|(label, &row)| row * tail(label)).sum()
    }

    /// Adds first·(the label's rank) + second·(whether it is among the best), at a point of the rows.
    pub(super) fn rank(
        &self,
        plan: &BestPlan,
        point: &[EF],
        [first, second]: [EF; 2],
        reader: &mut Reader<'_>,
        out: &mut Relation,
    ) {
        let mut rows = mle::eq_table(point);
        rows.truncate(self.plan.rows);
        let one = || vec![EF::ONE];
        let classes = vec![EF::ONE; self.plan.program.classes()];
        let weights = Weights { rows, height: one(), width: one(), channels: classes };
        let every = reader.relations.tensor(weights.axes(&self.plan.answer.axes));
        out.read(first, self.columns.block(plan.ahead), every);
        let id = reader.relations.point(point);
        out.read(second, self.columns.block(plan.hit), id);
    }

    /// Records that `own` holds the labels' scores, and zeros behind the last row.
    pub(super) fn own_scores(
        &self,
        verifier: &mut Verifier<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Rejection> {
        let Some(plan) = &self.plan.best else { return Ok(()) };
        let axes = &self.plan.answer.axes;
        let rho = verifier.challenges(plan.log);
        let claim = verifier.recv()?;
        let mut own = Relation::new(claim.times(-EF::ONE));
        let id = reader.relations.point(&rho);
        own.read(EF::ONE, self.columns.block(plan.own), id);
        reader.relations.push(own);

        let rounds = axes.iter().fold(0, |sum: usize, &axis| sum.saturating_add(axis));
        let Ends { point, mut a, b } = inner::verify(verifier, reader.relations, claim, rounds)?;
        let [rows, _, _, channels] = split(&point, axes).map(mle::eq_table);
        let labels = self.rows.labels().iter().take(self.plan.rows);
        let at = |label: &u16| channels.get(usize::from(*label)).copied().unwrap_or_default();
        let weights = mle::eq_table(&rho).into_iter().zip(&rows);
        let value: EF = labels.zip(weights).map(|(label, (rho, &row))| rho * row * at(label)).sum();
        a.add_public(-value);
        reader.relations.push_zero(a);
        let mut scores = Relation::new(b.times(-EF::ONE));
        reader.tensor(self.plan.nodes.len(), &Weights::eq(&point, axes), EF::ONE, &mut scores);
        reader.relations.push(scores);
        Ok(())
    }
}
