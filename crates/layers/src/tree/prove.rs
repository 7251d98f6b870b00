//! The prover's half.

use super::Tree;
use super::readings::{Batch, COUNT, Compression, Lookups, Part, Tag, borrow, parts};
use super::shape::Column;
use crate::Sizes;
use assay_engine::cells::Block;
use assay_engine::channel::Prover;
use assay_engine::field::{EF, F, PE, PF, WIDTH};
use assay_engine::fraction;
use assay_engine::mle;
use assay_engine::packed::{eq_packed, pack, pack_base};
use assay_engine::relations::Row;
use assay_engine::session::{Cancelled, Progress};
use assay_engine::sumcheck::{Constraint, prove_cubic};
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Vectors that one thread takes at a time.
const GRAIN: usize = 512;
/// Tables of the local check: eight combinations, and seven public weights.
const TABLES: usize = COUNT + 7;

/// The public schedule as tables over the steps.
struct Selectors {
    bits: Vec<F>,
    transition: Vec<F>,
    last: Vec<F>,
    first: Vec<F>,
    row: Vec<F>,
    label: Vec<F>,
    count: Vec<F>,
}

impl Selectors {
    fn new(tree: &Tree<'_>) -> Self {
        let zeros = || vec![F::ZERO; 1 << tree.shape.steps_log()];
        let mut s = Self {
            bits: zeros(),
            transition: zeros(),
            last: zeros(),
            first: zeros(),
            row: zeros(),
            label: zeros(),
            count: zeros(),
        };
        for step in tree.shape.each_step() {
            s.bits[step.index] = F::ONE;
            s.row[step.index] = F::from_usize(step.row);
            if step.level == 0 {
                s.first[step.index] = F::ONE;
            }
            if tree.shape.is_last(&step) {
                s.last[step.index] = F::ONE;
                let label = tree.labels.public().get(step.row).copied().unwrap_or_default();
                s.count[step.index] = tree.goal.weight(label);
                s.label[step.index] = F::from_u16(tree.goal.expected(label));
            } else {
                s.transition[step.index] = F::ONE;
            }
        }
        for j in 0..tree.shape.slack() {
            s.bits[tree.shape.steps() + j] = F::ONE;
            s.count[tree.shape.steps() + j] = tree.goal.factor(j);
        }
        s
    }
}

