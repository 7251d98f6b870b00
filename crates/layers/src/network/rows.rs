//! The rows, as the integers that a network reads.
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
use crate::scored;
use assay_engine::field::EF;
use assay_engine::small::Columns;
use assay_model::Table;
use assay_model::ops::network::{Program, Shape};
use p3_field::PrimeCharacteristicRing;

/// Rows of integers, and their labels, as far as they are at hand.
#[derive(Clone, Debug)]
pub struct Rows {
    shape: Shape,
    /// `[row, feature]`; none of rows that only the prover has.
    values: Vec<i16>,
    labels: Vec<u16>,
    /// The rows themselves, if they are cells.
    #[cfg(feature = "prove")]
    table: Option<Table>,
}

impl Rows {
    /// Maps the rows of `table` as `program` says; `None` if it has other features or another number
    /// of labels.
    pub fn new(program: &Program, table: &Table, labels: &[u16]) -> Option<Self> {
        let rows = Self::of(program, scored::Rows::Public(table), labels)?;
        (labels.len() == table.rows()).then_some(rows)
    }

    /// The same of rows that may be cells, and of labels that nobody here may know.
    pub(super) fn of(program: &Program, rows: scored::Rows<'_>, labels: &[u16]) -> Option<Self> {
        let features = program.features();
        let mut values = Vec::new();
        if let Some(table) = rows.table() {
            if table.schema().features().len() != features {
                return None;
            }
            values.reserve(table.values().len());
            for row in table.values().chunks_exact(features) {
                let integers = row.iter().enumerate().map(|(i, &v)| program.input().apply(i, v));
                values.extend(integers);
            }
        }
        Some(Self {
            shape: program.tensor(0),
            values,
            labels: labels.to_vec(),
            #[cfg(feature = "prove")]
            table: match rows {
                scored::Rows::Public(_) => None,
                scored::Rows::Committed(table) => table.cloned(),
            },
        })
    }

    /// The rows themselves, if they are cells and at hand.
    #[cfg(feature = "prove")]
    pub(super) fn hidden(&self) -> Option<&Table> {
        self.table.as_ref()
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

    /// The weights of the features of a row, one after the other.
    pub(super) fn flat(&self, weights: &Weights) -> Vec<EF> {
        let [height, width, channels] = self.shape.sizes();
        let mut flat = Vec::with_capacity(self.shape.cells());
        let weight = |axis: &[EF], i: usize| axis.get(i).copied().unwrap_or_default();
        for y in 0..height {
            for x in 0..width {
                let place = weight(&weights.height, y) * weight(&weights.width, x);
                flat.extend((0..channels).map(|c| place * weight(&weights.channels, c)));
            }
        }
        flat
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
