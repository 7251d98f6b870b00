//! The cells: every row put through the network, and every lookup counted.

use super::kept::{self, Entry, RowsPlan};
use super::plan::{Kind, LIMB_BITS, What};
use super::tables::half;
use super::view::{View, index};
use super::weights::Logs;
use super::{Network, Rows};
use crate::Unprovable;
use crate::data::log_ceil;
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_model::ops::network::{self as model, Map, Node, Program, Step, Trace};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;

/// Every row's answer, and all that was computed on the way.
pub type Execution = crate::Execution<Vec<Trace>>;

impl Rows {
    /// Puts the rows through `network`, if it is of `program`.
    pub(super) fn execute(
        &self,
        network: &model::Network,
        program: &Program,
    ) -> Result<Execution, Unprovable> {
        if network.program() != program {
            return Err(Unprovable::Bounds);
        }
        if self.is_empty() {
            return Err(Unprovable::NoRows);
        }
        let run = |(row, values): (usize, &[i16])| {
            network.run_integers(values.to_vec()).ok_or(Unprovable::NoClass { row })
        };
        let rows = self.values().par_chunks_exact(program.features()).enumerate();
        let trace = rows.map(run).collect::<Result<Vec<_>, _>>()?;
        Ok(Execution { answers: trace.iter().map(Trace::class).collect(), trace })
    }
}

impl Network {
    /// Puts the rows through `network`.
    pub fn execute(&self, network: &model::Network) -> Result<Execution, Unprovable> {
        if self.rows.labels().len() != self.plan.rows {
            return Err(Unprovable::NoRows);
        }
        let mut execution = self.rows.execute(network, &self.plan.program)?;
        if let Some(best) = &self.plan.best {
            let rows = execution.trace.iter().zip(self.rows.labels());
            for (answer, (trace, &label)) in execution.answers.iter_mut().zip(rows) {
                if trace.rank(label).is_some_and(|rank| rank <= best.best.into()) {
                    *answer = label;
                }
            }
        }
        Ok(execution)
    }

    /// Fills the layer's cells.
    pub fn fill(&self, network: &model::Network, execution: &Execution, cells: &mut [F]) {
        self.fill_parameters(network, cells);
        for node in 0..self.plan.nodes.len() {
            self.fill_node(node, execution, cells);
        }
        if let Some(hidden) = &self.plan.hidden {
            self.fill_rows(hidden, cells);
        }
        self.fill_answer(cells);
        self.fill_uses(cells);
    }

    /// Fills rows that are cells, and where each value lies in its entry.
    fn fill_rows(&self, hidden: &RowsPlan, cells: &mut [F]) {
        let Some(table) = self.rows.hidden() else { return };
        let entries = kept::entries(&self.plan.program);
        let [low, high] = hidden.sizes.columns(table);
        let names: Vec<u32> = hidden.names(&self.plan.program).collect();
        let row_log = hidden.sizes.row_log();
        for (place, (&low, &high)) in low.iter().zip(&high).enumerate() {
            let cell = place & ((1 << row_log) - 1);
            let is_real = place >> row_log < self.plan.rows;
            let name = names.get(cell).copied().filter(|_| is_real).unwrap_or_default();
            let Some(entry) = kept::entry_of(&entries, name, [low, high]) else { continue };
            let Entry { integer, low: [a, b], high: [c, d], .. } = *entry;
            let distances = [low - a, b - low, high - c, d - high];
            let blocks = hidden.halves.into_iter().chain(hidden.distances);
            for (block, value) in blocks.zip([low, high].into_iter().chain(distances)) {
                cells[self.columns.block(block).at + place] = F::from_u32(value);
            }
            cells[self.columns.block(hidden.integers).at + place] = F::from_i16(integer);
        }
    }

    fn fill_parameters(&self, network: &model::Network, cells: &mut [F]) {
        let mut rest = network.parameters().cells();
        for block in &self.columns.parameters {
            let (here, behind) = rest.split_at(block.range().len());
            let out = &mut cells[block.range()];
            out.par_iter_mut().zip(here).with_min_len(1 << 14).for_each(|(cell, &parameter)| {
                *cell = F::from_i32(parameter);
            });
            rest = behind;
        }
    }