impl Tree<'_> {
    /// Sends the layer's messages, unless it is stopped on the way.
    pub fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        progress.phase("lookups")?;
        let selectors = Selectors::new(self);
        let alpha = prover.challenge();
        let compression = Compression::new(alpha, prover.challenge());
        let leaves = {
            let big = self.big_tree(&compression, &selectors, prover.cells());
            let small = self.small_tree(&compression, prover.cells());
            fraction::prove([&big, &small], prover, &mut || progress.phase("lookups"))?
        };
        if let Some(columns) = self.columns.data {
            let (_, point) = leaves[0].split_at(leaves[0].len() - self.shape.data_log());
            let eq = eq_packed(point);
            let [_, _, _, b3, b4, _] = compression.beta;
            let read = |block: Block| read(&eq, pack_base(&prover.cells()[block.range()]));
            let [low, high] = columns.map(read);
            prover.hide(b3 * low + b4 * high);
        }
        progress.phase("zerocheck")?;
        let lookups = Lookups::new(&self.shape, &leaves[0]);
        self.prove_local(&compression, &lookups, &selectors, prover);
        if self.labels.is_tied() {
            // The point at which the verifier compares labels; nothing is sent.
            prover.challenges(self.shape.rows_log());
        }
        Ok(())
    }

    fn column<'c>(&self, cells: &'c [F], column: Column) -> &'c [PF] {
        pack_base(&cells[self.columns.step[column.index()].range()])
    }

    /// Lookups of all steps, and the data table.
    fn big_tree(
        &self,
        compression: &Compression,
        selectors: &Selectors,
        cells: &[F],
    ) -> fraction::Tree {
        let half = 1 << self.shape.big_half_log();
        let steps = 1 << self.shape.steps_log();
        let mut numerators = vec![F::ZERO; 2 * half];
        for kind in 0..3 {
            numerators[kind * steps..][..self.shape.steps()].fill(F::ONE);
        }
        numerators[3 * steps..][..steps].copy_from_slice(&selectors.transition);
        let uses = &cells[self.columns.data_uses.range()];
        for (numerator, &count) in numerators[half..].iter_mut().zip(uses) {
            *numerator = -count;
        }
        let mut denominators = vec![PE::ONE; 2 * half / WIDTH];
        let (lookups, entries) = denominators.split_at_mut(half / WIDTH);
        self.lookup_denominators(compression, selectors, cells, lookups);
        match (self.columns.data.zip(self.shape.row_cells()), self.rows.table()) {
            (Some((columns, sizes)), _) => {
                let halves = columns.map(|block| &cells[block.range()]);
                sizes.denominators(compression, halves, entries);
            }
            (None, Some(table)) => {
                let out = &mut entries[..(1 << self.shape.data_log()) / WIDTH];
                self.entries(table).denominators(compression, out);
            }
            (None, None) => (),
        }
        fraction::Tree::new(pack_base(&numerators).to_vec(), denominators)
    }

    fn lookup_denominators(
        &self,
        compression: &Compression,
        selectors: &Selectors,
        cells: &[F],
        out: &mut [PE],
    ) {
        use Column::{
            Carry, Feature, Left, Node, Sign, ThresholdHigh, ThresholdLow, ValueHigh, ValueLow,
        };
        let [node, feature, t_low, t_high, left, low, high, sign, carry] =
            [Node, Feature, ThresholdLow, ThresholdHigh, Left, ValueLow, ValueHigh, Sign, Carry]
                .map(|column| self.column(cells, column));
        let [transition, last, row] =
            [&selectors.transition, &selectors.last, &selectors.row].map(|table| pack_base(table));
        let [limb, slot, data] =
            [Tag::Limb, Tag::Slot, Tag::Data].map(|tag| PE::from(compression.base(tag)));
        let [_, b1, b2, b3, b4, b5] = compression.beta.map(PE::from);
        let borrow = PF::from(borrow());

        let size = node.len();
        let (kind0, rest) = out.split_at_mut(size);
        let (kind1, rest) = rest.split_at_mut(size);
        let (kind2, rest) = rest.split_at_mut(size);
        (kind0, kind1, kind2, &mut rest[..size])
            .into_par_iter()
            .enumerate()
            .with_min_len(GRAIN)
            .for_each(|(i, (kind0, kind1, kind2, kind3))| {
                let direction = PF::ONE - sign[i].double();
                let d_low = direction * (t_low[i] - low[i])
                    + transition[i] * (borrow * carry[i] - sign[i])
                    + last[i] * (carry[i] - PF::ONE);
                let d_high = direction * (t_high[i] - high[i]) - transition[i] * carry[i];
                *kind0 = limb - b1 * d_low;
                *kind1 = limb - b1 * d_high;
                let shared = b2 * feature[i];
                *kind2 =
                    slot - b1 * node[i] - shared - b3 * t_low[i] - b4 * t_high[i] - b5 * left[i];
                *kind3 = data - b1 * row[i] - shared - b3 * low[i] - b4 * high[i];
            });
    }

    /// Numbers below 2^16; slots, and the range lookups of what they hold.
    fn small_tree(&self, compression: &Compression, cells: &[F]) -> fraction::Tree {
        let half = 1 << self.shape.small_half_log();
        let slots = self.shape.bounds().slots();
        let mut numerators = vec![F::ZERO; 2 * half];
        let mut denominators = vec![EF::ONE; 2 * half];
        let [_, b1, b2, b3, b4, b5] = compression.beta;
        let limb = compression.base(Tag::Limb);
        let uses = &cells[self.columns.limb_uses.range()];
        for (i, &count) in uses.iter().enumerate() {
            numerators[i] = -count;
            denominators[i] = limb - b1 * F::from_usize(i);
        }
        let slot = compression.base(Tag::Slot);
        let [feature, low, high, left] = self.columns.slots.map(|block| &cells[block.range()]);
        let uses = &cells[self.columns.slot_uses.range()];
        for i in 0..slots {
            numerators[half + i] = -uses[i];
            denominators[half + i] = slot
                - b1 * F::from_usize(i)
                - b2 * feature[i]
                - b3 * low[i]
                - b4 * high[i]
                - b5 * left[i];
            for (block, column) in [(1, low), (2, high), (3, feature)] {
                numerators[half + block * slots + i] = F::ONE;
                denominators[half + block * slots + i] = limb - b1 * column[i];
            }
        }
        fraction::Tree::new(pack_base(&numerators).to_vec(), pack(&denominators))
    }

    fn prove_local(
        &self,
        compression: &Compression,
        lookups: &Lookups,
        selectors: &Selectors,
        prover: &mut Prover<'_>,
    ) {
        let tau = prover.challenges(self.shape.steps_log());
        let batch = Batch::new(prover.challenge());
        let parts = parts(compression, lookups, &batch, &self.ends());
        let cells = prover.cells();
        let mut combined = self.combined(&parts, cells);
        let public = self.public_parts(compression, lookups, &batch, selectors);
        for (table, offset) in combined[6..].iter_mut().zip(&public.tables) {
            table.par_iter_mut().zip(offset).with_min_len(GRAIN).for_each(|(a, &b)| *a += b);
        }
        let weights = weights(compression, lookups, &batch, selectors, &tau);
        let mut tables = combined.into_iter().chain(weights);
        let tables: [Vec<PE>; TABLES] = std::array::from_fn(|_| tables.next().unwrap_or_default());
        let local = Local { batch, beta: compression.beta[1] };
        let (point, values) = prove_cubic(prover, tables, self.shape.steps_log(), &local);

        // What is sent are the readings of cells alone: the public parts are taken out again.
        let [end, leaf] = public.at(selectors, &point);
        let public = [EF::ZERO, EF::ZERO, EF::ZERO, EF::ZERO, EF::ZERO, EF::ZERO, end, leaf];
        values.into_iter().zip(public).for_each(|(value, public)| prover.clear(value - public));
    }

    /// The eight combinations of columns, without their public parts.
    fn combined(&self, parts: &[Vec<Part>; COUNT], cells: &[F]) -> Vec<Vec<PE>> {
        let node = &cells[self.columns.step[Column::Node.index()].range()];
        let mut next = node.to_vec();
        next.rotate_left(1);
        if let Some(last) = next.last_mut() {
            *last = F::ZERO;
        }
        let next = pack_base(&next);
        parts
            .iter()
            .map(|parts| {
                let parts: Vec<(&[PF], PE)> = parts
                    .iter()
                    .map(|&(column, coeff, row)| match row {
                        Row::Next => (next, PE::from(coeff)),
                        _ => (self.column(cells, column), PE::from(coeff)),
                    })
                    .collect();
                (0..next.len())
                    .into_par_iter()
                    .with_min_len(GRAIN)
                    .map(|i| parts.iter().map(|&(table, coeff)| coeff * table[i]).sum())
                    .collect()
            })
            .collect()
    }

    fn public_parts(
        &self,
        compression: &Compression,
        lookups: &Lookups,
        batch: &Batch,
        selectors: &Selectors,
    ) -> PublicParts {
        let [low, high, slot, data] = lookups.kinds;
        let beta = compression.beta[1];
        let marks =
            batch.value_mark() * self.ends().mark() + batch.leaf_mark() * F::from_u16(u16::MAX);
        let constant = (low + high) * compression.base(Tag::Limb)
            + slot * compression.base(Tag::Slot)
            + data * compression.base(Tag::Data);
        let coefficients = Coefficients {
            marks: -marks,
            label: -batch.label(),
            constant,
            row: -(data * beta),
            last: beta * low,
        };
        PublicParts { tables: coefficients.tables(selectors), coefficients }
    }
}

