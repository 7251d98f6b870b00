//! Where tables, and lookups that are not the steps', lie among the leaves of the second tree of
//! fractions.

use super::Shape;
use super::best::SIGN_BITS;
use super::shape::LIMB_LOG;
use crate::Answers;
use assay_engine::cells::Block;

/// Number of kinds.
const KINDS: usize = 18;

/// What a segment of leaves holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Kind {
    /// The table of slots.
    Slots,
    /// The table of slots with their values, as leaves.
    Leaves,
    /// Lookups of the slots' features, lower and upper halves of thresholds among the limbs.
    Features,
    Lows,
    Highs,
    /// The table of the rows' values.
    Data,
    /// The table of numbers below 2^16.
    Limbs,
    /// Lookups of ends among the leaves.
    Ends,
    /// Lookups of the distances' halves, and of 2^3 times the upper one, among the limbs.
    BehindLow,
    BehindHigh,
    BehindBound,
    /// The table of differences of classes, and lookups of those between answers and labels of
    /// hidden rows: there are none elsewhere.
    Equal,
    Right,
    /// Lookups of the lower halves of differences to the labels' sums among the limbs; the table of
    /// signs of upper halves, and lookups of these; the table of ranks, and lookups of these. There
    /// are none where labels are not compared with the best answers.
    AheadLow,
    Signs,
    AheadSign,
    Ranks,
    Hit,
}

/// Aligned segments, by falling size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segments {
    blocks: [Block; KINDS],
    end: usize,
}

impl Segments {
    pub(super) fn new(shape: &Shape) -> Self {
        let slots = shape.bounds().slots_log();
        let answers = shape.answers_log();
        // In the order of the kinds.
        let logs: [usize; KINDS] = [
            slots,
            slots,
            slots,
            slots,
            slots,
            shape.data_log(),
            LIMB_LOG,
            shape.pairs_log(),
            answers,
            answers,
            answers,
            shape.difference_bits(),
            shape.column_log(),
            answers,
            SIGN_BITS,
            answers,
            shape.rank_bits(),
            shape.column_log(),
        ];
        let more = match shape.kept().answers {
            Answers::OfRows => Kind::Equal as usize..Kind::AheadLow as usize,
            Answers::Best(_) => Kind::AheadLow as usize..KINDS,
            _ => 0..0,
        };
        let mut order: Vec<usize> = (0..Kind::Equal as usize).chain(more).collect();
        order.sort_by_key(|&kind| std::cmp::Reverse(logs[kind]));
        let mut blocks = [Block { at: 0, log: 0 }; KINDS];
        let mut at = 0;
        for kind in order {
            blocks[kind] = Block { at, log: logs[kind] };
            at += 1 << logs[kind];
        }
        Self { blocks, end: at }
    }

    /// Where a segment lies.
    pub(super) fn get(&self, kind: Kind) -> Block {
        self.blocks[kind as usize]
    }

    /// Binary logarithm of the leaves.
    pub(super) fn log(&self) -> usize {
        self.end.next_power_of_two().ilog2() as usize
    }
}
