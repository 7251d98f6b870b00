//! The prover's half.

use super::Forest;
use super::best::SIGN_BITS;
use super::readings::{Batch, COUNT, Lookups, Part, borrow, parts};
use super::segments::{Kind, Segments};
use super::shape::{Column, part};
use crate::tuples::{Compression, Tag};
use assay_engine::channel::Prover;
use assay_engine::field::{EF, F, PE, PF, WIDTH};
use assay_engine::fraction;
use assay_engine::packed::{eq_packed, pack, pack_base};
use assay_engine::relations::Row;
use assay_engine::session::{Cancelled, Progress};
use assay_engine::sumcheck::{Constraint, prove_cubic};
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Vectors that one thread takes at a time.
const GRAIN: usize = 512;
/// Tables of the local check: six combinations, and four public weights.
const TABLES: usize = COUNT + 4;

impl Forest<'_> {
    /// Sends the layer's messages, unless it is stopped on the way.
    pub fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        progress.phase("lookups")?;
        let alpha = prover.challenge();
        let compression = Compression::new(alpha, prover.challenge());
        let leaves = {
            let steps = self.step_tree(&compression, prover.cells());
            let tables = self.table_tree(&compression, prover.cells());
            fraction::prove([&steps, &tables], prover, &mut || progress.phase("lookups"))?
        };
        progress.phase("zerocheck")?;
        let [leaf, _] = leaves;
        self.prove_steps(&compression, &Lookups::new(&leaf), prover);
        // The point at which the verifier compares ends; nothing is sent.
        prover.challenges(self.shape.pairs_log());
        progress.phase("answers")?;
        self.prove_answers(prover);
        if self.columns.answers.is_some() {
            // The point at which the verifier compares answers; nothing is sent.
            prover.challenges(self.shape.column_log());
        }
        if self.columns.best.is_some() {
            // The point at which the verifier compares differences.
            prover.challenges(self.shape.answers_log());
        }
        Ok(())
    }

    /// The rank of each row's label, and 0 behind the last row.
    pub(super) fn ranks(&self, cells: &[F]) -> Vec<F> {
        let Some(best) = self.columns.best else { return Vec::new() };
        let (classes, rows_log) = (self.shape.bounds().classes(), self.shape.rows_log());
        let is_ahead = |row, class| cells[part(best.ahead, class, rows_log).at + row];
        let rank = |row| (0..classes).map(|class| is_ahead(row, class)).sum();
        let mut ranks: Vec<F> = (0..self.shape.rows()).map(rank).collect();
        ranks.resize(1 << best.hit.log, F::ZERO);
        ranks
    }

    /// Answers minus labels of hidden rows, as they stand in the table of differences.
    pub(super) fn differences_to_labels(&self, cells: &[F]) -> Vec<F> {
        let (Some(answers), Some([low, _])) = (self.columns.answers, self.columns.data) else {
            return Vec::new();
        };
        let offset = F::from_usize(1 << (self.shape.difference_bits() - 1));
        let (width, label) = (1 << self.shape.features_log(), self.shape.bounds().features());
        let labels = cells[low.range()].chunks_exact(width).map(|row| row[label]);
        let labels = labels.take(self.shape.rows()).chain(std::iter::repeat(F::ZERO));
        let answers = cells[answers.range()].iter().zip(labels);
        answers.map(|(&answer, label)| answer - label + offset).collect()
    }

    fn column<'c>(&self, cells: &'c [F], column: Column) -> &'c [PF] {
        pack_base(&cells[self.columns.step[column.index()].range()])
    }

    /// Lookups of all steps.
    fn step_tree(&self, compression: &Compression, cells: &[F]) -> fraction::Tree {
        use Column::{
            Carry, Feature, Left, Node, Sign, ThresholdHigh, ThresholdLow, ValueHigh, ValueLow,
        };
        let steps = 1_usize << self.shape.steps_log();
        let mut numerators = vec![F::ZERO; 4 * steps];
        for kind in numerators.chunks_exact_mut(steps) {
            kind[..self.shape.steps()].fill(F::ONE);
        }
        let per_row = self.shape.bounds().trees() * self.shape.bounds().depth();
        let rows: Vec<F> =
            (0..steps)
                .map(|step| {
                    if step < self.shape.steps() { F::from_usize(step / per_row) } else { F::ZERO }
                })
                .collect();
        let row = pack_base(&rows);
        let [node, feature, t_low, t_high, left, low, high, sign, carry] =
            [Node, Feature, ThresholdLow, ThresholdHigh, Left, ValueLow, ValueHigh, Sign, Carry]
                .map(|column| self.column(cells, column));
        let [limb, slot, data] =
            [Tag::Limb, Tag::Slot, Tag::Data].map(|tag| PE::from(compression.base(tag)));
        let [_, b1, b2, b3, b4, b5] = compression.beta.map(PE::from);
        let borrow = PF::from(borrow());

        let size = node.len();
        let mut denominators = vec![PE::ONE; 4 * size];
        let (kind0, rest) = denominators.split_at_mut(size);
        let (kind1, rest) = rest.split_at_mut(size);
        let (kind2, kind3) = rest.split_at_mut(size);
        (kind0, kind1, kind2, kind3).into_par_iter().enumerate().with_min_len(GRAIN).for_each(
            |(i, (kind0, kind1, kind2, kind3))| {
                let direction = PF::ONE - sign[i].double();
                let d_low = direction * (t_low[i] - low[i]) + borrow * carry[i] - sign[i];
                let d_high = direction * (t_high[i] - high[i]) - carry[i];
                *kind0 = limb - b1 * d_low;
                *kind1 = limb - b1 * d_high;
                let shared = b2 * feature[i];
                *kind2 =
                    slot - b1 * node[i] - shared - b3 * t_low[i] - b4 * t_high[i] - b5 * left[i];
                *kind3 = data - b1 * row[i] - shared - b3 * low[i] - b4 * high[i];
            },
        );
        fraction::Tree::new(pack_base(&numerators).to_vec(), denominators)
    }

    /// Tables, and the lookups that are not the steps'.
    fn table_tree(&self, compression: &Compression, cells: &[F]) -> fraction::Tree {
        let segments = Segments::new(&self.shape);
        let mut leaves = Leaves {
            segments,
            numerators: vec![F::ZERO; 1 << segments.log()],
            denominators: vec![EF::ONE; 1 << segments.log()],
        };
        let columns = &self.columns;
        let of = |block: assay_engine::cells::Block| &cells[block.range()];
        let [feature, low, high, left] = columns.slots.map(of);
        let [_, b1, b2, b3, b4, b5] = compression.beta;
        let [limb, slot, leaf] = [Tag::Limb, Tag::Slot, Tag::Leaf].map(|tag| compression.base(tag));
        let width = self.shape.bounds().width();

        leaves.uses(Kind::Slots, of(columns.slot_uses));
        leaves.fill(Kind::Slots, |i| {
            let index = F::from_usize(i);
            slot - b1 * index - b2 * feature[i] - b3 * low[i] - b4 * high[i] - b5 * left[i]
        });
        let values: Vec<(EF, &[F])> = (0..width)
            .map(|index| {
                let block = part(columns.values, index, self.shape.bounds().slots_log());
                (compression.vote(index), of(block))
            })
            .collect();
        leaves.uses(Kind::Leaves, of(columns.leaf_uses));
        leaves.fill(Kind::Leaves, |i| {
            let start = leaf - b1 * F::from_usize(i) - b2 * high[i];
            values.iter().fold(start, |sum, &(power, values)| sum - power * values[i])
        });

        let votes: Vec<(EF, &[F])> = columns
            .votes
            .iter()
            .enumerate()
            .map(|(index, &block)| (compression.vote(index), of(block)))
            .collect();
        let end = of(columns.end);
        leaves.lookups(Kind::Ends, self.shape.pairs());
        leaves.fill(Kind::Ends, |i| {
            let start = leaf - b1 * end[i] - b2 * F::from_u16(u16::MAX);
            votes.iter().fold(start, |sum, &(power, votes)| sum - power * votes[i])
        });

        let [below, above] = columns.behind.map(of);
        for (kind, column, factor) in [
            (Kind::Features, feature, 1),
            (Kind::Lows, low, 1),
            (Kind::Highs, high, 1),
            (Kind::BehindLow, below, 1),
            (Kind::BehindHigh, above, 1),
            (Kind::BehindBound, above, 8),
        ] {
            leaves.lookups(kind, usize::MAX);
            let power = b1 * F::from_u8(factor);
            leaves.fill(kind, |i| limb - power * column[i]);
        }
        leaves.uses(Kind::Limbs, of(columns.limb_uses));
        leaves.fill(Kind::Limbs, |i| limb - b1 * F::from_usize(i));

        self.row_leaves(compression, cells, &mut leaves);
        fraction::Tree::new(pack_base(&leaves.numerators).to_vec(), pack(&leaves.denominators))
    }

    /// The table of the rows' values, and whether each answer is the label where that is a cell.
    fn row_leaves(&self, compression: &Compression, cells: &[F], leaves: &mut Leaves) {
        let columns = &self.columns;
        let of = |block: assay_engine::cells::Block| &cells[block.range()];
        let [_, b1, b2, ..] = compression.beta;
        leaves.uses(Kind::Data, of(columns.data_uses));
        let data = leaves.segments.get(Kind::Data);
        let mut entries = vec![PE::ZERO; (1 << data.log) / WIDTH];
        match (columns.data.zip(self.shape.hidden()), self.rows.table()) {
            (Some((halves, sizes)), _) => {
                sizes.denominators(compression, halves.map(of), &mut entries);
            }
            (None, Some(table)) => self.entries(table).denominators(compression, &mut entries),
            (None, None) => (),
        }
        leaves.denominators[data.range()].copy_from_slice(&assay_engine::packed::unpack(&entries));
        if let Some([right, uses]) = columns.right {
            let equal = compression.base(Tag::Equal);
            let half = 1 << (self.shape.difference_bits() - 1);
            leaves.uses(Kind::Equal, of(uses));
            leaves.fill(Kind::Equal, |i| {
                equal - b1 * F::from_usize(i) - b2 * F::from_bool(i == half)
            });
            let (right, differences) = (of(right), self.differences_to_labels(cells));
            leaves.lookups(Kind::Right, usize::MAX);
            leaves.fill(Kind::Right, |i| equal - b1 * differences[i] - b2 * right[i]);
        }
        if let (Some(columns), Some(best)) = (self.columns.best, self.shape.best()) {
            let [limb, sign, rank] =
                [Tag::Limb, Tag::Sign, Tag::Rank].map(|tag| compression.base(tag));
            let low = of(columns.low);
            leaves.lookups(Kind::AheadLow, usize::MAX);
            leaves.fill(Kind::AheadLow, |i| limb - b1 * low[i]);
            leaves.uses(Kind::Signs, of(columns.sign_uses));
            leaves.fill(Kind::Signs, |i| {
                sign - b1 * F::from_usize(i) - b2 * F::from_bool(i >> (SIGN_BITS - 1) == 1)
            });
            let (high, ahead) = (of(columns.high), of(columns.ahead));
            leaves.lookups(Kind::AheadSign, usize::MAX);
            leaves.fill(Kind::AheadSign, |i| sign - b1 * high[i] - b2 * ahead[i]);
            leaves.uses(Kind::Ranks, of(columns.rank_uses));
            leaves.fill(Kind::Ranks, |i| {
                rank - b1 * F::from_usize(i) - b2 * F::from_bool(i <= best.into())
            });
            let (ranks, hit) = (self.ranks(cells), of(columns.hit));
            leaves.lookups(Kind::Hit, usize::MAX);
            leaves.fill(Kind::Hit, |i| rank - b1 * ranks[i] - b2 * hit[i]);
        }
    }

    fn prove_steps(&self, compression: &Compression, lookups: &Lookups, prover: &mut Prover<'_>) {
        let tau = prover.challenges(self.shape.steps_log());
        let batch = Batch::new(prover.challenge());
        let combined = self.combined(&parts(compression, lookups), prover.cells());
        let weights = self.weights(lookups, &batch, &tau);
        let mut tables = combined.into_iter().chain(weights);
        let tables: [Vec<PE>; TABLES] = std::array::from_fn(|_| tables.next().unwrap_or_default());
        let local = Local { batch, beta: compression.beta[1] };
        let (_, values) = prove_cubic(prover, tables, self.shape.steps_log(), &local);
        values.into_iter().take(COUNT).for_each(|value| prover.clear(value));
    }

    /// The six combinations of columns.
    fn combined(&self, parts: &[Vec<Part>; COUNT], cells: &[F]) -> Vec<Vec<PE>> {
        let node = &cells[self.columns.step[Column::Node.index()].range()];
        let mut next = node.to_vec();
        next.rotate_left(1);
        if let Some(last) = next.last_mut() {
            *last = F::ZERO;
        }
        let next = pack_base(&next);
        let combine = |parts: &Vec<Part>| {
            let parts: Vec<(&[PF], PE)> = parts
                .iter()
                .map(|&(column, coeff, row)| match row {
                    Row::Next => (next, PE::from(coeff)),
                    _ => (self.column(cells, column), PE::from(coeff)),
                })
                .collect();
            let sum = |i| parts.iter().map(|&(table, coeff): &(&[PF], PE)| coeff * table[i]).sum();
            (0..next.len()).into_par_iter().with_min_len(GRAIN).map(sum).collect()
        };
        parts.iter().map(combine).collect()
    }

    /// The four public weights: steps, first levels, levels with a next one, lookups.
    fn weights(&self, lookups: &Lookups, batch: &Batch, tau: &[EF]) -> [Vec<PE>; 4] {
        let depth = self.shape.bounds().depth();
        let mut selectors = [0; 3].map(|_| vec![F::ZERO; 1 << self.shape.steps_log()]);
        let [bits, first, next] = &mut selectors;
        for step in 0..self.shape.steps() {
            let level = step % depth;
            bits[step] = F::ONE;
            first[step] = F::from_bool(level == 0);
            next[step] = F::from_bool(level + 1 != depth);
        }
        let at_tau = eq_packed(tau);
        let times = |table: &[F], factor: EF| -> Vec<PE> {
            let factor = PE::from(factor);
            at_tau
                .par_iter()
                .zip(pack_base(table))
                .with_min_len(GRAIN)
                .map(|(&eq, &value)| factor * (eq * value))
                .collect()
        };
        let [bits, first, next] = &selectors;
        let mut lookup = eq_packed(&lookups.point);
        let factor = PE::from(batch.lookup());
        lookup.par_iter_mut().with_min_len(GRAIN).for_each(|eq| *eq *= factor);
        [times(bits, EF::ONE), times(first, batch.root()), times(next, batch.next()), lookup]
    }
}

