//! The prover's half: the denominators as a table.

use super::{Entries, LIMB_LOG, RowCells};
use crate::tuples::{Compression, Tag};
use assay_engine::field::{EF, F, PE, PF, WIDTH};
use assay_engine::packed::{pack, pack_base, unpack};
use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Vectors that one thread takes at a time.
const GRAIN: usize = 512;

impl RowCells {
    /// Writes the denominators of rows that are cells, `low` and `high` the halves of their values.
    /// Cells that are no feature of a row get the tag that nothing looks up.
    pub(crate) fn denominators(
        &self,
        compression: &Compression,
        [low, high]: [&[F]; 2],
        out: &mut [PE],
    ) {
        let [low, high] = [low, high].map(pack_base);
        let [_, b1, b2, b3, b4, _] = compression.beta.map(PE::from);
        let alpha = PE::from(compression.alpha);
        let row_log = self.row_log();
        let at = |i: usize| (i >> row_log, i & ((1 << row_log) - 1));
        let tag = |i: usize| {
            let (row, feature) = at(i);
            let is_data = row < self.rows && feature < self.features;
            F::from_u8(if is_data { Tag::Data } else { Tag::Nothing } as u8)
        };
        out[..low.len()].par_iter_mut().enumerate().with_min_len(GRAIN).for_each(|(v, out)| {
            let index = |lane| v * WIDTH + lane;
            let tag = PF::from_fn(|lane| tag(index(lane)));
            let row = PF::from_fn(|lane| F::from_usize(at(index(lane)).0));
            let feature = PF::from_fn(|lane| F::from_usize(at(index(lane)).1));
            *out = alpha - tag - b1 * row - b2 * feature - b3 * low[v] - b4 * high[v];
        });
    }
}

impl Entries<'_> {
    /// Writes the denominators of all entries.
    pub(crate) fn denominators(&self, compression: &Compression, entries: &mut [PE]) {
        let nothing = PE::from(compression.base(Tag::Nothing));
        let data = compression.base(Tag::Data);
        let [_, b1, b2, b3, b4, _] = compression.beta;
        let width = self.table.schema().features().len();
        let stride = 1_usize << self.logs[1];
        if stride.is_multiple_of(WIDTH) {
            let (b3, b4) = (PE::from(b3), PE::from(b4));
            let columns: Vec<PE> =
                pack(&(0..stride).map(|f| b2 * F::from_usize(f)).collect::<Vec<_>>());
            entries.par_chunks_mut(stride / WIDTH).enumerate().with_min_len(64).for_each(
                |(row, out)| {
                    if row >= self.table.rows() {
                        return out.fill(nothing);
                    }
                    let values = self.table.row(row);
                    let base = PE::from(data - b1 * F::from_usize(row));
                    for (v, out) in out.iter_mut().enumerate() {
                        let code = |lane: usize| {
                            values.get(v * WIDTH + lane).map_or(0, |value| value.get())
                        };
                        let low = PF::from_fn(|lane| F::from_u32(code(lane) & 0xffff));
                        let high = PF::from_fn(|lane| F::from_u32(code(lane) >> LIMB_LOG));
                        *out = base - columns[v] - b3 * low - b4 * high;
                    }
                    clear_tail(out, width, compression.base(Tag::Nothing));
                },
            );
        } else {
            let scalars: Vec<EF> = (0..entries.len() * WIDTH)
                .map(|i| {
                    let (row, feature) = (i / stride, i % stride);
                    if row >= self.table.rows() || feature >= width {
                        return compression.base(Tag::Nothing);
                    }
                    let code = self.table.row(row)[feature].get();
                    data - b1 * F::from_usize(row)
                        - b2 * F::from_usize(feature)
                        - b3 * F::from_u32(code & 0xffff)
                        - b4 * F::from_u32(code >> LIMB_LOG)
                })
                .collect();
            entries.copy_from_slice(&pack(&scalars));
        }
    }
}

/// Sets the scalars behind the first `width` of a row to `value`.
fn clear_tail(row: &mut [PE], width: usize, value: EF) {
    let Some(vector) = row.get_mut(width / WIDTH) else { return };
    if !width.is_multiple_of(WIDTH) {
        let mut scalars = unpack(&[*vector]);
        scalars[width % WIDTH..].fill(value);
        *vector = pack(&scalars)[0];
    } else {
        *vector = PE::from(value);
    }
    row[width / WIDTH + 1..].fill(PE::from(value));
}
