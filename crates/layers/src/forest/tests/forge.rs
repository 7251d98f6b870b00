//! Cells as a dishonest prover would write them: everything that follows from a lie is made to fit
//! it.

use crate::forest::Forest;
use crate::forest::shape::{Column, LIMB_LOG, part};
use crate::tree::tests::forge::signed;
use assay_engine::cells::Block;
use assay_engine::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// The cells of a layer, in the hands of a prover.
pub(super) struct Forge<'a> {
    pub(super) forest: &'a Forest<'a>,
    pub(super) cells: &'a mut [F],
}

/// How often the entries of the tables are looked up; what is no entry of any table is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) data: Vec<F>,
    pub(super) limbs: Vec<F>,
    pub(super) slots: Vec<F>,
    pub(super) leaves: Vec<F>,
}

pub(super) fn index(value: F) -> usize {
    value.as_canonical_u32() as usize
}

fn count(table: &mut [F], at: usize) {
    if let Some(uses) = table.get_mut(at) {
        *uses += F::ONE;
    }
}

impl<'a> Forge<'a> {
    pub(super) fn new(forest: &'a Forest<'a>, cells: &'a mut [F]) -> Self {
        Self { forest, cells }
    }

    pub(super) fn depth(&self) -> usize {
        self.forest.shape.bounds().depth()
    }

    pub(super) fn classes(&self) -> usize {
        self.forest.shape.bounds().classes()
    }

    /// The pair of `row` and `tree`.
    pub(super) fn pair(&self, row: usize, tree: usize) -> usize {
        row * self.forest.shape.bounds().trees() + tree
    }

    /// The step of `row` in `tree` at `level`.
    pub(super) fn at(&self, row: usize, tree: usize, level: usize) -> usize {
        self.pair(row, tree) * self.depth() + level
    }

    pub(super) fn get(&self, column: Column, step: usize) -> F {
        self.cells[self.forest.columns.step[column.index()].at + step]
    }

    pub(super) fn set(&mut self, column: Column, step: usize, value: F) {
        self.cells[self.forest.columns.step[column.index()].at + step] = value;
    }

    pub(super) fn slot(&self, index: usize) -> [F; 4] {
        let zero = || [F::ZERO; 4];
        let is_there = index < self.forest.shape.bounds().slots();
        if is_there {
            self.forest.columns.slots.map(|block| self.cells[block.at + index])
        } else {
            zero()
        }
    }

    /// Where value `index` of `slot` stands.
    pub(super) fn value_at(&self, index: usize, slot: usize) -> usize {
        part(self.forest.columns.values, index, self.forest.shape.bounds().slots_log()).at + slot
    }

    pub(super) fn end(&self, pair: usize) -> F {
        self.cells[self.forest.columns.end.at + pair]
    }

    pub(super) fn set_end(&mut self, pair: usize, slot: F) {
        self.cells[self.forest.columns.end.at + pair] = slot;
    }

    pub(super) fn vote(&self, index: usize, pair: usize) -> F {
        self.cells[self.forest.columns.votes[index].at + pair]
    }

    pub(super) fn set_vote(&mut self, index: usize, pair: usize, value: F) {
        self.cells[self.forest.columns.votes[index].at + pair] = value;
    }

    /// Where a number of `class` and `row` stands in `block`.
    pub(super) fn class_at(&self, block: Block, class: usize, row: usize) -> usize {
        part(block, class, self.forest.shape.rows_log()).at + row
    }

    pub(super) fn is(&self, class: usize, row: usize) -> F {
        self.cells[self.class_at(self.forest.columns.is, class, row)]
    }

    pub(super) fn set_is(&mut self, class: usize, row: usize, value: F) {
        let at = self.class_at(self.forest.columns.is, class, row);
        self.cells[at] = value;
    }

    pub(super) fn top(&self, row: usize) -> F {
        self.cells[self.forest.columns.top.at + row]
    }

