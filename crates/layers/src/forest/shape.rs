//! The public sizes, and where the cells lie.

use super::best::SIGN_BITS;
use super::segments::Segments;
use crate::data::{RowCells, log_ceil};
use crate::{Answers, Kept};
use assay_engine::cells::Block;
use assay_engine::pads::BLIND_ROWS;
use assay_model::{ROWS_MAX, ops::forest::Bounds};

/// Columns with one cell per step.
pub(super) const COLUMNS: usize = 9;
/// Bits of half a value.
pub(super) const LIMB_LOG: usize = 16;
/// Kinds of lookup per step: two ranges, the slot, the data.
pub(super) const LOOKUPS_LOG: usize = 2;

/// Sizes that follow from the bounds of the forest and the number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    bounds: Bounds,
    rows: usize,
    /// Bits of the distance between what is counted and what is asserted.
    slack: usize,
    /// Which of rows and answers are cells.
    kept: Kept,
}

impl Shape {
    /// Sizes for `rows` public rows, between 1 and [`ROWS_MAX`].
    pub fn new(bounds: Bounds, rows: usize) -> Result<Self, &'static str> {
        match (1..=ROWS_MAX).contains(&rows) {
            true => Ok(Self { bounds, rows, slack: log_ceil(rows + 1), kept: Kept::default() }),
            false => Err("a score needs between 1 and 2^24 rows"),
        }
    }

    /// The declared bounds of the forest.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Pairs of a row and a tree.
    pub(super) fn pairs(&self) -> usize {
        self.rows * self.bounds.trees()
    }

    /// Binary logarithm of a column of ends.
    pub(super) fn pairs_log(&self) -> usize {
        log_ceil(self.pairs())
    }

    /// Steps of all rows in all trees.
    pub(super) fn steps(&self) -> usize {
        self.pairs() * self.bounds.depth()
    }

    /// Binary logarithm of a step column.
    pub fn steps_log(&self) -> usize {
        log_ceil(self.steps() + BLIND_ROWS)
    }

    /// The same with so many bits of distance; as many as a count of the rows has, if nothing else is
    /// said.
    #[must_use]
    pub fn with_slack(self, slack: usize) -> Self {
        Self { slack, ..self }
    }

    /// The same with rows and answers that are cells.
    #[must_use]
    pub fn with_kept(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// Which of rows and answers are cells.
    pub(super) fn kept(&self) -> Kept {
        self.kept
    }

    /// The cells of rows that are cells.
    pub(super) fn hidden(&self) -> Option<RowCells> {
        let (rows, features) = (self.rows, self.bounds.features());
        self.kept.rows.then_some(RowCells { rows, features })
    }

    /// Binary logarithm of a column of answers.
    pub(super) fn column_log(&self) -> usize {
        log_ceil(self.rows).max(RowCells::ROWS_LOG_MIN)
    }

    /// Bits of the differences of two classes, with their signs.
    pub(super) fn difference_bits(&self) -> usize {
        log_ceil(self.bounds.classes()) + 1
    }

    /// Bits of a rank.
    pub(super) fn rank_bits(&self) -> usize {
        log_ceil(self.bounds.classes() + 1)
    }

    /// How many answers are the best, if labels are compared with them.
    pub(super) fn best(&self) -> Option<u16> {
        match self.kept.answers {
            Answers::Best(best) => Some(best),
            _ => None,
        }
    }

    /// Bits that hold any distance between what is counted and what is asserted.
    pub(super) fn slack(&self) -> usize {
        self.slack
    }

    /// Binary logarithm of the rows of a class; the bits of the distance fill one of them.
    pub(super) fn rows_log(&self) -> usize {
        log_ceil(self.rows).max(log_ceil(self.slack)).max(RowCells::ROWS_LOG_MIN)
    }

    /// Binary logarithm of a row in the data table.
    pub(super) fn features_log(&self) -> usize {
        self.hidden().map_or_else(|| log_ceil(self.bounds.features()), |cells| cells.row_log())
    }

    /// Binary logarithm of the data table.
    pub(super) fn data_log(&self) -> usize {
        self.hidden().map_or_else(|| self.rows_log() + self.features_log(), |cells| cells.log())
    }

    /// Binary logarithm of the classes, and of the bits behind them.
    pub(super) fn classes_log(&self) -> usize {
        log_ceil(self.bounds.classes() + 1)
    }

    /// Binary logarithm of the answers, class by class.
    pub(super) fn answers_log(&self) -> usize {
        self.classes_log() + self.rows_log()
    }

    /// Binary logarithm of the values of all slots, the width filled up to a power of two.
    pub fn values_log(&self) -> usize {
        log_ceil(self.bounds.width()) + self.bounds.slots_log()
    }

    /// Binary logarithms of the two trees of fractions: the steps' lookups, and everything else.
    pub(super) fn tree_logs(&self) -> [usize; 2] {
        [self.steps_log() + LOOKUPS_LOG, Segments::new(self).log()]
    }

    /// Binary logarithms of the blocks that the layer asks for, in the order in which
    /// [`Columns::new`] takes them.
    pub fn blocks(&self) -> Vec<usize> {
        let slots = self.bounds.slots_log();
        let mut logs = vec![self.steps_log(); COLUMNS];
        logs.extend([slots; 4]);
        logs.push(self.values_log());
        logs.extend([slots; 2]);
        logs.extend([self.data_log(), LIMB_LOG]);
        logs.extend([self.answers_log(); 3]);
        logs.push(self.rows_log());
        logs.push(self.pairs_log());
        logs.extend(vec![self.pairs_log(); self.bounds.width()]);
        if self.kept.rows {
            logs.extend([self.data_log(); 2]);
        }
        match self.kept.answers {
            Answers::Labels | Answers::Hidden => (),
            Answers::Column => logs.push(self.column_log()),
            Answers::Best(_) => {
                logs.extend([self.answers_log(); 3]);
                logs.extend([self.column_log(), SIGN_BITS, self.rank_bits()]);
            }
            Answers::OfRows => {
                logs.extend([self.column_log(), self.column_log(), self.difference_bits()]);
            }
        }
        logs
    }
}

