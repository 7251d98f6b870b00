//! The weights as the prover's table.

use super::weights::{Axis, Weights};
use super::{Functional, Reading, Row};
use crate::cells::{Block, Layout};
use crate::field::{EF, F, PE, WIDTH};
use crate::mle;
use crate::packed::{self, GRAIN};
use crate::pads::{LIMBS, limbs};
use p3_field::{PackedFieldExtension, PrimeCharacteristicRing};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Weights of single cells, in any order; a cell that stands more than once weighs the sum.
type Single = Vec<(usize, EF)>;

/// Weights of a tensor's inner axes that are written down as one table.
const INNER: usize = 1024;

impl Functional {
    /// Returns W as a table over all cells.
    pub(crate) fn dense(&self, layout: &Layout) -> Vec<PE> {
        let mut table = vec![PE::ZERO; (1 << layout.variables()) / WIDTH];
        let mut single = Single::new();
        // Readings come sorted by point.
        for readings in self.readings.chunk_by(|a, b| a.point == b.point) {
            let Some(first) = readings.first() else { continue };
            match &self.points[first.point.0] {
                Weights::Point(point) => add_point(point, readings, &mut table, &mut single),
                Weights::Tensor(axes) => {
                    let (outer, inner) = split(axes);
                    for reading in readings {
                        let outer: Vec<EF> = outer.iter().map(|&w| w * reading.coeff).collect();
                        add_outer(&outer, &inner, reading.block, &mut table, &mut single);
                    }
                }
                Weights::Lanes { point, lanes } => {
                    let rows = eq_scalars(point);
                    let inner = padded(lanes);
                    for reading in readings {
                        let mut outer: Vec<EF> = rows.iter().map(|&w| w * reading.coeff).collect();
                        if reading.row == Row::Next {
                            outer.rotate_right(1);
                            outer[0] = EF::ZERO;
                        }
                        add_outer(&outer, &inner, reading.block, &mut table, &mut single);
                    }
                }
                Weights::Rows { point, count, cells } => {
                    let rows = eq_scalars(point);
                    for reading in readings {
                        let weights = rows.iter().take(*count).flat_map(|&row| {
                            let row = row * reading.coeff;
                            cells.iter().map(move |&cell| row * cell)
                        });
                        single.extend(reading.block.range().zip(weights));
                    }
                }
                Weights::Sparse(entries) => {
                    for reading in readings {
                        let cell = |i| reading.block.cell(i).at;
                        single.extend(entries.iter().map(|&(i, w)| (cell(i), reading.coeff * w)));
                    }
                }
            }
        }
        for (&address, &k) in &self.pads {
            let limbs = limbs().into_iter().enumerate().take(LIMBS);
            single.extend(limbs.map(|(t, limb)| (address + t, k * limb)));
        }
        add_single(&mut table, single);
        table
    }
}

fn add_point(point: &[EF], readings: &[Reading], table: &mut [PE], single: &mut Single) {
    let (sparse, full): (Vec<&Reading>, Vec<&Reading>) =
        readings.iter().partition(|r| 1 << point.len() < WIDTH || matches!(r.row, Row::Every(_)));
    let weights = if sparse.is_empty() { Vec::new() } else { eq_scalars(point) };
    for reading in sparse {
        let (first, step) = match reading.row {
            Row::Same => (0, 1),
            Row::Next => (1, 1),
            Row::After(log) => (1 << log, 1),
            Row::Every(stride) => (stride.first, stride.step),
        };
        let count = match reading.row {
            Row::Every(stride) => stride.count,
            _ => weights.len(),
        };
        let cells = reading.block.range().skip(first).step_by(step);
        let entries = cells.zip(&weights).take(count);
        single.extend(entries.map(|(cell, &weight)| (cell, reading.coeff * weight)));
    }
    if full.is_empty() {
        return;
    }
    let same = packed::eq_packed(point);
    let mut moved: BTreeMap<u8, Vec<PE>> = BTreeMap::new();
    for reading in full {
        let weights = match reading.row {
            Row::Next => moved.entry(0).or_insert_with(|| shifted(&same, 1)),
            Row::After(log) => moved.entry(log).or_insert_with(|| shifted(&same, 1 << log)),
            Row::Same | Row::Every(_) => &same,
        };
        let coeff = PE::from(reading.coeff);
        let range = reading.block.range();
        table[range.start / WIDTH..range.end / WIDTH]
            .par_iter_mut()
            .zip(weights.par_iter())
            .with_min_len(GRAIN)
            .for_each(|(out, &weight)| *out += coeff * weight);
    }
}

