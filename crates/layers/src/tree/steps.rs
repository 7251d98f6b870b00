//! The public schedule of steps: which row, which kind.

use super::Shape;

/// What is public about one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The step's index in the columns.
    pub(super) index: usize,
    /// The row that takes it.
    pub(super) row: usize,
    /// 0 for the first step of a row.
    pub(super) level: usize,
}

impl Shape {
    /// Lists the steps of all rows, in the order of their indices.
    pub(super) fn each_step(&self) -> impl Iterator<Item = Step> {
        let levels = self.levels();
        (0..self.rows()).flat_map(move |row| {
            (0..levels).map(move |level| Step {
                index: row.saturating_mul(levels).saturating_add(level),
                row,
                level,
            })
        })
    }

    pub(super) fn is_last(&self, step: &Step) -> bool {
        step.level == self.bounds().depth()
    }
}
