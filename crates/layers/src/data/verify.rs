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

use super::{Entries, LIMB_LOG};
use crate::tuples::{Compression, Tag};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use p3_field::PrimeCharacteristicRing;

impl Entries<'_> {
    /// The denominators, extended to `point`.
    pub(crate) fn at(&self, compression: &Compression, point: &[EF]) -> EF {
        let [rows_log, _] = self.logs;
        let (row, feature) = point.split_at_checked(rows_log).unwrap_or_default();
        let (rows, features) = (mle::eq_table(row), mle::eq_table(feature));
        let width = self.table.schema().features().len();
        let [_, b1, b2, b3, b4, _] = compression.beta;

        let weigh = |table: &[EF], count: usize| {
            let (mut all, mut index) = (EF::ZERO, EF::ZERO);
            for (i, &eq) in table.iter().enumerate().take(count) {
                all += eq;
                index += eq * F::from_usize(i);
            }
            [all, index]
        };
        let [all_rows, row_index] = weigh(&rows, self.table.rows());
        let [all_features, feature_index] = weigh(&features, width);
        let mut cells = EF::ZERO;
        for (values, &eq) in self.table.values().chunks_exact(width).zip(&rows) {
            let (mut low, mut high) = (EF::ZERO, EF::ZERO);
            for (value, &eq) in values.iter().zip(&features) {
                low += eq * F::from_u32(value.get() & 0xffff);
                high += eq * F::from_u32(value.get() >> LIMB_LOG);
            }
            cells += eq * (b3 * low + b4 * high);
        }
        let nothing = Tag::Nothing.value() - Tag::Data.value();
        compression.base(Tag::Nothing) + nothing * all_rows * all_features
            - b1 * row_index * all_features
            - b2 * feature_index * all_rows
            - cells
    }
}