    fn fill_node(&self, node: usize, execution: &Execution, cells: &mut [F]) {
        let plan = &self.plan.nodes[node];
        match &plan.kind {
            Kind::Unit { quotient, remainder, value, bits } => {
                let sizes = self.plan.sizes(node + 1);
                let Node::Unit { map, quotient_bits, .. } = &self.plan.program.nodes()[node] else {
                    return;
                };
                let offset = half(*bits) as i32;
                let map: &Map = &self.plan.program.maps()[*map];
                let block = |index: usize| self.columns.block(index);
                // Padding holds the quotient zero, without remainder.
                let zero = F::from_i32(offset);
                cells[block(*quotient).range()].fill(zero);
                if let Some(value) = value {
                    let padding = F::from_i16(map.apply(0, *quotient_bits));
                    cells[block(*value).range()].fill(padding);
                }
                for (row, trace) in execution.trace.iter().enumerate() {
                    let Step::Unit { quotients, remainders, values } = &trace.steps[node] else {
                        continue;
                    };
                    let at = Place { row, axes: &plan.axes, sizes: &sizes };
                    at.write(cells, block(*quotient), |i| {
                        F::from_i32(i32::from(quotients[i]) + offset)
                    });
                    let mut shift = 0;
                    for &(limb, bits) in remainder {
                        let mask = (1_u32 << bits) - 1;
                        at.write(cells, block(limb), |i| {
                            F::from_u32(remainders[i] >> shift & mask)
                        });
                        shift += bits;
                    }
                    if let Some(value) = value {
                        at.write(cells, block(*value), |i| F::from_i16(values[i]));
                    }
                }
            }
            Kind::Max { excess, bits, .. } => {
                let offset = half(*bits) as u32;
                for (step, &block) in excess.iter().enumerate() {
                    let differences = View { layer: self, cells }.difference(node, step);
                    let out = &mut cells[self.columns.block(block).range()];
                    for (cell, difference) in out.iter_mut().zip(differences) {
                        let difference = difference.as_canonical_u32();
                        *cell = F::from_u32(difference.saturating_sub(offset));
                    }
                }
            }
        }
    }

    /// Fills what follows from the scores and labels.
    pub(super) fn fill_answer(&self, cells: &mut [F]) {
        let answer = &self.plan.answer;
        let classes = self.plan.program.classes();
        let scores = View { layer: self, cells }.tensor(self.plan.nodes.len()).into_owned();
        let (marks, top) = (self.columns.block(answer.marks), self.columns.block(answer.top));
        let mut answers = Vec::with_capacity(self.plan.rows);
        for (n, scores) in scores.chunks_exact(1 << answer.axes[3]).enumerate() {
            let class = (n < self.plan.rows).then(|| greatest(&scores[..classes]));
            answers.extend(class.map(|class| class as u16));
            let greatest = class.map_or(F::ZERO, |class| scores[class]);
            cells[top.at + n] = greatest;
            let mut sum = F::ZERO;
            for (j, &score) in scores.iter().enumerate() {
                // Padding is marked so that its margin is zero.
                let mark = match class {
                    Some(class) if j < classes => F::from_bool(j == class),
                    _ => F::ONE - greatest + score - sum,
                };
                sum += mark;
                cells[marks.at + (n << answer.axes[3]) + j] = mark;
            }
        }
        if let Some(plan) = &self.plan.answers {
            let column = self.columns.block(plan.answers).range();
            cells[column].fill(F::ZERO);
            for (row, &answer) in answers.iter().enumerate() {
                cells[self.columns.block(plan.answers).at + row] = F::from_u16(answer);
            }
        }
        self.fill_right(cells);
        let right = self.fill_best(cells);
        let sum = right.unwrap_or_else(|| self.goal.sum(&answers, self.rows.labels()));
        let distance = self.goal.distance(sum);
        let (low, high) = (F::from_u64(distance & 0xffff), F::from_u64(distance >> LIMB_BITS));
        let limbs = [low, high, high * self.upper_scale()];
        let block = self.columns.block(answer.distance);
        for (cell, limb) in cells[block.range()].iter_mut().zip(limbs) {
            *cell = limb;
        }
    }

    /// Says which labels are among the best answers; returns how many, if that is what is counted.
    fn fill_best(&self, cells: &mut [F]) -> Option<i64> {
        let best = self.plan.best.as_ref()?;
        let own = self.columns.block(best.own);
        let scores = View { layer: self, cells }.tensor(self.plan.nodes.len()).into_owned();
        for (n, &label) in self.rows.labels().iter().enumerate() {
            let place = index([n, 0, 0, label.into()], &self.plan.answer.axes);
            cells[own.at + n] = scores[place];
        }
        Some(self.fill_ahead(cells))
    }

