//! The rows: as the data table of lookups, (row, feature, low, high) of every value, and as cells.
//!
//! Cells outside the rows and features get a tag that nothing looks up, so that their
//! multiplicities must be zero: a feature that does not exist has no value.

#[cfg(feature = "prove")]
mod prove;
mod verify;

use assay_engine::relations::{Row, Stride};
use assay_model::Table;

/// Bits of half a value.
const LIMB_LOG: usize = 16;

/// The values of a table, each row filled up to a power of two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entries<'a> {
    pub(crate) table: &'a Table,
    /// Binary logarithms of the number of rows, and of a row.
    pub(crate) logs: [usize; 2],
}

/// Sizes of rows that are cells: two columns hold the lower and upper halves of the values, row
/// after row, each row filled up to a power of two, the label as one more feature (upper half zero).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCells {
    /// Number of rows, at least 1.
    pub rows: usize,
    /// Number of features, without the label.
    pub features: usize,
}

impl RowCells {
    /// Smallest binary logarithm of the rows: a vector.
    pub(crate) const ROWS_LOG_MIN: usize = 4;

    /// Binary logarithm of the rows.
    pub fn rows_log(&self) -> usize {
        log_ceil(self.rows).max(Self::ROWS_LOG_MIN)
    }

    /// Binary logarithm of a row.
    pub fn row_log(&self) -> usize {
        log_ceil(self.features.saturating_add(1))
    }

    /// Binary logarithm of each column.
    pub fn log(&self) -> usize {
        self.rows_log().saturating_add(self.row_log())
    }

    /// Where the labels lie in the lower column.
    pub(crate) fn labels(&self) -> Row {
        let step = u32::try_from(self.row_log()).ok().and_then(|log| 1_usize.checked_shl(log));
        let step = step.unwrap_or_default();
        Row::Every(Stride { first: self.features, step, count: self.rows })
    }

    /// Both columns.
    #[cfg(feature = "prove")]
    pub fn columns(&self, table: &Table) -> [Vec<u32>; 2] {
        let stride = 1 << self.row_log();
        let mut columns = [vec![0; 1 << self.log()], vec![0; 1 << self.log()]];
        for (row, &label) in table.labels().iter().enumerate() {
            for (feature, value) in table.row(row).iter().enumerate() {
                let (at, code) = (row * stride + feature, value.get());
                columns[0][at] = code & 0xffff;
                columns[1][at] = code >> LIMB_LOG;
            }
            columns[0][row * stride + self.features] = u32::from(label);
        }
        columns
    }
}

/// ⌈log2 n⌉ for n ≥ 1.
pub(crate) fn log_ceil(n: usize) -> usize {
    let log = n.checked_next_power_of_two().map_or(usize::BITS, usize::trailing_zeros);
    usize::try_from(log).unwrap_or_default()
}
