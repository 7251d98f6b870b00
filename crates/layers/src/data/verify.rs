//! The verifier's half: the denominators' multilinear extension.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Entries, LIMB_LOG, RowCells};
use crate::schedule::{Digits, eq};
use crate::tuples::{Compression, Tag};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::small::Columns;
use p3_field::PrimeCharacteristicRing;

impl RowCells {
    /// The denominators of rows that are cells, extended to `point`, without the values themselves.
    /// Cells that are no feature of a row get the tag that nothing looks up.
    pub(crate) fn denominators_at(&self, compression: &Compression, point: &[EF]) -> EF {
        let (row, feature) = point.split_at_checked(self.rows_log()).unwrap_or_default();
        let [_, b1, b2, ..] = compression.beta;
        let real = mle::prefix(row, self.rows) * mle::prefix(feature, self.features);
        compression.base(Tag::Nothing) + (Tag::Nothing.value() - Tag::Data.value()) * real
            - (b1 * mle::index(row) + b2 * mle::index(feature))
    }
}

impl Entries<'_> {
    /// The denominators, extended to `point`.
    pub(crate) fn at(&self, compression: &Compression, point: &[EF]) -> EF {
        let [rows_log, _] = self.logs;
        let (row, feature) = point.split_at_checked(rows_log).unwrap_or_default();
        let (rows, features) = (mle::eq_table(row), mle::eq_table(feature));
        let (count, width) = (self.table.rows(), self.table.schema().features().len());
        let [_, b1, b2, b3, b4, _] = compression.beta;

        // Lower halves of the values, then upper ones.
        let mut columns = Columns::new(width.saturating_mul(2));
        for (values, &weight) in self.table.values().chunks_exact(width).zip(&rows) {
            let low = values.iter().map(|value| (value.get() & 0xffff).cast_signed());
            let high = values.iter().map(|value| (value.get() >> LIMB_LOG).cast_signed());
            columns.add(weight, low.chain(high));
        }
        let columns = columns.finish();
        let (low, high) = columns.split_at_checked(width).unwrap_or_default();
        let (mut all_features, mut feature_index, mut cells) = (EF::ZERO, EF::ZERO, EF::ZERO);
        for (i, ((&low, &high), &weight)) in low.iter().zip(high).zip(&features).enumerate() {
            all_features += weight;
            feature_index += weight * F::from_usize(i);
            cells += weight * (b3 * low + b4 * high);
        }
        let every = Digits::new(&eq(row), 1, count);
        let (row_index, all_rows) = (every.quotients(), mle::prefix(row, count));
        let nothing = Tag::Nothing.value() - Tag::Data.value();
        compression.base(Tag::Nothing) + nothing * all_rows * all_features
            - b1 * row_index * all_features
            - b2 * feature_index * all_rows
            - cells
    }
}
