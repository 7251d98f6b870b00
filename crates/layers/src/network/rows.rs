//! The public rows, as the integers that a network reads.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::weights::Weights;
use assay_engine::field::EF;
use assay_engine::small::Columns;
use assay_model::Table;
use assay_model::ops::network::{Program, Shape};
use p3_field::PrimeCharacteristicRing;

/// Rows of integers, and their labels.
#[derive(Clone, Debug)]
pub struct Rows {
    shape: Shape,
    /// `[row, feature]`.
    values: Vec<i16>,
    labels: Vec<u16>,
}

impl Rows {
    /// Maps the rows of `table` as `program` says; `None` if it has other features or another number
    /// of labels.
    pub fn new(program: &Program, table: &Table, labels: &[u16]) -> Option<Self> {
        let features = program.features();
        if table.schema().features().len() != features || labels.len() != table.rows() {
            return None;
        }
        let mut values = Vec::with_capacity(table.values().len());
        for row in table.values().chunks_exact(features) {
            let integers = row.iter().enumerate().map(|(i, &v)| program.input().apply(i, v));
            values.extend(integers);
        }
        Some(Self { shape: program.tensor(0), values, labels: labels.to_vec() })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All integers, `[row, feature]`.
    pub fn values(&self) -> &[i16] {
        &self.values
    }

    /// The class index of each row.
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// Σ_n rows(n)·x(n, i) for each feature i.
    pub(super) fn folded(&self, rows: &[EF]) -> Vec<EF> {
        let features = self.shape.cells().max(1);
        let mut columns = Columns::new(features);
        for (values, &row) in self.values.chunks_exact(features).zip(rows) {
            columns.add(row, values.iter().map(|&value| i32::from(value)));
        }
        columns.finish()
    }

    /// Σ weights·folded over the features.
    pub(super) fn weigh(&self, folded: &[EF], weights: &Weights) -> EF {
        let [_, width, channels] = self.shape.sizes();
        let rows = folded.chunks_exact(width.saturating_mul(channels).max(1));
        let mut sum = EF::ZERO;
        for (row, &outer) in rows.zip(&weights.height) {
            for (place, &middle) in row.chunks_exact(channels.max(1)).zip(&weights.width) {
                let inner: EF = place.iter().zip(&weights.channels).map(|(&x, &w)| x * w).sum();
                sum += outer * middle * inner;
            }
        }
        sum
    }
}
