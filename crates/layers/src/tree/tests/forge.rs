//! Cells as a dishonest prover would write them: everything that follows from a lie is made to fit
//! it.

use crate::tree::Tree;
use crate::tree::shape::{Column, LIMB_LOG};
use assay_engine::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// The cells of a layer, in the hands of a prover.
pub(super) struct Forge<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) cells: &'a mut [F],
}

/// How often the entries of the tables are looked up; what is no entry of any table is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) data: Vec<F>,
    pub(super) limbs: Vec<F>,
    pub(super) slots: Vec<F>,
}

fn index(value: F) -> usize {
    value.as_canonical_u32() as usize
}

fn count(table: &mut [F], at: usize) {
    if let Some(uses) = table.get_mut(at) {
        *uses += F::ONE;
    }
}

impl<'a> Forge<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, cells: &'a mut [F]) -> Self {
        Self { tree, cells }
    }

    /// The step of `row` at `level`.
    pub(super) fn at(&self, row: usize, level: usize) -> usize {
        row * self.tree.shape.levels() + level
    }

    /// The last step of `row`.
    pub(super) fn last(&self, row: usize) -> usize {
        self.at(row, self.tree.shape.levels() - 1)
    }

    /// The first row behind the steps: the first bit of the distance.
    pub(super) fn slack(&self) -> usize {
        self.tree.shape.steps()
    }

    pub(super) fn get(&self, column: Column, step: usize) -> F {
        self.cells[self.tree.columns.step[column.index()].at + step]
    }

    pub(super) fn set(&mut self, column: Column, step: usize, value: F) {
        self.cells[self.tree.columns.step[column.index()].at + step] = value;
    }

    pub(super) fn slot(&self, index: usize) -> [F; 4] {
        self.tree.columns.slots.map(|block| self.cells[block.at + index])
    }

    /// Feature, low, high, left.
    pub(super) fn set_slot(&mut self, index: usize, values: [u32; 4]) {
        for (block, value) in self.tree.columns.slots.into_iter().zip(values) {
            self.cells[block.at + index] = F::from_u32(value);
        }
    }

    /// What the data table holds for `row` at `feature`, beyond its edges too.
    pub(super) fn value(&self, row: usize, feature: usize) -> u32 {
        let flat = (row << self.tree.shape.features_log()) + feature;
        let (row, feature) =
            (flat >> self.tree.shape.features_log(), flat % (1 << self.tree.shape.features_log()));
        let is_there = row < self.tree.rows.table().unwrap().rows()
            && feature < self.tree.shape.bounds().features();
        if is_there { self.tree.rows.table().unwrap().row(row)[feature].get() } else { 0 }
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

    /// Writes the steps of `row` from `level` on, honestly but for where they start.
    pub(super) fn follow(&mut self, row: usize, level: usize, node: usize) {
        let mut node = F::from_usize(node);
        let end = self.tree.shape.levels() - 1;
        for level in level..=end {
            let step = self.at(row, level);
            let [feature, low, high, left] = self.slot(index(node));
            for (column, value) in [
                (Column::Node, node),
                (Column::Feature, feature),
                (Column::ThresholdLow, low),
                (Column::ThresholdHigh, high),
                (Column::Left, left),
            ] {
                self.set(column, step, value);
            }
            if level == end {
                self.answer(row);
            } else {
                let value = self.value(row, index(feature));
                self.set(Column::ValueLow, step, F::from_u32(value & 0xffff));
                self.set(Column::ValueHigh, step, F::from_u32(value >> LIMB_LOG));
                self.compare(step);
            }
            node = left + self.get(Column::Sign, step);
        }
    }

    /// Follows every row from the root.
    pub(super) fn follow_all(&mut self) {
        (0..self.tree.rows.table().unwrap().rows()).for_each(|row| self.follow(row, 0, 0));
    }

    /// Writes label, marks and bits of a last step.
    fn answer(&mut self, row: usize) {
        self.answer_with(row, self.tree.goal.expected(self.tree.labels_at_hand()[row]));
    }

    /// The same with a label of the prover's own.
    pub(super) fn answer_with(&mut self, row: usize, label: u16) {
        let step = self.last(row);
        let label = F::from_u16(label);
        let class = self.get(Column::ThresholdLow, step);
        let is_answer = self.tree.ends().answers.is_some();
        let offset = if is_answer { label } else { F::ZERO };
        self.set(Column::ValueLow, step, label);
        self.set(Column::ValueHigh, step, offset + self.tree.ends().mark());
        self.set(Column::Sign, step, F::from_bool(!is_answer && index(class) < index(label)));
        self.set(Column::Carry, step, F::from_bool(class == label));
    }

    /// Writes the distance that the counted rows leave, and all multiplicities.
    pub(super) fn close(&mut self) {
        let goal = self.tree.goal;
        let labels = self.tree.labels_at_hand().iter().enumerate();
        let right = labels
            .map(|(row, &label)| goal.weight(label) * self.get(Column::Carry, self.last(row)));
        let distance = goal.distance(signed(right.sum()));
        for j in 0..self.tree.shape.slack() {
            self.set(Column::Carry, self.slack() + j, F::from_bool(distance >> j & 1 == 1));
        }
        self.recount();
    }

    /// Writes all multiplicities as the other cells want them.
    pub(super) fn recount(&mut self) {
        let Counts { data, limbs, slots } = self.counts();
        for (block, counts) in [
            (self.tree.columns.data_uses, data),
            (self.tree.columns.limb_uses, limbs),
            (self.tree.columns.slot_uses, slots),
        ] {
            self.cells[block.range()].copy_from_slice(&counts);
        }
    }

    /// The two differences that a step looks up.
    pub(super) fn differences(&self, step: usize, is_last: bool) -> [F; 2] {
        let get = |column| self.get(column, step);
        let (s, c) = (get(Column::Sign), get(Column::Carry));
        let direction = F::ONE - s.double();
        let low = direction * (get(Column::ThresholdLow) - get(Column::ValueLow));
        let high = direction * (get(Column::ThresholdHigh) - get(Column::ValueHigh));
        if is_last {
            [low + c - F::ONE, high]
        } else {
            [low + c * F::from_u32(1 << LIMB_LOG) - s, high - c]
        }
    }

    /// What the multiplicities should be.
    pub(super) fn counts(&self) -> Counts {
        let shape = &self.tree.shape;
        let mut counts = Counts {
            data: vec![F::ZERO; 1 << shape.data_log()],
            limbs: vec![F::ZERO; 1 << LIMB_LOG],
            slots: vec![F::ZERO; shape.bounds().slots()],
        };
        for step in shape.each_step() {
            let is_last = shape.is_last(&step);
            for difference in self.differences(step.index, is_last) {
                count(&mut counts.limbs, index(difference));
            }
            count(&mut counts.slots, index(self.get(Column::Node, step.index)));
            if !is_last {
                let feature = index(self.get(Column::Feature, step.index));
                count(&mut counts.data, (step.row << shape.features_log()) + feature);
            }
        }
        for slot in 0..shape.bounds().slots() {
            let [feature, low, high, _] = self.slot(slot);
            for value in [feature, low, high] {
                count(&mut counts.limbs, index(value));
            }
        }
        counts
    }
}

/// The integer next to zero.
pub(crate) fn signed(cell: F) -> i64 {
    let (value, order) = (i64::from(cell.as_canonical_u32()), i64::from(F::ORDER_U32));
    if 2 * value < order { value } else { value - order }
}