    /// Says which classes are ahead of the labels; returns how many of these are among the best.
    pub(super) fn fill_ahead(&self, cells: &mut [F]) -> i64 {
        let Some(best) = &self.plan.best else { return 0 };
        let ahead = self.columns.block(best.ahead).range();
        let differences = View { layer: self, cells }.ahead_of_labels();
        for (cell, difference) in cells[ahead].iter_mut().zip(differences) {
            *cell = F::from_bool(1 << LIMB_BITS <= difference.as_canonical_u32());
        }
        self.fill_hits(cells)
    }

    /// Says which of the ranks are among the best; returns how many rows have one.
    pub(super) fn fill_hits(&self, cells: &mut [F]) -> i64 {
        let Some(best) = &self.plan.best else { return 0 };
        let ranks = View { layer: self, cells }.ranks();
        let is_hit = |rank: &F| rank.as_canonical_u32() <= best.best.into();
        let hits: Vec<bool> = ranks.iter().map(is_hit).collect();
        for (cell, &hit) in cells[self.columns.block(best.hit).range()].iter_mut().zip(&hits) {
            *cell = F::from_bool(hit);
        }
        hits.iter().take(self.plan.rows).map(|&hit| i64::from(hit)).sum()
    }

    /// Says which answers are the labels of hidden rows.
    pub(super) fn fill_right(&self, cells: &mut [F]) {
        let Some(right) = self.plan.answers.as_ref().and_then(|plan| plan.right) else { return };
        let differences = View { layer: self, cells }.answers_less_labels();
        let none = F::from_usize(half(log_ceil(self.plan.program.classes()) + 1));
        let out = &mut cells[self.columns.block(right).range()];
        for (cell, difference) in out.iter_mut().zip(differences) {
            *cell = F::from_bool(difference == none);
        }
    }

    /// Counts how often each entry of each table is looked up.
    pub(super) fn fill_uses(&self, cells: &mut [F]) {
        let mut uses: Vec<Vec<u32>> =
            self.plan.tables.iter().map(|table| vec![0; 1 << table.bits()]).collect();
        let view = View { layer: self, cells };
        for lookup in &self.plan.lookups {
            if matches!(lookup.what, What::Entries) {
                continue;
            }
            let uses = &mut uses[lookup.table];
            if matches!(lookup.what, What::Feature) {
                self.count_features(&view, uses);
                continue;
            }
            let (first, _) = view.looked_up(lookup.what);
            for entry in first.iter() {
                // What is no entry cannot be proven, so it need not be counted.
                if let Some(count) = uses.get_mut(entry.as_canonical_u32() as usize) {
                    *count += 1;
                }
            }
        }
        for (uses, &block) in uses.iter().zip(&self.plan.uses) {
            let out = &mut cells[self.columns.block(block).range()];
            out.iter_mut().zip(uses).for_each(|(cell, &count)| *cell = F::from_u32(count));
        }
    }
}

impl Network {
    fn count_features(&self, view: &View<'_>, uses: &mut [u32]) {
        let Some([names, _, low, _, high, _]) = view.features() else { return };
        let entries = kept::entries(&self.plan.program);
        for ((name, low), high) in names.iter().zip(&low).zip(&high) {
            let key = [name, high, low].map(PrimeField32::as_canonical_u32);
            // What is no entry cannot be proven, so it need not be counted.
            if let Ok(entry) = entries.binary_search_by_key(&key, Entry::key) {
                uses[entry] += 1;
            }
        }
    }
}

/// The lowest index of the greatest score.
fn greatest(scores: &[F]) -> usize {
    let mut best = (0, i64::MIN);
    for (class, score) in scores.iter().enumerate() {
        let canonical = i64::from(score.as_canonical_u32());
        let signed = if i64::from(model::CENTRED_MAX) < canonical {
            canonical - model::MODULUS
        } else {
            canonical
        };
        if best.1 < signed {
            best = (class, signed);
        }
    }
    best.0
}

/// Where the cells of one row lie.
struct Place<'a> {
    row: usize,
    axes: &'a Logs,
    sizes: &'a [usize; 4],
}

impl Place<'_> {
    fn write(&self, cells: &mut [F], block: Block, value: impl Fn(usize) -> F) {
        let [_, height, width, channels] = *self.sizes;
        let mut i = 0;
        for y in 0..height {
            for x in 0..width {
                let at = block.at + index([self.row, y, x, 0], self.axes);
                for cell in &mut cells[at..at + channels] {
                    *cell = value(i);
                    i += 1;
                }
            }
        }
    }
}
