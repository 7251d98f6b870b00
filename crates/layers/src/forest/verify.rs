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

use super::readings::{Batch, Lookups, parts};
use super::segments::{Kind, Segments};
use super::shape::{Column, part};
use super::{Forest, Rows};
use crate::schedule::{Digits, eq, eq_products};
use crate::tuples::{Compression, Tag};
use assay_engine::cells::Block;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::fraction::{self, Leaf};
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::relations::{Axis, PointId, Relation, Relations, Row, Stride};
use assay_engine::sumcheck::{Reduced, verify_cubic};
use p3_field::PrimeCharacteristicRing;

impl Forest<'_> {
    /// Records what the claim demands of the cells.
    pub fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let alpha = verifier.challenge();
        let compression = Compression::new(alpha, verifier.challenge());
        let logs = self.shape.tree_logs();
        let [steps, tables] = fraction::verify(verifier, relations, logs)?;
        self.tables(&compression, tables, relations);
        self.steps(&compression, steps, verifier, relations)?;
        self.ends(verifier, relations);
        self.answers(verifier, relations)?;
        self.tied_answers(verifier, relations);
        self.differences(verifier, relations);
        Ok(())
    }

    /// The leaves of the second tree: tables, and lookups that are not the steps'.
    fn tables(&self, compression: &Compression, leaf: Leaf, relations: &mut Relations) {
        let columns = &self.columns;
        let [feature, low, high, left] = columns.slots;
        let mut leaves = Leaves::new(self, compression, leaf);
        leaves.table(Kind::Slots, columns.slot_uses, relations);
        leaves.subtract(Tag::Slot, &[(2, feature), (3, low), (4, high), (5, left)]);

        leaves.table(Kind::Leaves, columns.leaf_uses, relations);
        leaves.subtract(Tag::Leaf, &[(2, high)]);
        let (width, slots_log) = (self.shape.bounds().width(), self.shape.bounds().slots_log());
        for index in 0..width {
            leaves.vote(index, part(columns.values, index, slots_log));
        }
        // What the width is filled up with.
        let filled = self.shape.values_log().saturating_sub(slots_log);
        for index in width..1_usize.checked_shl(filled.try_into().unwrap_or(u32::MAX)).unwrap_or(0)
        {
            let mut relation = Relation::default();
            relation.read(EF::ONE, part(columns.values, index, slots_log), leaves.id);
            relations.push(relation);
        }

        for (kind, column) in [(Kind::Features, feature), (Kind::Lows, low), (Kind::Highs, high)] {
            leaves.lookups(kind, relations, usize::MAX);
            leaves.subtract(Tag::Limb, &[(1, column)]);
        }
        let [below, above] = columns.behind;
        for (kind, column, factor) in [
            (Kind::BehindLow, below, 1),
            (Kind::BehindHigh, above, 1),
            (Kind::BehindBound, above, 8),
        ] {
            leaves.lookups(kind, relations, usize::MAX);
            leaves.subtract(Tag::Limb, &[]);
            let [_, beta, ..] = compression.beta;
            leaves.read(beta * F::from_u8(factor), column);
        }

        leaves.table(Kind::Limbs, columns.limb_uses, relations);
        leaves.subtract(Tag::Limb, &[]);

        leaves.lookups(Kind::Ends, relations, self.shape.pairs());
        leaves.subtract(Tag::Leaf, &[(1, columns.end)]);
        leaves.constant(-(compression.beta[2] * F::from_u16(u16::MAX)));
        for (index, &column) in columns.votes.iter().enumerate() {
            leaves.vote(index, column);
        }

        leaves.uses(Kind::Data, columns.data_uses, relations);
        self.data(&mut leaves);
        self.compared(&mut leaves, relations);
        self.ranked(&mut leaves, relations);
        leaves.close(relations);
    }

    /// The table of the rows' values.
    fn data(&self, leaves: &mut Leaves<'_>) {
        let [_, _, _, b3, b4, _] = leaves.compression.beta;
        match (self.rows, self.columns.data, self.shape.hidden()) {
            (Rows::Public(table), _, _) => {
                let entries = self.entries(table).at(leaves.compression, &leaves.point);
                leaves.constant(entries);
            }
            (Rows::Committed(_), Some([low, high]), Some(sizes)) => {
                leaves.constant(sizes.denominators_at(leaves.compression, &leaves.point));
                leaves.read(b3, low);
                leaves.read(b4, high);
            }
            (Rows::Committed(_), ..) => (),
        }
    }

    /// Whether each answer is the label, where that is a cell.
    fn compared(&self, leaves: &mut Leaves<'_>, relations: &mut Relations) {
        let (Some([right, uses]), Some(answers), Some([low, _]), Some(sizes)) =
            (self.columns.right, self.columns.answers, self.columns.data, self.shape.hidden())
        else {
            return;
        };
        let [_, b1, b2, ..] = leaves.compression.beta;
        let bits = self.shape.difference_bits();
        let half = 1_usize.checked_shl(bits.saturating_sub(1).try_into().unwrap_or(u32::MAX));
        let half = half.unwrap_or_default();
        leaves.table(Kind::Equal, uses, relations);
        leaves.subtract(Tag::Equal, &[]);
        let none = mle::eq_index(&leaves.point, half);
        leaves.constant(-(b2 * none));

        leaves.lookups(Kind::Right, relations, usize::MAX);
        leaves.subtract(Tag::Equal, &[(1, answers), (2, right)]);
        leaves.constant(-(b1 * F::from_usize(half)));
        let labels = leaves.weight * b1;
        leaves.denominators.read_row(labels, low, leaves.id, sizes.labels());
    }

    /// Which classes are ahead of the label, and whether it is among the best.
    fn ranked(&self, leaves: &mut Leaves<'_>, relations: &mut Relations) {
        let (Some(columns), Some(best)) = (self.columns.best, self.shape.best()) else { return };
        let [_, b1, b2, ..] = leaves.compression.beta;
        leaves.lookups(Kind::AheadLow, relations, usize::MAX);
        leaves.subtract(Tag::Limb, &[(1, columns.low)]);

        leaves.table(Kind::Signs, columns.sign_uses, relations);
        leaves.subtract(Tag::Sign, &[]);
        // The upper half of the table is the first coordinate.
        let is_positive = leaves.point.first().copied().unwrap_or_default();
        leaves.constant(-(b2 * is_positive));
        leaves.lookups(Kind::AheadSign, relations, usize::MAX);
        leaves.subtract(Tag::Sign, &[(1, columns.high), (2, columns.ahead)]);

        leaves.table(Kind::Ranks, columns.rank_uses, relations);
        leaves.subtract(Tag::Rank, &[]);
        let is_best = mle::prefix(&leaves.point, usize::from(best).saturating_add(1));
        leaves.constant(-(b2 * is_best));
        leaves.lookups(Kind::Hit, relations, usize::MAX);
        leaves.subtract(Tag::Rank, &[(2, columns.hit)]);
        let mut rows = mle::eq_table(&leaves.point);
        rows.truncate(self.shape.rows());
        let classes = vec![EF::ONE; self.shape.bounds().classes()];
        let every = relations.tensor(vec![
            Axis::new(self.shape.classes_log(), classes),
            Axis::new(self.shape.rows_log(), rows),
        ]);
        leaves.denominators.read(-(leaves.weight * b1), columns.ahead, every);
    }

    /// The first tree's leaves, and the local check: bits, roots, transitions.
    fn steps(
        &self,
        compression: &Compression,
        leaf: Leaf,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let lookups = Lookups::new(&leaf.point);
        let shape = &self.shape;
        let (depth, trees) = (shape.bounds().depth(), shape.bounds().trees());
        let of_rows = Digits::new(&eq(&lookups.point), trees.saturating_mul(depth), shape.steps());
        let all: EF = of_rows.sums.iter().copied().sum();
        let mut numerators = leaf.numerator;
        numerators.add_public(-all);
        relations.push_zero(numerators);

        let tau = verifier.challenges(shape.steps_log());
        let batch = Batch::new(verifier.challenge());
        let of_trees = Digits::new(&eq(&tau), trees.saturating_mul(depth), shape.steps());
        let roots: EF = of_trees
            .sums
            .iter()
            .step_by(depth.max(1))
            .enumerate()
            .map(|(tree, &sum)| sum * F::from_usize(tree))
            .sum();
        let rows = of_rows.quotients();
        let [low, high, slot, data] = lookups.kinds;
        let public = (low + high) * compression.base(Tag::Limb)
            + slot * compression.base(Tag::Slot)
            + data * (compression.base(Tag::Data) - compression.beta[1] * rows);
        // The public parts of roots and leaves move into the claim.
        let mut claim = leaf.denominator.times(batch.lookup());
        claim.add_public(batch.root() * roots - batch.lookup() * public);

        let Reduced { point, mut claim } = verify_cubic(verifier, claim, shape.steps_log())?;
        let [s, c, difference, node, next, leaf] = verifier.clear_array()?;
        let weights = Digits::new(&eq_products(&point, &tau), depth, shape.steps()).sums;
        let bits: EF = weights.iter().copied().sum();
        let first = weights.first().copied().unwrap_or_default();
        let last = weights.last().copied().unwrap_or_default();
        let lookup = mle::eq(&point, &lookups.point);
        let summand = bits * (s * s - s + batch.carry_bit() * (c * c - c))
            + batch.root() * first * node
            + batch.next() * (bits - last) * next
            + batch.lookup()
                * lookup
                * (leaf - compression.beta[1] * (EF::ONE - s.double()) * difference);
        claim.add_public(-summand);
        relations.push_zero(claim);

        let id = relations.point(&point);
        let values = [s, c, difference, node, next, leaf];
        for (parts, value) in parts(compression, &lookups).into_iter().zip(values) {
            let mut reading = Relation::new(Linear::public(-value));
            for (column, coeff, row) in parts {
                reading.read_row(coeff, self.step(column), id, row);
            }
            relations.push(reading);
        }
        Ok(())
    }

    /// Records that rows end where their last steps lead.
    fn ends(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let rho = verifier.challenges(self.shape.pairs_log());
        let (count, depth) = (self.shape.pairs(), self.shape.bounds().depth());
        let id = relations.point(&rho);
        let last = Row::Every(Stride { first: depth.saturating_sub(1), step: depth, count });
        let mut relation = Relation::default();
        relation.read_row(-EF::ONE, self.step(Column::Left), id, last);
        relation.read_row(-EF::ONE, self.step(Column::Sign), id, last);
        let every = Row::Every(Stride { first: 0, step: 1, count });
        relation.read_row(EF::ONE, self.columns.end, id, every);
        relations.push(relation);
    }

    fn step(&self, column: Column) -> Block {
        let none = Block { at: 0, log: 0 };
        self.columns.step.get(column.index()).copied().unwrap_or(none)
    }
}

