//! The cells: every row followed through the tree, and every lookup counted.

use super::Tree;
use super::shape::{COLUMNS, Column, LIMB_LOG};
use crate::scored::execute;
use crate::{Execution, Sizes, Unprovable};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::pads::BLIND_ROWS;
use assay_model::Table;
use assay_model::ops::tree::{LEAF, NodeTable, Slot};
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, rngs::StdRng};

/// How often each entry of each table is looked up.
struct Uses {
    data: Vec<u32>,
    limbs: Vec<u32>,
    slots: Vec<u32>,
}

impl Uses {
    fn limbs(&mut self, limbs: [u32; 2]) {
        limbs.into_iter().for_each(|limb| self.limbs[limb as usize] += 1);
    }
}

/// One step: nine cells and the two differences that are looked up.
pub(crate) struct Filled {
    pub(crate) cells: [u32; COLUMNS],
    pub(crate) difference: [u32; 2],
    pub(crate) next: usize,
}

impl<'a> Tree<'a> {
    /// The labels, whoever has them.
    pub(super) fn labels_at_hand(&self) -> &'a [u16] {
        self.labels.at_hand(&self.rows)
    }

    /// Puts the rows through `model`.
    pub fn execute(&self, model: &NodeTable) -> Result<Execution, Unprovable> {
        if model.bounds() != self.shape.bounds() {
            return Err(Unprovable::Bounds);
        }
        let table = self.rows.table().ok_or(Unprovable::NoRows)?;
        if self.labels_at_hand().len() != table.rows() {
            return Err(Unprovable::NoRows);
        }
        execute(table, |row| model.exec(row))
    }

    /// Fills the layer's cells.
    ///
    /// # Panics
    ///
    /// If [`Tree::execute`] refuses the model.
    pub fn fill(&self, model: &NodeTable, cells: &mut [F], rng: &mut StdRng) {
        let mut uses = Uses {
            data: vec![0; 1 << self.shape.data_log()],
            limbs: vec![0; 1 << LIMB_LOG],
            slots: vec![0; self.shape.bounds().slots()],
        };
        let Some(table) = self.rows.table() else { return };
        let answers = self.fill_steps(model, table, cells, &mut uses);
        if let (Some(columns), Some(sizes)) = (self.columns.data, self.shape.row_cells()) {
            let halves = sizes.columns(table);
            columns.into_iter().zip(halves).for_each(|(block, half)| {
                write(cells, block, half.into_iter());
            });
        }
        if let Some(block) = self.columns.answers {
            write(cells, block, self.labels_at_hand().iter().map(|&label| u32::from(label)));
        }
        self.fill_slots(model, cells, &mut uses);
        self.fill_distance(self.goal.sum(&answers, self.labels_at_hand()), cells);
        for (block, counts) in [
            (self.columns.data_uses, &uses.data),
            (self.columns.limb_uses, &uses.limbs),
            (self.columns.slot_uses, &uses.slots),
        ] {
            write(cells, block, counts.iter().copied());
        }
        for block in self.columns.step {
            let range = block.range();
            for cell in &mut cells[range.end - BLIND_ROWS..range.end] {
                *cell = rng.random();
            }
        }
    }

    /// Returns the answers.
    fn fill_steps(
        &self,
        model: &NodeTable,
        table: &Table,
        cells: &mut [F],
        uses: &mut Uses,
    ) -> Vec<u16> {
        let features_log = self.shape.features_log();
        let (mut node, mut answers) = (0, Vec::with_capacity(table.rows()));
        let labels = self.labels_at_hand();
        let classes = self.shape.bounds().classes();
        for step in self.shape.each_step() {
            if step.level == 0 {
                node = 0;
            }
            let slot = &model.slots()[node];
            uses.slots[node] += 1;
            let filled = if self.shape.is_last(&step) {
                let label = self.goal.expected(labels[step.row]);
                answers.push(slot.low);
                let last = last(node, slot, label);
                if self.goal.is_answers() { answer(last, label, classes) } else { last }
            } else {
                uses.data[step.row << features_log | usize::from(slot.feature)] += 1;
                let value = table.row(step.row)[usize::from(slot.feature)].get();
                transition(node, slot, value)
            };
            uses.limbs(filled.difference);
            for (block, value) in self.columns.step.iter().zip(filled.cells) {
                cells[block.at + step.index] = F::from_u32(value);
            }
            node = filled.next;
        }
        answers
    }

    fn fill_slots(&self, model: &NodeTable, cells: &mut [F], uses: &mut Uses) {
        for slot in model.slots() {
            uses.limbs([slot.low, slot.high].map(u32::from));
            uses.limbs[usize::from(slot.feature)] += 1;
        }
        let [feature, low, high, left] = self.columns.slots;
        write(cells, feature, model.slots().iter().map(|slot| u32::from(slot.feature)));
        write(cells, low, model.slots().iter().map(|slot| u32::from(slot.low)));
        write(cells, high, model.slots().iter().map(|slot| u32::from(slot.high)));
        write(cells, left, model.slots().iter().map(|slot| slot.left));
    }

    fn fill_distance(&self, sum: i64, cells: &mut [F]) {
        let distance = self.goal.distance(sum);
        let at = self.columns.step[Column::Carry.index()].at + self.shape.steps();
        for (j, cell) in cells[at..at + self.shape.slack()].iter_mut().enumerate() {
            *cell = F::from_bool(distance >> j & 1 == 1);
        }
    }
}

/// Writes the first cells of a block.
pub(crate) fn write(cells: &mut [F], block: Block, values: impl Iterator<Item = u32>) {
    for (cell, value) in cells[block.range()].iter_mut().zip(values) {
        *cell = F::from_u32(value);
    }
}

fn halves(code: u32) -> [u32; 2] {
    [code & 0xffff, code >> LIMB_LOG]
}

/// A step through an inner node, or a leaf that loops.
pub(crate) fn transition(node: usize, slot: &Slot, value: u32) -> Filled {
    let threshold = slot.threshold();
    let exceeds = threshold < value;
    let difference = if exceeds { value - threshold - 1 } else { threshold - value };
    let ([low, high], [t_low, t_high]) = (halves(value), halves(threshold));
    let borrow = if exceeds { low < t_low + 1 } else { t_low < low };
    Filled {
        cells: [
            node as u32,
            u32::from(slot.feature),
            t_low,
            t_high,
            slot.left,
            low,
            high,
            u32::from(exceeds),
            u32::from(borrow),
        ],
        difference: halves(difference),
        next: slot.next(value) as usize,
    }
}

fn last(node: usize, slot: &Slot, label: u16) -> Filled {
    let class = slot.low;
    let is_right = class == label;
    let distance = u32::from(class.abs_diff(label)).saturating_sub(1);
    Filled {
        cells: [
            node as u32,
            u32::from(slot.feature),
            u32::from(slot.low),
            u32::from(slot.high),
            slot.left,
            u32::from(label),
            u32::from(LEAF),
            u32::from(class < label),
            u32::from(is_right),
        ],
        difference: [distance, 0],
        next: 0,
    }
}

/// The last step of an answer: the mark is an offset, so that the upper difference is the distance
/// to the last class.
fn answer(mut last: Filled, label: u16, classes: usize) -> Filled {
    let mark = u32::from(label) + (1 << LIMB_LOG) - classes as u32;
    last.cells[Column::ValueHigh.index()] = mark;
    last.cells[Column::Sign.index()] = 0;
    last.difference[1] = u32::from(LEAF).saturating_sub(mark);
    last
}
