//! The weights as the prover's table.

use super::{Functional, Reading, Row};
use crate::cells::Layout;
use crate::field::{EF, PE, WIDTH};
use crate::mle;
use crate::packed::{self, GRAIN};
use crate::pads::{LIMBS, limbs};
use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Functional {
    /// Returns W as a table over all cells.
    pub(crate) fn dense(&self, layout: &Layout) -> Vec<PE> {
        let mut table = vec![PE::ZERO; (1 << layout.variables()) / WIDTH];
        let mut single = BTreeMap::new();
        for (i, point) in self.points.iter().enumerate() {
            if self.readings.iter().any(|reading| reading.point.0 == i) {
                self.add_point(i, point, &mut table, &mut single);
            }
        }
        for (&address, &k) in &self.pads {
            for (t, limb) in limbs().into_iter().enumerate().take(LIMBS) {
                *single.entry(address + t).or_insert(EF::ZERO) += k * limb;
            }
        }
        add_single(&mut table, &single);
        table
    }

    fn add_point(
        &self,
        id: usize,
        point: &[EF],
        table: &mut [PE],
        single: &mut BTreeMap<usize, EF>,
    ) {
        let readings = self.readings.iter().filter(|reading| reading.point.0 == id);
        let (sparse, full): (Vec<&Reading>, Vec<&Reading>) =
            readings.partition(|r| 1 << point.len() < WIDTH || matches!(r.row, Row::Every(_)));
        for reading in sparse {
            let (first, step) = match reading.row {
                Row::Same => (0, 1),
                Row::Next => (1, 1),
                Row::After(log) => (1 << log, 1),
                Row::Every(stride) => (stride.first, stride.step),
            };
            let weights = mle::eq_table(point);
            let count = match reading.row {
                Row::Every(stride) => stride.count,
                _ => weights.len(),
            };
            let cells = reading.block.range().skip(first).step_by(step);
            for (cell, &weight) in cells.zip(&weights).take(count) {
                *single.entry(cell).or_insert(EF::ZERO) += reading.coeff * weight;
            }
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
}

/// Moves every weight `by` rows on; the first rows get none.
fn shifted(weights: &[PE], by: usize) -> Vec<PE> {
    let mut scalars = packed::unpack(weights);
    scalars.rotate_right(by);
    scalars[..by].fill(EF::ZERO);
    packed::pack(&scalars)
}

fn add_single(table: &mut [PE], single: &BTreeMap<usize, EF>) {
    let mut lanes = [EF::ZERO; WIDTH];
    let mut at = None;
    for (&cell, &weight) in single {
        if at != Some(cell / WIDTH) {
            flush(table, at, &mut lanes);
            at = Some(cell / WIDTH);
        }
        lanes[cell % WIDTH] = weight;
    }
    flush(table, at, &mut lanes);
}

fn flush(table: &mut [PE], at: Option<usize>, lanes: &mut [EF; WIDTH]) {
    if let Some(at) = at {
        table[at] += packed::pack(lanes)[0];
        *lanes = [EF::ZERO; WIDTH];
    }
}