/// The leaf claims of the second tree while they are put together, one segment after the other.
struct Leaves<'a> {
    segments: Segments,
    compression: &'a Compression,
    leaf: Vec<EF>,
    numerators: Relation,
    denominators: Relation,
    /// The weight of the leaves that belong to no segment.
    rest: EF,
    /// The current segment: its weight, and its point.
    weight: EF,
    point: Vec<EF>,
    id: PointId,
}

impl<'a> Leaves<'a> {
    fn new(forest: &Forest<'_>, compression: &'a Compression, leaf: Leaf) -> Self {
        Self {
            segments: Segments::new(&forest.shape),
            compression,
            leaf: leaf.point,
            numerators: Relation::new(leaf.numerator.times(-EF::ONE)),
            denominators: Relation::new(leaf.denominator.times(-EF::ONE)),
            rest: EF::ONE,
            weight: EF::ZERO,
            point: Vec::new(),
            id: Relations::CELL,
        }
    }

    /// Goes to a segment.
    fn begin(&mut self, kind: Kind, relations: &mut Relations) {
        let Block { at, log } = self.segments.get(kind);
        let split = self.leaf.len().saturating_sub(log);
        let (high, low) = self.leaf.split_at_checked(split).unwrap_or_default();
        let index = at.checked_shr(log.try_into().unwrap_or(u32::MAX)).unwrap_or_default();
        self.weight = mle::eq_index(high, index);
        self.rest -= self.weight;
        self.point = low.to_vec();
        self.id = relations.point(low);
    }

