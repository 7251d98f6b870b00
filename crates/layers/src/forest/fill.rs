//! The cells: every row followed through every tree, votes added, and every lookup counted.

use super::Forest;
use super::shape::{LIMB_LOG, part};
use crate::scored::execute;
use crate::tree::fill::{transition, write};
use crate::{Execution, Unprovable};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::pads::BLIND_ROWS;
use assay_model::ops::forest::ForestTable;
use assay_model::ops::tree::POINTERS;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use rand::{RngExt, rngs::StdRng};

/// How often each entry of each table is looked up.
struct Uses {
    data: Vec<u32>,
    limbs: Vec<u32>,
    slots: Vec<u32>,
    leaves: Vec<u32>,
}

impl Uses {
    fn limbs(&mut self, limbs: impl IntoIterator<Item = u32>) {
        limbs.into_iter().for_each(|limb| self.limbs[limb as usize] += 1);
    }
}

impl Forest<'_> {
    /// Puts the rows through `model`.
    pub fn execute(&self, model: &ForestTable) -> Result<Execution, Unprovable> {
        if model.bounds() != self.shape.bounds() {
            return Err(Unprovable::Bounds);
        }
        execute(self.table, |row| model.exec(row))
    }

    /// Fills the layer's cells.
    ///
    /// # Panics
    ///
    /// If [`Forest::execute`] refuses the model.
    pub fn fill(&self, model: &ForestTable, cells: &mut [F], rng: &mut StdRng) {
        let data_log = self.shape.rows_log() + self.shape.features_log();
        let slots = self.shape.bounds().slots();
        let mut uses = Uses {
            data: vec![0; 1 << data_log],
            limbs: vec![0; 1 << LIMB_LOG],
            slots: vec![0; slots],
            leaves: vec![0; slots],
        };
        let sums = self.fill_steps(model, cells, &mut uses);
        self.fill_slots(model, cells, &mut uses);
        let answers = self.fill_answers(&sums, cells, &mut uses);
        self.fill_distance(self.goal.sum(&answers, self.labels), cells);
        for (block, counts) in [
            (self.columns.data_uses, &uses.data),
            (self.columns.limb_uses, &uses.limbs),
            (self.columns.slot_uses, &uses.slots),
            (self.columns.leaf_uses, &uses.leaves),
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

    /// Follows every row through every tree; returns the sums of votes, row by row.
    fn fill_steps(&self, model: &ForestTable, cells: &mut [F], uses: &mut Uses) -> Vec<Vec<F>> {
        let bounds = self.shape.bounds();
        let features_log = self.shape.features_log();
        let mut sums = vec![vec![F::ZERO; bounds.classes()]; self.shape.rows()];
        let (mut step, mut pair) = (0, 0);
        for (row, sums) in sums.iter_mut().enumerate() {
            let values = self.table.row(row);
            for tree in 0..bounds.trees() {
                let mut node = tree;
                for _ in 0..bounds.depth() {
                    let slot = &model.slots()[node];
                    let feature = usize::from(slot.feature);
                    uses.slots[node] += 1;
                    uses.data[row << features_log | feature] += 1;
                    let filled = transition(node, slot, values[feature].get());
                    uses.limbs(filled.difference);
                    for (block, value) in self.columns.step.iter().zip(filled.cells) {
                        cells[block.at + step] = F::from_u32(value);
                    }
                    node = filled.next;
                    step += 1;
                }
                uses.leaves[node] += 1;
                cells[self.columns.end.at + pair] = F::from_usize(node);
                for (index, block) in self.columns.votes.iter().enumerate() {
                    let vote = F::from_i32(model.value(index, node).unwrap_or_default());
                    cells[block.at + pair] = vote;
                    sums[bounds.class(tree, index)] += vote;
                }
                pair += 1;
            }
        }
        sums
    }

    fn fill_slots(&self, model: &ForestTable, cells: &mut [F], uses: &mut Uses) {
        for slot in model.slots() {
            uses.limbs([slot.feature, slot.low, slot.high].map(u32::from));
        }
        let [feature, low, high, left] = self.columns.slots;
        write(cells, feature, model.slots().iter().map(|slot| u32::from(slot.feature)));
        write(cells, low, model.slots().iter().map(|slot| u32::from(slot.low)));
        write(cells, high, model.slots().iter().map(|slot| u32::from(slot.high)));
        write(cells, left, model.slots().iter().map(|slot| slot.left));
        let values = &mut cells[self.columns.values.range()];
        for (cell, &value) in values.iter_mut().zip(model.values()) {
            *cell = F::from_i32(value);
        }
    }

    /// Returns the answers, those of padding rows behind them.
    fn fill_answers(&self, sums: &[Vec<F>], cells: &mut [F], uses: &mut Uses) -> Vec<u16> {
        let (rows_log, classes) = (self.shape.rows_log(), self.shape.bounds().classes());
        let padding = vec![F::ZERO; classes];
        let mut answers = Vec::with_capacity(1 << rows_log);
        for row in 0..1 << rows_log {
            let sums = sums.get(row).unwrap_or(&padding);
            let codes: Vec<u32> = sums.iter().map(PrimeField32::as_canonical_u32).collect();
            let answer = assay_model::ops::forest::answer(&codes).unwrap_or_default();
            answers.push(answer);
            let answer = usize::from(answer);
            cells[self.columns.top.at + row] = sums[answer];
            cells[part(self.columns.is, answer, rows_log).at + row] = F::ONE;
            for (class, &code) in codes.iter().enumerate() {
                let behind = (codes[answer] + POINTERS - code) % POINTERS;
                let behind = behind.saturating_sub(u32::from(class < answer));
                let halves = [behind & 0xffff, behind >> LIMB_LOG];
                for (block, half) in self.columns.behind.into_iter().zip(halves) {
                    cells[part(block, class, rows_log).at + row] = F::from_u32(half);
                }
                uses.limbs([halves[0], halves[1], halves[1] << 3]);
            }
        }
        // The rows of classes that are not there.
        let missing = (1 << self.shape.classes_log()) - classes;
        uses.limbs[0] += 3 * (missing << rows_log) as u32;
        answers
    }

    fn fill_distance(&self, sum: i64, cells: &mut [F]) {
        let distance = self.goal.distance(sum);
        let Block { at, .. } =
            part(self.columns.is, self.shape.bounds().classes(), self.shape.rows_log());
        for (j, cell) in cells[at..at + self.shape.slack()].iter_mut().enumerate() {
            *cell = F::from_bool(distance >> j & 1 == 1);
        }
    }
}