/// Returns Σ eq·column.
fn read(eq: &[PE], column: &[PF]) -> EF {
    let sum: PE = eq.iter().zip(column).map(|(&eq, &cell)| eq * cell).sum();
    assay_engine::packed::unpack(&[sum]).into_iter().sum()
}

/// The public parts of combinations 6 and 7: tables, and how they are made.
struct PublicParts {
    tables: [Vec<PE>; 2],
    coefficients: Coefficients,
}

#[derive(Clone, Copy)]
struct Coefficients {
    marks: EF,
    label: EF,
    constant: EF,
    row: EF,
    last: EF,
}

impl Coefficients {
    fn tables(&self, selectors: &Selectors) -> [Vec<PE>; 2] {
        let affine = |constant: EF, terms: &[(EF, &[F])]| -> Vec<PE> {
            let terms: Vec<(PE, &[PF])> =
                terms.iter().map(|&(k, table)| (PE::from(k), pack_base(table))).collect();
            let constant = PE::from(constant);
            (0..selectors.bits.len() / WIDTH)
                .into_par_iter()
                .with_min_len(GRAIN)
                .map(|i| terms.iter().fold(constant, |sum, &(k, table)| sum + k * table[i]))
                .collect()
        };
        [
            affine(self.marks, &[(self.label, &selectors.label)]),
            affine(self.constant, &[(self.row, &selectors.row), (self.last, &selectors.last)]),
        ]
    }
}

