//! The public sizes, and where the cells lie.

use crate::data::{RowCells, log_ceil};
use assay_engine::cells::Block;
use assay_engine::pads::BLIND_ROWS;
use assay_model::{ROWS_MAX, ops::tree::Bounds};

/// Columns with one cell per step.
pub(super) const COLUMNS: usize = 9;
/// Columns with one cell per slot.
pub(super) const SLOT_COLUMNS: usize = 5;
/// Bits of half a value.
pub(super) const LIMB_LOG: usize = 16;
/// Kinds of lookup per step: two ranges, the slot, the data.
pub(super) const LOOKUPS_LOG: usize = 2;

/// Sizes that follow from the bounds of the tree and the number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    bounds: Bounds,
    rows: usize,
    /// Bits of the distance between what is counted and what is asserted.
    slack: usize,
    /// Whether the rows are cells, with their labels as one more feature.
    is_committed: bool,
    /// Whether there is a column of answers.
    has_answers: bool,
}

impl Shape {
    /// Sizes for `rows` public rows, between 1 and [`ROWS_MAX`].
    pub fn new(bounds: Bounds, rows: usize) -> Result<Self, &'static str> {
        if (1..=ROWS_MAX).contains(&rows) {
            let slack = log_ceil(rows + 1);
            Ok(Self { bounds, rows, slack, is_committed: false, has_answers: false })
        } else {
            Err("a score needs between 1 and 2^24 rows")
        }
    }

    /// Sizes for `rows` rows that are cells themselves.
    pub fn committed(bounds: Bounds, rows: usize) -> Result<Self, &'static str> {
        Ok(Self { is_committed: true, ..Self::new(bounds, rows)? })
    }

    /// The same with so many bits of distance; as many as a count of the rows has, if nothing else is
    /// said.
    #[must_use]
    pub fn with_slack(self, slack: usize) -> Self {
        Self { slack, ..self }
    }

    /// The same with a column of answers, one cell per row.
    #[must_use]
    pub fn with_answers(self) -> Self {
        Self { has_answers: true, ..self }
    }

    /// Whether there is a column of answers.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    /// Whether the rows are cells.
    pub fn is_committed(&self) -> bool {
        self.is_committed
    }

    /// The declared bounds of the tree.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Steps of one row.
    pub(super) fn levels(&self) -> usize {
        self.bounds.depth() + 1
    }

    /// Steps of all rows.
    pub(super) fn steps(&self) -> usize {
        self.rows * self.levels()
    }

    /// Bits that hold any distance between what is counted and what is asserted.
    pub(super) fn slack(&self) -> usize {
        self.slack
    }

    /// Binary logarithm of a step column.
    pub fn steps_log(&self) -> usize {
        log_ceil(self.steps() + self.slack() + BLIND_ROWS)
    }

    /// Binary logarithm of a column with one cell per row.
    pub fn rows_log(&self) -> usize {
        log_ceil(self.rows).max(RowCells::ROWS_LOG_MIN)
    }

    /// Binary logarithm of a row in the data table.
    pub fn features_log(&self) -> usize {
        log_ceil(self.bounds.features() + usize::from(self.is_committed))
    }

    /// Binary logarithm of the data table.
    pub fn data_log(&self) -> usize {
        self.rows_log() + self.features_log()
    }

    /// Binary logarithm of each half of the big tree of fractions: lookups, and the data table.
    pub(super) fn big_half_log(&self) -> usize {
        (self.steps_log() + LOOKUPS_LOG).max(self.data_log())
    }

    /// Binary logarithm of each half of the small tree: numbers below 2^16, and the slots with
    /// their own lookups.
    pub(super) fn small_half_log(&self) -> usize {
        LIMB_LOG.max(self.bounds.slots_log() + 2)
    }

    pub(super) fn tree_logs(&self) -> [usize; 2] {
        [self.big_half_log() + 1, self.small_half_log() + 1]
    }
}

/// The cells of the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    pub(super) step: [Block; COLUMNS],
    pub(super) data_uses: Block,
    pub(super) limb_uses: Block,
    /// FEAT, TL, TH, LEFT of each slot.
    pub slots: [Block; 4],
    pub(super) slot_uses: Block,
    /// Lower and upper halves of the rows' values, if they are cells.
    pub data: Option<[Block; 2]>,
    /// The rows' answers, if they are cells of their own.
    pub answers: Option<Block>,
}

impl Columns {
    /// Takes the blocks that [`blocks`](crate::Sizes::blocks) asked for; the rest is returned.
    pub fn new<'b>(shape: &Shape, blocks: &'b [Block]) -> Option<(Self, &'b [Block])> {
        let (&step, rest) = blocks.split_first_chunk::<COLUMNS>()?;
        let (&[data_uses, limb_uses], rest) = rest.split_first_chunk::<2>()?;
        let (&[feat, low, high, left, slot_uses], rest) =
            rest.split_first_chunk::<SLOT_COLUMNS>()?;
        let slots = [feat, low, high, left];
        let (data, rest) = if shape.is_committed {
            let (&data, rest) = rest.split_first_chunk::<2>()?;
            (Some(data), rest)
        } else {
            (None, rest)
        };
        let (answers, rest) = match rest.split_first() {
            Some((&answers, rest)) if shape.has_answers => (Some(answers), rest),
            _ => (None, rest),
        };
        Some((Self { step, data_uses, limb_uses, slots, slot_uses, data, answers }, rest))
    }
}

/// Names of the step columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Column {
    Node,
    Feature,
    ThresholdLow,
    ThresholdHigh,
    Left,
    ValueLow,
    ValueHigh,
    Sign,
    Carry,
}

impl Column {
    /// Index among the step columns.
    pub(super) fn index(self) -> usize {
        self as usize
    }
}
