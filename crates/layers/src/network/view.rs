//! Tensors as the prover's tables: what `reader` reads, cell by cell.

use super::Network;
use super::kept::NUMBERS;
use super::plan::{Kind, LIMB_BITS, What};
use super::tables::half;
use super::weights::Logs;
use crate::data::log_ceil;
use assay_engine::field::F;
use assay_model::ops::network::Node;
use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use std::borrow::Cow;

/// Cells that one thread takes at a time.
const GRAIN: usize = 4096;

/// The cells, seen through the layer.
pub(super) struct View<'v> {
    pub(super) layer: &'v Network,
    pub(super) cells: &'v [F],
}

impl<'v> View<'v> {
    pub(super) fn block(&self, index: usize) -> &'v [F] {
        &self.cells[self.layer.columns.block(index).range()]
    }

    pub(super) fn parameter(&self, at: usize, log: usize) -> &'v [F] {
        let Some(block) = self.layer.columns.parameter(at, log) else { return &[] };
        &self.cells[block.range()]
    }

    /// A tensor over its padded axes.
    pub(super) fn tensor(&self, index: usize) -> Cow<'v, [F]> {
        let Some(node) = index.checked_sub(1) else { return Cow::Owned(self.input()) };
        match &self.layer.plan.nodes[node].kind {
            Kind::Unit { value: Some(value), .. } => Cow::Borrowed(self.block(*value)),
            Kind::Unit { quotient, bits, .. } => {
                let offset = F::from_usize(half(*bits));
                let cells = self.block(*quotient).par_iter().with_min_len(GRAIN);
                Cow::Owned(cells.map(|&cell| cell - offset).collect())
            }
            Kind::Max { taps, .. } => Cow::Owned(self.maximum(node, taps.len() - 1)),
        }
    }

    fn input(&self) -> Vec<F> {
        let plan = &self.layer.plan;
        let (axes, [_, height, width, channels]) = (plan.axes(0), plan.sizes(0));
        let mut table = vec![F::ZERO; 1 << axes.iter().sum::<usize>()];
        let features = height * width * channels;
        for (n, row) in self.layer.rows.values().chunks_exact(features).enumerate() {
            for (i, &value) in row.iter().enumerate() {
                let place = [n, i / (width * channels), i / channels % width, i % channels];
                table[index(place, &axes)] = F::from_i16(value);
            }
        }
        table
    }

    /// The maximum of the taps up to `last`.
    pub(super) fn maximum(&self, node: usize, last: usize) -> Vec<F> {
        let mut table = self.tap(node, last);
        if let Kind::Max { excess, .. } = &self.layer.plan.nodes[node].kind
            && let Some(step) = last.checked_sub(1)
        {
            let excess = self.block(excess[step]);
            table.iter_mut().zip(excess).for_each(|(cell, &excess)| *cell += excess);
        }
        table
    }

    /// What a tap of a maximum reads, over the padded axes of the outputs.
    pub(super) fn tap(&self, node: usize, tap: usize) -> Vec<F> {
        let plan = &self.layer.plan;
        let Node::Max { from, rows, columns, .. } = &plan.program.nodes()[node] else {
            return Vec::new();
        };
        let nodes = &plan.nodes[node];
        let Kind::Max { taps, .. } = &nodes.kind else { return Vec::new() };
        let [row, column] = taps[tap];
        let size = plan.program.tensor(*from);
        let (source, from_axes) = (self.tensor(*from), plan.axes(*from));
        let low = F::from_i32(nodes.low);
        let [_, height, width, channels] = nodes.axes.map(|log| 1_usize << log);
        let reads = |window: &assay_model::ops::network::Window, output: usize, tap, size| {
            let output = output as u32;
            (output < window.outputs).then(|| window.input(output, tap, size)).flatten()
        };
        let mut table = vec![low; 1 << nodes.axes.iter().sum::<usize>()];
        table.par_chunks_exact_mut(channels).enumerate().with_min_len(64).for_each(
            |(place, cells)| {
                let (x, y, n) = (place % width, place / width % height, place / width / height);
                let (Some(y), Some(x)) =
                    (reads(rows, y, row, size.height), reads(columns, x, column, size.width))
                else {
                    return;
                };
                // Rows that only lengthen a short column are zero in a longer one.
                if n >> from_axes[0] != 0 {
                    return cells.fill(F::ZERO);
                }
                let at = index([n, y as usize, x as usize, 0], &from_axes);
                cells.copy_from_slice(&source[at..at + channels]);
            },
        );
        table
    }

    /// greatest score − score − 1 + marks up to here.
    pub(super) fn margin(&self) -> Vec<F> {
        let plan = &self.layer.plan;
        let answer = &plan.answer;
        let (marks, top) = (self.block(answer.marks), self.block(answer.top));
        let scores = self.tensor(plan.nodes.len());
        let classes = 1 << answer.axes[3];
        let mut table = Vec::with_capacity(scores.len());
        for (n, (scores, marks)) in
            scores.chunks_exact(classes).zip(marks.chunks_exact(classes)).enumerate()
        {
            let mut sum = top[n] - F::ONE;
            for (&score, &mark) in scores.iter().zip(marks) {
                sum += mark;
                table.push(sum - score);
            }
        }
        table
    }

    /// Both numbers of each tuple that is looked up; nothing for a table's own entries.
    pub(super) fn looked_up(&self, what: What) -> (Cow<'v, [F]>, Option<Cow<'v, [F]>>) {
        match what {
            What::Column(block) => (Cow::Borrowed(self.block(block)), None),
            What::Mapped(quotient, value) => {
                let value = Cow::Borrowed(self.block(value));
                (Cow::Borrowed(self.block(quotient)), Some(value))
            }
            What::Difference { node, step } => {
                let Kind::Max { excess, .. } = &self.layer.plan.nodes[node].kind else {
                    return (Cow::Borrowed(&[]), None);
                };
                let excess = Cow::Borrowed(self.block(excess[step]));
                (Cow::Owned(self.difference(node, step)), Some(excess))
            }
            What::Margin => (Cow::Owned(self.margin()), None),
            What::Right => {
                let right = self.layer.plan.answers.as_ref().and_then(|plan| plan.right);
                let right = self.block(right.unwrap_or_default());
                (Cow::Owned(self.answers_less_labels()), Some(Cow::Borrowed(right)))
            }
            What::Ahead => {
                let ahead = self.layer.plan.best.map_or(0, |best| best.ahead);
                (Cow::Owned(self.ahead_of_labels()), Some(Cow::Borrowed(self.block(ahead))))
            }
            What::Rank => {
                let hit = self.layer.plan.best.map_or(0, |best| best.hit);
                (Cow::Owned(self.ranks()), Some(Cow::Borrowed(self.block(hit))))
            }
            What::Feature | What::Entries => (Cow::Borrowed(&[]), None),
        }
    }

    /// Answers minus labels of hidden rows, as they are stored in the table.
    pub(super) fn answers_less_labels(&self) -> Vec<F> {
        let plan = &self.layer.plan;
        let (Some(hidden), Some(answers)) = (&plan.hidden, &plan.answers) else {
            return Vec::new();
        };
        let [low, _] = hidden.halves;
        let (row_log, features) = (hidden.sizes.row_log(), hidden.sizes.features);
        let labels = self.block(low).chunks_exact(1 << row_log).map(|row| row[features]);
        let labels = labels.take(plan.rows).chain(std::iter::repeat(F::ZERO));
        let offset = F::from_usize(half(log_ceil(plan.program.classes()) + 1));
        let answers = self.block(answers.answers).iter();
        answers.zip(labels).map(|(&answer, label)| answer - label + offset).collect()
    }

    /// How far each class is ahead of the label, as it is stored in the table of signs.
    pub(super) fn ahead_of_labels(&self) -> Vec<F> {
        let plan = &self.layer.plan;
        let Some(best) = &plan.best else { return Vec::new() };
        let (own, labels) = (self.block(best.own), self.layer.rows.labels());
        let scores = self.tensor(plan.nodes.len());
        let mut table = Vec::with_capacity(scores.len());
        for (n, scores) in scores.chunks_exact(1 << plan.answer.axes[3]).enumerate() {
            let own = own.get(n).copied().unwrap_or(F::ZERO);
            let label = labels.get(n).map_or(usize::MAX, |&label| label.into());
            table.extend(scores.iter().enumerate().map(|(class, &score)| {
                score - own - F::from_bool(label < class) + F::from_u32(1 << LIMB_BITS)
            }));
        }
        table
    }

    /// The rank of each row's label, and 0 behind the last row.
    pub(super) fn ranks(&self) -> Vec<F> {
        let plan = &self.layer.plan;
        let Some(best) = &plan.best else { return Vec::new() };
        let rows = self.block(best.ahead).chunks_exact(1 << plan.answer.axes[3]).take(plan.rows);
        let mut ranks: Vec<F> =
            rows.map(|row| row[..plan.program.classes()].iter().copied().sum()).collect();
        ranks.resize(1 << best.log, F::ZERO);
        ranks
    }

    /// The tuple of each cell of hidden rows, number by number.
    pub(super) fn features(&self) -> Option<[Vec<F>; NUMBERS]> {
        let plan = &self.layer.plan;
        let hidden = plan.hidden.as_ref()?;
        let mut names = vec![F::ZERO; 1 << hidden.sizes.log()];
        let row: Vec<F> = hidden.names(&plan.program).map(F::from_u32).collect();
        for cells in names.chunks_exact_mut(1 << hidden.sizes.row_log()).take(plan.rows) {
            cells[..row.len()].copy_from_slice(&row);
        }
        let [low, high] = hidden.halves.map(|half| self.block(half));
        let [a, b, c, d] = hidden.distances.map(|distance| self.block(distance));
        let minus = |half: &[F], by: &[F]| half.iter().zip(by).map(|(&x, &y)| x - y).collect();
        let plus = |half: &[F], by: &[F]| half.iter().zip(by).map(|(&x, &y)| x + y).collect();
        let integers = self.block(hidden.integers).to_vec();
        Some([names, integers, minus(low, a), plus(low, b), minus(high, c), plus(high, d)])
    }

    /// The maximum up to a tap minus the next tap, as it is stored in the table.
    pub(super) fn difference(&self, node: usize, step: usize) -> Vec<F> {
        let Kind::Max { bits, .. } = &self.layer.plan.nodes[node].kind else { return Vec::new() };
        let offset = F::from_usize(half(*bits));
        let mut table = self.maximum(node, step);
        for (cell, next) in table.iter_mut().zip(self.tap(node, step + 1)) {
            *cell += offset - next;
        }
        table
    }
}

/// Index of a cell among padded axes.
pub(super) fn index(place: [usize; 4], axes: &Logs) -> usize {
    place.into_iter().zip(axes).fold(0, |at, (i, log)| at << log | i)
}
