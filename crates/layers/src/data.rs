//! The data table of lookups, where rows are public: (row, feature, low, high) of every value.
//!
//! Cells outside the rows and features get a tag that nothing looks up, so that their
//! multiplicities must be zero: a feature that does not exist has no value.

#[cfg(feature = "prove")]
mod prove;
mod verify;

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