    /// Lower and upper half of the distance of `class`.
    pub(super) fn behind(&self, class: usize, row: usize) -> [F; 2] {
        self.forest.columns.behind.map(|block| self.cells[self.class_at(block, class, row)])
    }

    /// What the data table holds for `row` at `feature`.
    pub(super) fn value(&self, row: usize, feature: usize) -> u32 {
        self.forest.rows.table().unwrap().row(row).get(feature).map_or(0, |value| value.get())
    }

    /// Writes the comparison of a step whose value and threshold are written: the right bits.
    pub(super) fn compare(&mut self, step: usize) {
        let half = |column| self.get(column, step).as_canonical_u32();
        let [t_low, t_high, low, high] =
            [Column::ThresholdLow, Column::ThresholdHigh, Column::ValueLow, Column::ValueHigh]
                .map(half);
        let exceeds = (t_high, t_low) < (high, low);
        let borrow = if exceeds { low < t_low + 1 } else { t_low < low };
        self.set(Column::Sign, step, F::from_bool(exceeds));
        self.set(Column::Carry, step, F::from_bool(borrow));
    }

    /// Writes the steps of `row` in `tree` from `level` on, honestly but for where they start, and
    /// its end.
    pub(super) fn follow(&mut self, row: usize, tree: usize, level: usize, node: usize) {
        let mut node = F::from_usize(node);
        for level in level..self.depth() {
            let step = self.at(row, tree, level);
            let [feature, low, high, left] = self.slot(index(node));
            let value = self.value(row, index(feature));
            for (column, value) in [
                (Column::Node, node),
                (Column::Feature, feature),
                (Column::ThresholdLow, low),
                (Column::ThresholdHigh, high),
                (Column::Left, left),
                (Column::ValueLow, F::from_u32(value & 0xffff)),
                (Column::ValueHigh, F::from_u32(value >> LIMB_LOG)),
            ] {
                self.set(column, step, value);
            }
            self.compare(step);
            node = left + self.get(Column::Sign, step);
        }
        self.end_in(row, tree, index(node));
    }

    /// Lets `row` end in `slot`, with its votes.
    pub(super) fn end_in(&mut self, row: usize, tree: usize, slot: usize) {
        let pair = self.pair(row, tree);
        self.set_end(pair, F::from_usize(slot));
        for vote in 0..self.forest.columns.votes.len() {
            let value = self.cells[self.value_at(vote, slot)];
            self.set_vote(vote, pair, value);
        }
    }

    /// The sums of the votes as they are written.
    pub(super) fn sums(&self, row: usize) -> Vec<F> {
        let bounds = self.forest.shape.bounds();
        let mut sums = vec![F::ZERO; self.classes()];
        if row < self.forest.shape.rows() {
            for tree in 0..bounds.trees() {
                for vote in 0..bounds.width() {
                    sums[bounds.class(tree, vote)] += self.vote(vote, self.pair(row, tree));
                }
            }
        }
        sums
    }

    /// Marks the right answer to the votes as they are written.
    pub(super) fn answer(&mut self, row: usize) {
        let sums: Vec<u32> = self.sums(row).iter().map(PrimeField32::as_canonical_u32).collect();
        let answer = assay_model::ops::forest::answer(&sums).unwrap();
        let answer = usize::from(answer);
        (0..self.classes())
            .for_each(|class| self.set_is(class, row, F::from_bool(class == answer)));
        self.distances(row, F::from_u32(sums[answer]));
    }

    /// Writes the distances of all classes that go with the marks and with this greatest sum.
    pub(super) fn distances(&mut self, row: usize, top: F) {
        self.cells[self.forest.columns.top.at + row] = top;
        let mut marked = F::ZERO;
        for (class, sum) in self.sums(row).into_iter().enumerate() {
            marked += self.is(class, row);
            let distance = (top - sum - F::ONE + marked).as_canonical_u32();
            self.set_behind(class, row, [distance & 0xffff, distance >> LIMB_LOG]);
        }
    }