impl PublicParts {
    /// The values of the two tables at `point`.
    fn at(&self, selectors: &Selectors, point: &[EF]) -> [EF; 2] {
        let eq = mle::eq_table(point);
        let at = |table: &[F]| -> EF { eq.iter().zip(table).map(|(&eq, &value)| eq * value).sum() };
        let c = &self.coefficients;
        [
            c.marks + c.label * at(&selectors.label),
            c.constant + c.row * at(&selectors.row) + c.last * at(&selectors.last),
        ]
    }
}

/// The seven public weights: bits, last, transition, first, lookups, and the factors of S and C.
fn weights(
    compression: &Compression,
    lookups: &Lookups,
    batch: &Batch,
    selectors: &Selectors,
    tau: &[EF],
) -> Vec<Vec<PE>> {
    let (at_tau, at_p) = (eq_packed(tau), eq_packed(&lookups.point));
    let times = |eq: &[PE], table: &[F], factor: EF| -> Vec<PE> {
        let factor = PE::from(factor);
        eq.par_iter()
            .zip(pack_base(table))
            .with_min_len(GRAIN)
            .map(|(&eq, &value)| factor * (eq * value))
            .collect()
    };
    let [low, high, ..] = lookups.kinds;
    let scale = batch.lookup() * compression.beta[1];
    let (on_transition, on_last) =
        (PE::from(scale * (low * borrow() - high)), PE::from(scale * low));
    let count = PE::from(batch.count());
    let [transition, last, counts] =
        [&selectors.transition, &selectors.last, &selectors.count].map(|table| pack_base(table));
    let carry = at_p
        .par_iter()
        .enumerate()
        .with_min_len(GRAIN)
        .map(|(i, &eq)| {
            count * counts[i] - eq * (on_transition * transition[i] + on_last * last[i])
        })
        .collect();
    let lookup = PE::from(batch.lookup());
    vec![
        times(&at_tau, &selectors.bits, EF::ONE),
        times(&at_tau, &selectors.last, EF::ONE),
        times(&at_tau, &selectors.transition, batch.transition()),
        times(&at_tau, &selectors.first, batch.root()),
        at_p.par_iter().with_min_len(GRAIN).map(|&eq| lookup * eq).collect(),
        times(&at_p, &selectors.transition, scale * low),
        carry,
    ]
}

/// The summand of the local check.
struct Local {
    batch: Batch,
    beta: EF,
}

impl Constraint<TABLES> for Local {
    fn evaluate<A: Algebra<EF> + Copy>(&self, tables: &[A; TABLES]) -> A {
        let [
            s,
            c,
            difference,
            low,
            node,
            step,
            end,
            leaf,
            bits,
            last,
            transition,
            first,
            lookup,
            of_s,
            of_c,
        ] = *tables;
        bits * (s * (s - A::ONE) + c * (c - A::ONE) * self.batch.carry_bit())
            + last * (c * low * self.batch.right_label() + end)
            + transition * step
            + first * node
            + of_s * s
            + of_c * c
            + lookup * (leaf - (A::ONE - s.double()) * difference * self.beta)
    }
}
