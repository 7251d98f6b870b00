//! The cells: every row followed through every tree, votes added, and every lookup counted.

use super::Forest;
use super::best::NONE;
use super::shape::{LIMB_LOG, part};
use crate::scored::execute;
use crate::tree::fill::{transition, write};
use crate::{Execution, Unprovable};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::pads::BLIND_ROWS;
use assay_model::Table;
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

impl<'a> Forest<'a> {
    /// The labels, whoever has them.
    pub(super) fn labels_at_hand(&self) -> &'a [u16] {
        self.labels.at_hand(&self.rows)
    }

    /// Puts the rows through `model`.
    pub fn execute(&self, model: &ForestTable) -> Result<Execution, Unprovable> {
        if model.bounds() != self.shape.bounds() {
            return Err(Unprovable::Bounds);
        }
        let table = self.rows.table().ok_or(Unprovable::NoRows)?;
        if self.labels_at_hand().len() != table.rows() {
            return Err(Unprovable::NoRows);
        }
        let mut execution = execute(table, |row| model.exec(row))?;
        if let Some(best) = self.shape.best() {
            for (row, (answer, &label)) in
                execution.answers.iter_mut().zip(self.labels_at_hand()).enumerate()
            {
                let rank = model.rank(table.row(row), label);
                if rank.is_some_and(|rank| rank <= best.into()) {
                    *answer = label;
                }
            }
        }
        Ok(execution)
    }

    /// Fills the layer's cells.
    ///
    /// # Panics
    ///
    /// If [`Forest::execute`] refuses the model.
    pub fn fill(&self, model: &ForestTable, cells: &mut [F], rng: &mut StdRng) {
        let Some(table) = self.rows.table() else { return };
        let slots = self.shape.bounds().slots();
        let mut uses = Uses {
            data: vec![0; 1 << self.shape.data_log()],
            limbs: vec![0; 1 << LIMB_LOG],
            slots: vec![0; slots],
            leaves: vec![0; slots],
        };
        let sums = self.fill_steps((model, table), cells, &mut uses);
        self.fill_slots(model, cells, &mut uses);
        let answers = self.fill_answers(&sums, cells, &mut uses);
        self.fill_kept(table, &answers, cells);
        let hits = self.fill_best(&sums, cells, &mut uses);
        let sum = hits.unwrap_or_else(|| self.goal.sum(&answers, self.labels_at_hand()));
        self.fill_distance(sum, cells);
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
    fn fill_steps(
        &self,
        (model, table): (&ForestTable, &Table),
        cells: &mut [F],
        uses: &mut Uses,
    ) -> Vec<Vec<F>> {
        let bounds = self.shape.bounds();
        let features_log = self.shape.features_log();
        let mut sums = vec![vec![F::ZERO; bounds.classes()]; self.shape.rows()];
        let (mut step, mut pair) = (0, 0);
        for (row, sums) in sums.iter_mut().enumerate() {
            let values = table.row(row);
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

    /// Fills rows and answers that are cells.
    fn fill_kept(&self, table: &Table, answers: &[u16], cells: &mut [F]) {
        if let (Some(columns), Some(sizes)) = (self.columns.data, self.shape.hidden()) {
            let halves = sizes.columns(table);
            columns.into_iter().zip(halves).for_each(|(block, half)| {
                write(cells, block, half.into_iter());
            });
        }
        if let Some(block) = self.columns.answers {
            let answers = answers.iter().take(self.shape.rows());
            write(cells, block, answers.map(|&answer| u32::from(answer)));
        }
        self.fill_right(cells);
    }

    /// Says which labels are among the best answers; returns how many, if that is what is counted.
    fn fill_best(&self, sums: &[Vec<F>], cells: &mut [F], uses: &mut Uses) -> Option<i64> {
        let best = self.columns.best?;
        let rows_log = self.shape.rows_log();
        for (row, (sums, &label)) in sums.iter().zip(self.labels_at_hand()).enumerate() {
            for (class, &sum) in sums.iter().enumerate() {
                // D(label) − D(class) is the difference of the sums.
                let tie = F::from_bool(usize::from(label) < class);
                let difference = sum - sums[usize::from(label)] - tie + F::from_u32(NONE);
                let difference = difference.as_canonical_u32();
                let halves = [difference & 0xffff, difference >> LIMB_LOG];
                let ahead = u32::from(NONE <= difference);
                for (block, value) in
                    [best.low, best.high, best.ahead].into_iter().zip([halves[0], halves[1], ahead])
                {
                    cells[part(block, class, rows_log).at + row] = F::from_u32(value);
                }
            }
        }
        uses.limbs(cells[best.low.range()].iter().map(PrimeField32::as_canonical_u32));
        Some(self.fill_hits(cells))
    }

    /// Says which ranks are among the best, and counts ranks and signs; returns how many rows have
    /// one.
    pub(super) fn fill_hits(&self, cells: &mut [F]) -> i64 {
        let (Some(columns), Some(best)) = (self.columns.best, self.shape.best()) else { return 0 };
        let ranks: Vec<u32> = self.ranks(cells).iter().map(F::as_canonical_u32).collect();
        write(cells, columns.hit, ranks.iter().map(|&rank| u32::from(rank <= best.into())));
        let signs: Vec<u32> = cells[columns.high.range()].iter().map(F::as_canonical_u32).collect();
        for (uses, numbers) in [(columns.rank_uses, &ranks), (columns.sign_uses, &signs)] {
            let mut counts = vec![0; 1 << uses.log];
            for &number in numbers {
                // What is no entry cannot be proven, so it need not be counted.
                if let Some(count) = counts.get_mut(number as usize) {
                    *count += 1;
                }
            }
            write(cells, uses, counts.into_iter());
        }
        let hits = ranks.iter().take(self.shape.rows()).filter(|&&rank| rank <= best.into());
        i64::try_from(hits.count()).unwrap_or_default()
    }

    /// Says which answers are the labels of hidden rows, and counts the differences.
    pub(super) fn fill_right(&self, cells: &mut [F]) {
        let Some([right, uses]) = self.columns.right else { return };
        let differences = self.differences_to_labels(cells);
        let none = 1 << (self.shape.difference_bits() - 1);
        let mut counts = vec![0; 1 << uses.log];
        for (row, difference) in differences.into_iter().enumerate() {
            let difference = difference.as_canonical_u32() as usize;
            cells[right.at + row] = F::from_bool(difference == none);
            // What is no entry cannot be proven, so it need not be counted.
            if let Some(count) = counts.get_mut(difference) {
                *count += 1;
            }
        }
        write(cells, uses, counts.into_iter());
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