/// Moves every weight `by` rows on; the first rows get none.
fn shifted(weights: &[PE], by: usize) -> Vec<PE> {
    let mut scalars = packed::unpack(weights);
    scalars.rotate_right(by);
    scalars[..by].fill(EF::ZERO);
    packed::pack(&scalars)
}

/// Returns eq(point, ·) in scalars, by vectors where there is one to fill.
fn eq_scalars(point: &[EF]) -> Vec<EF> {
    if 1 << point.len() < WIDTH {
        return mle::eq_table(point);
    }
    packed::unpack(&packed::eq_packed(point))
}

/// The weights of an axis, zeros included.
fn padded(axis: &Axis) -> Vec<EF> {
    let mut weights = axis.weights.clone();
    weights.resize(1 << axis.log, EF::ZERO);
    weights
}

/// Writes a tensor as the product of two tables, the second one over the inner axes.
fn split(axes: &[Axis]) -> (Vec<EF>, Vec<EF>) {
    let product = |outer: &[EF], inner: &[EF]| -> Vec<EF> {
        outer.iter().flat_map(|&a| inner.iter().map(move |&b| a * b)).collect()
    };
    let mut inner = vec![EF::ONE];
    let mut rest = axes;
    while let Some((axis, before)) = rest.split_last()
        && inner.len() << axis.log <= INNER
    {
        inner = product(&padded(axis), &inner);
        rest = before;
    }
    let outer = rest.iter().fold(vec![EF::ONE], |outer, axis| product(&outer, &padded(axis)));
    (outer, inner)
}

/// Adds outer(i)·inner(j) to cell i·|inner| + j of `block`.
fn add_outer(outer: &[EF], inner: &[EF], block: Block, table: &mut [PE], single: &mut Single) {
    let range = block.range();
    debug_assert_eq!(range.len(), outer.len() * inner.len(), "a weight per cell");
    if range.len() < WIDTH {
        let weights = outer.iter().flat_map(|&a| inner.iter().map(move |&b| a * b));
        single.extend(range.zip(weights));
        return;
    }
    let out = &mut table[range.start / WIDTH..range.end / WIDTH];
    if inner.len() < WIDTH {
        // Several rows to a vector.
        let rows = WIDTH / inner.len();
        let tiled: Vec<EF> = inner.iter().copied().cycle().take(WIDTH).collect();
        let tiled = packed::pack(&tiled)[0];
        out.par_iter_mut().zip(outer.par_chunks_exact(rows)).with_min_len(GRAIN / 2).for_each(
            |(out, rows)| {
                let spread: [EF; WIDTH] = std::array::from_fn(|lane| rows[lane / inner.len()]);
                *out += tiled * <PE as PackedFieldExtension<F, EF>>::from_ext_slice(&spread);
            },
        );
        return;
    }
    let inner = packed::pack(inner);
    let grain = (GRAIN / inner.len()).max(1);
    out.par_chunks_exact_mut(inner.len()).zip(outer).with_min_len(grain).for_each(
        |(out, &weight)| {
            if weight == EF::ZERO {
                return;
            }
            let weight = PE::from(weight);
            out.iter_mut().zip(&inner).for_each(|(out, &inner)| *out += weight * inner);
        },
    );
}

fn add_single(table: &mut [PE], mut single: Single) {
    // Readings append rising runs, which a stable sort finds.
    single.sort_by_key(|&(cell, _)| cell);
    let mut lanes = [EF::ZERO; WIDTH];
    let mut at = None;
    for (cell, weight) in single {
        if at != Some(cell / WIDTH) {
            flush(table, at, &mut lanes);
            at = Some(cell / WIDTH);
        }
        lanes[cell % WIDTH] += weight;
    }
    flush(table, at, &mut lanes);
}

fn flush(table: &mut [PE], at: Option<usize>, lanes: &mut [EF; WIDTH]) {
    if let Some(at) = at {
        table[at] += packed::pack(lanes)[0];
        *lanes = [EF::ZERO; WIDTH];
    }
}