    pub(super) fn set_behind(&mut self, class: usize, row: usize, halves: [u32; 2]) {
        for (block, half) in self.forest.columns.behind.into_iter().zip(halves) {
            let at = self.class_at(block, class, row);
            self.cells[at] = F::from_u32(half);
        }
    }

    /// What the rows weigh that are marked as is expected.
    pub(super) fn right(&self) -> F {
        let goal = self.forest.goal;
        let labels = self.forest.labels_at_hand().iter().enumerate();
        let weigh = |(row, &label): (usize, &u16)| {
            goal.weight(label) * self.is(goal.expected(label).into(), row)
        };
        labels.map(weigh).sum()
    }

    /// Writes the distance that the counted rows leave, and all multiplicities.
    pub(super) fn close(&mut self) {
        let distance = self.forest.goal.distance(signed(self.right()));
        for j in 0..self.forest.shape.slack() {
            self.set_is(self.classes(), j, F::from_bool(distance >> j & 1 == 1));
        }
        self.recount();
    }

    /// Writes all multiplicities as the other cells want them.
    pub(super) fn recount(&mut self) {
        let Counts { data, limbs, slots, leaves } = self.counts();
        let columns = &self.forest.columns;
        for (block, counts) in [
            (columns.data_uses, data),
            (columns.limb_uses, limbs),
            (columns.slot_uses, slots),
            (columns.leaf_uses, leaves),
        ] {
            self.cells[block.range()].copy_from_slice(&counts);
        }
    }

    /// The two differences that a step looks up.
    pub(super) fn differences(&self, step: usize) -> [F; 2] {
        let get = |column| self.get(column, step);
        let (s, c) = (get(Column::Sign), get(Column::Carry));
        let direction = F::ONE - s.double();
        let low = direction * (get(Column::ThresholdLow) - get(Column::ValueLow));
        let high = direction * (get(Column::ThresholdHigh) - get(Column::ValueHigh));
        [low + c * F::from_u32(1 << LIMB_LOG) - s, high - c]
    }

    /// All numbers of the answers that are looked up among those below 2^16.
    pub(super) fn limbs_behind(&self) -> Vec<F> {
        let [low, high] = self.forest.columns.behind.map(|block| &self.cells[block.range()]);
        let bound = high.iter().map(|&high| high * F::from_u8(8));
        let ahead = self.forest.columns.best.map(|best| &self.cells[best.low.range()]);
        let ahead = ahead.into_iter().flatten();
        low.iter().chain(high).copied().chain(bound).chain(ahead.copied()).collect()
    }

    /// What the multiplicities should be.
    pub(super) fn counts(&self) -> Counts {
        let shape = &self.forest.shape;
        let mut counts = Counts {
            data: vec![F::ZERO; 1 << shape.data_log()],
            limbs: vec![F::ZERO; 1 << LIMB_LOG],
            slots: vec![F::ZERO; shape.bounds().slots()],
            leaves: vec![F::ZERO; shape.bounds().slots()],
        };
        let per_row = shape.bounds().trees() * self.depth();
        for step in 0..shape.steps() {
            for difference in self.differences(step) {
                count(&mut counts.limbs, index(difference));
            }
            count(&mut counts.slots, index(self.get(Column::Node, step)));
            let feature = index(self.get(Column::Feature, step));
            count(&mut counts.data, ((step / per_row) << shape.features_log()) + feature);
        }
        for pair in 0..shape.pairs() {
            count(&mut counts.leaves, index(self.end(pair)));
        }
        for slot in 0..shape.bounds().slots() {
            let [feature, low, high, _] = self.slot(slot);
            for value in [feature, low, high] {
                count(&mut counts.limbs, index(value));
            }
        }
        for limb in self.limbs_behind() {
            count(&mut counts.limbs, index(limb));
        }
        counts
    }
}