/// The cells of the layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub(super) step: [Block; COLUMNS],
    /// FEAT, TL, TH, LEFT of each slot.
    pub slots: [Block; 4],
    /// The values of the slots, shape `[value, slot]`, the width filled up to a power of two.
    pub values: Block,
    pub(super) slot_uses: Block,
    pub(super) leaf_uses: Block,
    pub(super) data_uses: Block,
    pub(super) limb_uses: Block,
    /// 1 for the answer, shape `[class, row]`.
    pub(super) is: Block,
    /// Lower and upper half of the distance to the answer.
    pub(super) behind: [Block; 2],
    /// The sum of the answer.
    pub(super) top: Block,
    /// The slot in which a row ends.
    pub(super) end: Block,
    /// Its values.
    pub(super) votes: Vec<Block>,
    /// Lower and upper halves of the rows' values, if they are cells.
    pub data: Option<[Block; 2]>,
    /// The rows' answers, if they are cells of their own.
    pub answers: Option<Block>,
    /// Whether the answer is the label, if that is a cell, and how often each difference occurs.
    pub(super) right: Option<[Block; 2]>,
    /// What is said of the labels' ranks, if they are compared with the best answers.
    pub(super) best: Option<BestColumns>,
}

/// The cells of labels among the best answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BestColumns {
    /// Halves of the differences to the label's sum, shape `[class, row]`.
    pub(super) low: Block,
    pub(super) high: Block,
    /// Which classes are ahead, shape `[class, row]`.
    pub(super) ahead: Block,
    /// Whether the label is among the best.
    pub(super) hit: Block,
    /// How often each sign, and each rank, is looked up.
    pub(super) sign_uses: Block,
    pub(super) rank_uses: Block,
}

impl Columns {
    /// Takes the blocks that [`Shape::blocks`] asked for; the rest is returned.
    pub fn new<'b>(shape: &Shape, blocks: &'b [Block]) -> Option<(Self, &'b [Block])> {
        let (&step, rest) = blocks.split_first_chunk::<COLUMNS>()?;
        let (&slots, rest) = rest.split_first_chunk::<4>()?;
        let (&[values, slot_uses, leaf_uses, data_uses, limb_uses], rest) =
            rest.split_first_chunk::<5>()?;
        let (&[is, low, high, top, end], rest) = rest.split_first_chunk::<5>()?;
        let (votes, rest) = rest.split_at_checked(shape.bounds().width())?;
        let (votes, behind) = (votes.to_vec(), [low, high]);
        let (data, rest) = if shape.kept.rows {
            let (&data, rest) = rest.split_first_chunk::<2>()?;
            (Some(data), rest)
        } else {
            (None, rest)
        };
        let mut best = None;
        let (answers, right, rest) = match (shape.kept.answers, rest) {
            (Answers::Column, &[answers, ref rest @ ..]) => (Some(answers), None, rest),
            (Answers::OfRows, &[answers, right, uses, ref rest @ ..]) => {
                (Some(answers), Some([right, uses]), rest)
            }
            (Answers::Best(_), &[low, high, ahead, hit, sign_uses, rank_uses, ref rest @ ..]) => {
                best = Some(BestColumns { low, high, ahead, hit, sign_uses, rank_uses });
                (None, None, rest)
            }
            (Answers::Labels | Answers::Hidden, rest) => (None, None, rest),
            _ => return None,
        };
        let columns = Self {
            step,
            slots,
            values,
            slot_uses,
            leaf_uses,
            data_uses,
            limb_uses,
            is,
            behind,
            top,
            end,
            votes,
            data,
            answers,
            right,
            best,
        };
        Some((columns, rest))
    }
}

/// Part `index` of a block whose parts have `2^log` cells.
pub(super) fn part(block: Block, index: usize, log: usize) -> Block {
    Block { at: block.at + (index << log), log }
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
