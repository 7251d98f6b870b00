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

use super::readings::{Batch, Compression, Ends, Lookups, Tag, borrow, parts};
use super::shape::{Column, LIMB_LOG};
use super::{Labels, Rows, Tree};
use crate::Goal;
use crate::data::RowCells;
use crate::schedule::{Digits, eq, eq_products};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::fraction::{self, Leaf};
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::relations::{Relation, Relations, Row, Stride};
use assay_engine::sumcheck::{Reduced, verify_cubic};
use p3_field::PrimeCharacteristicRing;

impl Tree<'_> {
    /// Records what the claim demands of the cells.
    pub fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let alpha = verifier.challenge();
        let compression = Compression::new(alpha, verifier.challenge());
        let logs = self.shape.tree_logs();
        let [big, small] = fraction::verify(verifier, relations, logs)?;
        self.slots_and_limbs(&compression, small, relations);
        let lookups = Lookups::new(&self.shape, &big.point);
        let claim = self.data(&compression, &lookups, big, verifier, relations)?;
        self.local(&compression, &lookups, &claim, verifier, relations)
    }

    /// The leaves of the small tree: numbers below 2^16; slots, and the range lookups of what they
    /// hold.
    fn slots_and_limbs(&self, compression: &Compression, leaf: Leaf, relations: &mut Relations) {
        let Leaf { point, numerator, denominator } = leaf;
        let (half, rest) = point.split_at(1);
        let table = half.iter().copied().sum::<EF>();
        let (limb_high, limb) = rest.split_at(self.shape.small_half_log().saturating_sub(LIMB_LOG));
        let (slot_high, slot) =
            rest.split_at(rest.len().saturating_sub(self.shape.bounds().slots_log()));
        let limbs = (EF::ONE - table) * mle::eq_index(limb_high, 0);
        let [entry, low, high, index] =
            [0, 1, 2, 3].map(|block| table * mle::eq_index(slot_high, block));
        let [_, b1, b2, b3, b4, b5] = compression.beta;
        let (limb_id, slot_id) = (relations.point(limb), relations.point(slot));
        let [feature, threshold_low, threshold_high, left] = self.columns.slots;

        let mut numerators = Relation::new(numerator.times(-EF::ONE));
        numerators.add_public(low + high + index);
        numerators.read(-limbs, self.columns.limb_uses, limb_id);
        numerators.read(-entry, self.columns.slot_uses, slot_id);
        relations.push(numerators);

        let limb_base = compression.base(Tag::Limb);
        let mut denominators = Relation::new(denominator.times(-EF::ONE));
        denominators.add_public(EF::ONE - limbs - entry - low - high - index);
        denominators.add_public(limbs * (limb_base - b1 * mle::index(limb)));
        denominators.add_public(entry * (compression.base(Tag::Slot) - b1 * mle::index(slot)));
        denominators.add_public((low + high + index) * limb_base);
        denominators.read(-(entry * b2 + index * b1), feature, slot_id);
        denominators.read(-(entry * b3 + low * b1), threshold_low, slot_id);
        denominators.read(-(entry * b4 + high * b1), threshold_high, slot_id);
        denominators.read(-(entry * b5), left, slot_id);
        relations.push(denominators);
    }

    /// The leaves of the big tree but for the lookups' denominators, whose claim is returned.
    fn data(
        &self,
        compression: &Compression,
        lookups: &Lookups,
        leaf: Leaf,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<Linear, Rejection> {
        let Leaf { point, numerator, mut denominator } = leaf;
        let (half, rest) = point.split_at(1);
        let table = half.iter().copied().sum::<EF>();
        let (high, data) = rest.split_at(rest.len().saturating_sub(self.shape.data_log()));
        let used = table * mle::eq_index(high, 0);

        let steps = Digits::new(&eq(&lookups.point), self.shape.levels(), self.shape.steps()).sums;
        let all: EF = steps.iter().copied().sum();
        let last = steps.last().copied().unwrap_or_default();
        let [e_low, e_high, e_slot, e_data] = lookups.kinds;
        let mut numerators = Relation::new(numerator.times(-EF::ONE));
        numerators.add_public((e_low + e_high + e_slot) * all + e_data * (all - last));
        let id = relations.point(data);
        numerators.read(-used, self.columns.data_uses, id);
        relations.push(numerators);

        let entries = match self.rows {
            Rows::Public(table) => Linear::public(self.entries(table).at(compression, data)),
            Rows::Committed(_) => self.committed_entries(compression, data, verifier, relations)?,
        };
        denominator.add(&entries, -used);
        denominator.add_public(-((table - used) + lookups.padding));
        Ok(denominator)
    }

    /// The data table's denominators at `point`, where the values are cells.
    fn committed_entries(
        &self,
        compression: &Compression,
        point: &[EF],
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<Linear, Rejection> {
        let [_, _, _, b3, b4, _] = compression.beta;
        let values = verifier.recv()?;
        let mut reading = Relation::new(values.times(-EF::ONE));
        let id = relations.point(point);
        for (block, coeff) in self.columns.data.into_iter().flatten().zip([b3, b4]) {
            reading.read(coeff, block, id);
        }
        relations.push(reading);

        let sizes = self.cells_of_rows();
        let mut entries = values.times(-EF::ONE);
        entries.add_public(sizes.denominators_at(compression, point));
        Ok(entries)
    }

    /// Records that the last steps hold the labels, or the answers, among the cells.
    fn tied_labels(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let rho = verifier.challenges(self.shape.rows_log());
        let labels = match self.labels {
            Labels::Answers(_) => self.columns.answers.map(|block| (block, Row::Same)),
            _ => self.columns.data.map(|[low, _]| (low, self.cells_of_rows().labels())),
        };
        let (Some((block, labels)), Some(&value)) =
            (labels, self.columns.step.get(Column::ValueLow.index()))
        else {
            return;
        };
        let count = self.shape.rows();
        let (first, step) = (self.shape.bounds().depth(), self.shape.levels());
        let steps = Row::Every(Stride { first, step, count });
        let id = relations.point(&rho);
        let mut relation = Relation::default();
        relation.read_row(EF::ONE, value, id, steps);
        relation.read_row(-EF::ONE, block, id, labels);
        relations.push(relation);
    }

    /// The cells of committed rows.
    fn cells_of_rows(&self) -> RowCells {
        RowCells { rows: self.shape.rows(), features: self.shape.bounds().features() }
    }

    /// What the last steps hold.
    pub(super) fn ends(&self) -> Ends {
        let classes = self.shape.bounds().classes();
        let answers = self.goal.is_answers().then_some(classes);
        Ends { has_labels: self.labels.is_public(), answers }
    }

    /// The local check: bits, transitions, last steps, the count, and the lookups' leaves.
    fn local(
        &self,
        compression: &Compression,
        lookups: &Lookups,
        leaf_claim: &Linear,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let tau = verifier.challenges(self.shape.steps_log());
        let batch = Batch::new(verifier.challenge());
        let mut claim = Linear::public(batch.count() * self.goal.target());
        claim.add(leaf_claim, batch.lookup());
        let Reduced { point, mut claim } = verify_cubic(verifier, claim, self.shape.steps_log())?;
        let values = verifier.clear_array()?;
        let weights = Weights::new(self, &point, &tau, &lookups.point);
        let summand = weights.summand(compression, lookups, &batch, self.ends().mark(), values);
        claim.add_public(-summand);
        relations.push_zero(claim);

        let id = relations.point(&point);
        for (parts, value) in
            parts(compression, lookups, &batch, &self.ends()).into_iter().zip(values)
        {
            let mut reading = Relation::new(Linear::public(-value));
            for (column, coeff, row) in parts {
                let Some(&block) = self.columns.step.get(column.index()) else { continue };
                reading.read_row(coeff, block, id, row);
            }
            relations.push(reading);
        }
        if self.labels.is_tied() {
            self.tied_labels(verifier, relations);
        }
        Ok(())
    }
}

/// The multilinear extensions at r of everything public in the local check.
#[derive(Default)]
struct Weights {
    /// Σ eq(r, i)·eq(τ, i) over rows with bits, transitions, last steps, first steps.
    bits: EF,
    transition: EF,
    last: EF,
    first: EF,
    /// Σ eq(r, i)·eq(p, i) over transitions and last steps, and eq(r, p), with p the lookups'
    /// point.
    lookup_transition: EF,
    lookup_last: EF,
    lookup: EF,
    /// Σ eq(r, i) over last steps, of their labels, of the count's factors, of the rows' indices.
    ends: EF,
    labels: EF,
    count: EF,
    rows: EF,
}

impl Weights {
    fn new(tree: &Tree<'_>, r: &[EF], tau: &[EF], p: &[EF]) -> Self {
        let shape = &tree.shape;
        let digits = |factors: &[[EF; 2]]| Digits::new(factors, shape.levels(), shape.steps());
        let (at_r, local) = (digits(&eq(r)), digits(&eq_products(r, tau)).sums);
        let looked_up = digits(&eq_products(r, p)).sums;
        let total = |sums: &[EF]| sums.iter().copied().sum::<EF>();
        let last = |sums: &[EF]| sums.last().copied().unwrap_or_default();

        let ends = last(&at_r.sums);
        let mut w = Self {
            bits: total(&local),
            transition: total(&local) - last(&local),
            last: last(&local),
            first: local.first().copied().unwrap_or_default(),
            lookup_transition: total(&looked_up) - last(&looked_up),
            lookup_last: last(&looked_up),
            lookup: mle::eq(r, p),
            ends,
            labels: over_rows(tree, r, |label| F::from_u16(tree.goal.expected(label))),
            count: match tree.goal {
                Goal::Weighed(_) => over_rows(tree, r, |label| tree.goal.weight(label)),
                _ => ends,
            },
            rows: at_r.quotients(),
        };
        // The bits of the distance stand behind the steps.
        for j in 0..shape.slack() {
            let index = shape.steps().saturating_add(j);
            let at_r = mle::eq_index(r, index);
            w.bits += at_r * mle::eq_index(tau, index);
            w.count += at_r * tree.goal.factor(j);
        }
        w
    }

    /// The summand of the local check, from the eight readings.
    fn summand(
        &self,
        compression: &Compression,
        lookups: &Lookups,
        batch: &Batch,
        mark: F,
        [s, c, difference, low, node, step, end, leaf]: [EF; 8],
    ) -> EF {
        let [e_low, e_high, e_slot, e_data] = lookups.kinds;
        let [_, beta, ..] = compression.beta;
        let full = F::from_u16(u16::MAX);
        let end = end
            - (batch.label() * self.labels + batch.value_mark() * mark + batch.leaf_mark() * full);
        let leaf = leaf
            + (e_low + e_high) * compression.base(Tag::Limb)
            + e_slot * compression.base(Tag::Slot)
            + e_data * (compression.base(Tag::Data) - beta * self.rows)
            + beta * e_low * self.ends;
        let borrows =
            (e_low * borrow() - e_high) * self.lookup_transition + e_low * self.lookup_last;

        self.bits * (s * s - s + batch.carry_bit() * (c * c - c))
            + self.last * (batch.right_label() * c * low + end)
            + batch.transition() * self.transition * step
            + batch.root() * self.first * node
            + batch.count() * self.count * c
            + batch.lookup()
                * (beta * (e_low * self.lookup_transition * s - borrows * c)
                    + self.lookup * (leaf - beta * (EF::ONE - s.double()) * difference))
    }
}

/// Σ eq(r, i)·of(label) over the last steps i; the label of a row is 0 where labels are not public.
fn over_rows(tree: &Tree<'_>, r: &[EF], of: impl Fn(u16) -> F) -> EF {
    // Two short tables instead of one long: eq(r, i) = eq(high half)·eq(low half).
    let (high, low) = r.split_at_checked(r.len() / 2).unwrap_or_default();
    let (highs, lows) = (mle::eq_table(high), mle::eq_table(low));
    let (mut sum, mut here) = (EF::ZERO, EF::ZERO);
    let mut block = 0;
    let steps = (tree.shape.bounds().depth()..).step_by(tree.shape.levels().max(1));
    let labels = tree.labels.public().iter().copied().chain(std::iter::repeat(0));
    for (label, step) in labels.zip(steps).take(tree.shape.rows()) {
        let at = step >> low.len();
        if at != block {
            sum += highs.get(block).copied().unwrap_or_default() * here;
            (block, here) = (at, EF::ZERO);
        }
        let within = step.saturating_sub(at << low.len());
        here += lows.get(within).copied().unwrap_or_default() * of(label);
    }
    sum + highs.get(block).copied().unwrap_or_default() * here
}