    /// Goes to a table, whose entries are used this often.
    fn uses(&mut self, kind: Kind, uses: Block, relations: &mut Relations) {
        self.begin(kind, relations);
        self.numerators.read(-self.weight, uses, self.id);
    }

    /// Goes to a table whose tuples begin with the index of the entry.
    fn table(&mut self, kind: Kind, uses: Block, relations: &mut Relations) {
        self.uses(kind, uses, relations);
        let [_, beta, ..] = self.compression.beta;
        self.constant(-(beta * mle::index(&self.point)));
    }

    /// Goes to lookups, of which the first `count` are made.
    fn lookups(&mut self, kind: Kind, relations: &mut Relations, count: usize) {
        self.begin(kind, relations);
        self.numerators.add_public(self.weight * mle::prefix(&self.point, count));
    }

    /// The denominators are α − tag − Σ β^power·column.
    fn subtract(&mut self, tag: Tag, columns: &[(usize, Block)]) {
        self.constant(self.compression.base(tag));
        for &(power, column) in columns {
            let power = self.compression.beta.get(power).copied().unwrap_or_default();
            self.read(power, column);
        }
    }

    /// Minus `power`·column.
    fn read(&mut self, power: EF, column: Block) {
        self.denominators.read(-(self.weight * power), column, self.id);
    }

    /// Minus the power of value `index`, times the column.
    fn vote(&mut self, index: usize, column: Block) {
        self.read(self.compression.vote(index), column);
    }

    fn constant(&mut self, value: EF) {
        self.denominators.add_public(self.weight * value);
    }

    /// Records both claims.
    fn close(mut self, relations: &mut Relations) {
        self.denominators.add_public(self.rest);
        relations.push(self.numerators);
        relations.push(self.denominators);
    }
}