/// The leaves of the second tree while they are written.
struct Leaves {
    segments: Segments,
    numerators: Vec<F>,
    denominators: Vec<EF>,
}

impl Leaves {
    /// The numerators of a table whose entries are used this often.
    fn uses(&mut self, kind: Kind, uses: &[F]) {
        let range = self.segments.get(kind).range();
        for (numerator, &count) in self.numerators[range].iter_mut().zip(uses) {
            *numerator = -count;
        }
    }

    /// The numerators of lookups, of which the first `count` are made.
    fn lookups(&mut self, kind: Kind, count: usize) {
        let range = self.segments.get(kind).range();
        self.numerators[range].iter_mut().take(count).for_each(|one| *one = F::ONE);
    }

    fn fill(&mut self, kind: Kind, denominator: impl Fn(usize) -> EF + Sync) {
        let range = self.segments.get(kind).range();
        self.denominators[range]
            .par_iter_mut()
            .enumerate()
            .with_min_len(GRAIN)
            .for_each(|(i, out)| *out = denominator(i));
    }
}

/// The summand of the local check.
struct Local {
    batch: Batch,
    beta: EF,
}

impl Constraint<TABLES> for Local {
    fn evaluate<A: Algebra<EF> + Copy>(&self, tables: &[A; TABLES]) -> A {
        let [s, c, difference, node, step, leaf, bits, first, next, lookup] = *tables;
        bits * (s * (s - A::ONE) + c * (c - A::ONE) * self.batch.carry_bit())
            + first * node
            + next * step
            + lookup * (leaf - (A::ONE - s.double()) * difference * self.beta)
    }
}
