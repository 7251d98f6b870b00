//! How much work training may be.

/// How large a table is. What a job asks for is weighed against it before anybody trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSize {
    /// Number of rows.
    pub rows: usize,
    /// Number of feature columns.
    pub features: usize,
    /// Number of classes.
    pub classes: usize,
}

/// Most units of work that training may take, whatever is trained: hours on one core, not days.
///
/// A unit is about a nanosecond: a multiplication of a network, a row that is looked at in a column.
pub const WORK_MAX: u64 = 1 << 44;

/// Most units of work for each row of a network; they are known without any table.
pub const ROW_WORK_MAX: u64 = 1 << 34;

/// Multiplies, and stops at the greatest number.
pub(super) fn product(factors: &[u64]) -> u64 {
    factors.iter().fold(1, |product, &factor| product.saturating_mul(factor))
}

/// Refuses more work than [`WORK_MAX`].
pub(super) fn within(work: u64) -> Result<u64, &'static str> {
    if work <= WORK_MAX { Ok(work) } else { Err("training takes at most 2^44 units of work") }
}
