//! The public sizes: which cells there are, and what is looked up where. Programs come from provers, and
//! a verifier plans with them.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::best::BestPlan;
use super::kept::{AnswersPlan, RowsPlan};
use super::tables::{Table, half};
use super::weights::Logs;
use crate::data::log_ceil;
use crate::{Answers, Kept};
use assay_engine::cells::Block;
use assay_engine::poseidon2::HALF;
use assay_model::ROWS_MAX;
use assay_model::ops::network::{Map, Node, Program, Shape, Term, Window};

/// Fewest cells of a column, as a binary logarithm: a vector.
const COLUMN_LOG_MIN: usize = 4;
/// Bits of the numbers that answer and count are checked with.
pub(super) const LIMB_BITS: usize = 16;
/// Fewest bits of the distance: as many as 2^24 rows need.
const SLACK_MIN: usize = 24;
/// Most bits of quotient and remainder together: no two such numbers are one modulo p.
const SUM_BITS_MAX: usize = 30;
/// Most bits of the table of differences.
const DIFFERENCE_BITS_MAX: usize = 20;
/// Most taps of all maxima, each of which is a column: a few bytes may ask for 2^28.
const MAXIMA_MAX: usize = 1 << 12;
/// Most maxima that read one another: a verifier reads through all of them at once.
const NESTED_MAX: usize = 16;
/// Most pairs of an output and a tap of all windows: a verifier walks along every one of them.
const WALK_MAX: usize = 1 << 22;
/// Most rows times terms and taps of maxima: a verifier keeps a weight for each row where one is read.
const READ_MAX: usize = 1 << 24;

/// Why a program has no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// No rows, or too many.
    #[error("a score needs between 1 and 2^24 rows")]
    Rows,
    /// A number would have two quotients modulo p.
    #[error("node {node}: quotient and remainder have more than {SUM_BITS_MAX} bits together")]
    SumBits {
        /// The unit.
        node: usize,
    },
    /// The scores are too far apart.
    #[error("two scores may differ by 2^{LIMB_BITS} or more")]
    Scores,
    /// A maximum over numbers too far apart.
    #[error(
        "node {node}: a maximum over numbers that may differ by 2^{DIFFERENCE_BITS_MAX} or more"
    )]
    Differences {
        /// The maximum.
        node: usize,
    },
    /// The table of what hidden values become is too long.
    #[error("hidden rows of this network would need too long a table of integers")]
    Input,
    /// Labels of rows that are public cannot be cells.
    #[error("labels are those of hidden rows only if the rows are hidden")]
    Labels,
    /// The maxima have too many taps.
    #[error("the maxima up to node {node} have more than {MAXIMA_MAX} taps")]
    Taps {
        /// The maximum.
        node: usize,
    },
    /// Too much is read of too many rows.
    #[error("the rows, times terms and taps up to node {node}, are more than {READ_MAX}")]
    Readings {
        /// The node.
        node: usize,
    },
    /// A maximum of maxima of maxima.
    #[error("node {node}: more than {NESTED_MAX} maxima read one another")]
    Nested {
        /// The maximum.
        node: usize,
    },
    /// The windows are too large.
    #[error("the windows up to node {node} have more than {WALK_MAX} pairs of outputs and taps")]
    Windows {
        /// The node.
        node: usize,
    },
}

/// Everything that follows from a program and a number of rows.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) program: Program,
    pub(super) rows: usize,
    /// Bits of the distance, of which 16 are the lower limb's.
    pub(super) slack: usize,
    pub(super) nodes: Vec<NodePlan>,
    pub(super) tables: Vec<Table>,
    /// The blocks of the tables' multiplicities.
    pub(super) uses: Vec<usize>,
    pub(super) answer: AnswerPlan,
    /// What is a cell beside the parameters.
    pub(super) kept: Kept,
    pub(super) hidden: Option<RowsPlan>,
    pub(super) answers: Option<AnswersPlan>,
    pub(super) best: Option<BestPlan>,
    /// The blocks of the parameters.
    pub(super) parameters: Vec<usize>,
    pub(super) lookups: Vec<Lookup>,
    /// Binary logarithms of both trees of fractions.
    pub(super) trees: [usize; 2],
    logs: Vec<usize>,
}

/// The blocks of a node's cells, by their position among the layer's blocks.
#[derive(Clone, Debug)]
pub(super) struct NodePlan {
    /// The padded axes of what it makes.
    pub(super) axes: Logs,
    /// No number of it is below this; not above zero.
    pub(super) low: i32,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Unit {
        quotient: usize,
        /// Limbs of the remainder, the lowest first, with their bits.
        remainder: Vec<(usize, usize)>,
        /// The map's values; the quotient itself stands for them if there are none.
        value: Option<usize>,
        bits: usize,
    },
    Max {
        /// The taps that read anything: along height and width.
        taps: Vec<[u32; 2]>,
        /// By how much each maximum so far exceeds the next tap, or 0.
        excess: Vec<usize>,
        /// Of the differences' table.
        bits: usize,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerPlan {
    /// Padded axes of the marks.
    pub(super) axes: Logs,
    /// One for the row's class, else zero.
    pub(super) marks: usize,
    /// The greatest score of each row.
    pub(super) top: usize,
    pub(super) top_log: usize,
    /// Limbs of the distance between count and threshold.
    pub(super) distance: usize,
}

/// `2^log` neighbouring leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup {
    pub(super) what: What,
    pub(super) table: usize,
    pub(super) log: usize,
    /// Which tree, and the first leaf.
    pub(super) tree: usize,
    pub(super) at: usize,
}

/// What is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// The cells of a block.
    Column(usize),
    /// The cells of a block, and the values of another.
    Mapped(usize, usize),
    /// The difference of the maximum so far and a tap, and the excess.
    Difference { node: usize, step: usize },
    /// How far each score is below the greatest.
    Margin,
    /// A hidden value's halves, and what they become.
    Feature,
    /// The difference of answer and label, and whether there is none.
    Right,
    /// How far a class is ahead of the label, and whether it is.
    Ahead,
    /// The label's rank, and whether it is among the best.
    Rank,
    /// The entries of the table themselves.
    Entries,
}

/// Collects blocks and lookups.
#[derive(Default)]
pub(super) struct Draft {
    logs: Vec<usize>,
    tables: Vec<Table>,
    lookups: Vec<Lookup>,
    /// Taps of all maxima so far.
    taps: usize,
    /// How many maxima each tensor is read through, the input first.
    nested: Vec<usize>,
    /// Pairs of an output and a tap of all windows so far.
    walk: usize,
    /// Terms of all units so far.
    terms: usize,
}

impl Draft {
    pub(super) fn block(&mut self, log: usize) -> usize {
        let index = self.logs.len();
        self.logs.push(log);
        index
    }

    pub(super) fn look_up(&mut self, what: What, table: Table, log: usize) {
        let known = self.tables.iter().position(|known| *known == table);
        let table = known.unwrap_or_else(|| {
            self.tables.push(table);
            self.tables.len().saturating_sub(1)
        });
        self.lookups.push(Lookup { what, table, log, tree: 0, at: 0 });
    }

    /// Places the lookups in two trees, as full as they get; returns their logarithms.
    fn place(&mut self) -> [usize; 2] {
        self.lookups.sort_by_key(|lookup| std::cmp::Reverse(lookup.log));
        let sizes = self.lookups.iter().map(|lookup| power(lookup.log));
        let total = sizes.fold(0_usize, usize::saturating_add);
        // Large lookups come first, so the first tree is filled to the last leaf.
        let first_log = log_floor(total);
        let first = power(first_log);
        let mut at = 0_usize;
        for lookup in &mut self.lookups {
            (lookup.tree, lookup.at) = match at.checked_sub(first) {
                None => (0, at),
                Some(behind) => (1, behind),
            };
            at = at.saturating_add(power(lookup.log));
        }
        [first_log, log_ceil(total.saturating_sub(first)).max(COLUMN_LOG_MIN)]
    }
}

impl Plan {
    /// Sizes for `rows` rows, of which a number is asserted.
    pub fn new(program: &Program, rows: usize) -> Result<Self, Unsupported> {
        Self::with(program, rows, 0, Kept::default())
    }

    /// Sizes for `rows` rows and so many bits of distance between what is counted and what is
    /// asserted, or 24 if they are more; `kept` says which of rows and answers are cells.
    pub fn with(
        program: &Program,
        rows: usize,
        slack: usize,
        kept: Kept,
    ) -> Result<Self, Unsupported> {
        if !(1..=ROWS_MAX).contains(&rows) {
            return Err(Unsupported::Rows);
        }
        let mut draft = Draft { nested: vec![0], ..Draft::default() };
        let input = program.input();
        let mut ranges = vec![hull(input.low.into(), input.high.into())];
        let mut nodes = Vec::with_capacity(program.nodes().len());
        for (index, node) in program.nodes().iter().enumerate() {
            let (plan, range) = draft.node(program, rows, index, node, &ranges)?;
            if READ_MAX < draft.terms.saturating_add(draft.taps).saturating_mul(rows) {
                return Err(Unsupported::Readings { node: index });
            }
            nodes.push(plan);
            ranges.push(range);
        }
        let (low, high) = ranges.last().copied().unwrap_or_default();
        if high.saturating_sub(low) >= 1 << LIMB_BITS {
            return Err(Unsupported::Scores);
        }
        let answer = draft.answer(program, rows);
        let hidden = if kept.rows {
            Some(draft.rows(program, rows).ok_or(Unsupported::Input)?)
        } else {
            None
        };
        let answers = match kept.answers {
            Answers::OfRows if !kept.rows => return Err(Unsupported::Labels),
            Answers::OfRows => Some(draft.answers(program, rows, true)),
            Answers::Column => Some(draft.answers(program, rows, false)),
            Answers::Labels | Answers::Best(_) | Answers::Hidden => None,
        };
        let scores = (program.classes(), &answer.axes);
        let best = match kept.answers {
            Answers::Best(best) => Some(draft.best(best, rows, scores)),
            _ => None,
        };
        let uses = draft.uses();
        let trees = draft.place();
        let parameters = parameter_logs(program).into_iter().map(|log| draft.block(log)).collect();
        let Draft { logs, tables, lookups, .. } = draft;
        let (program, slack) = (program.clone(), slack.clamp(SLACK_MIN, 2 * LIMB_BITS));
        Ok(Self {
            program,
            rows,
            slack,
            nodes,
            tables,
            uses,
            answer,
            kept,
            hidden,
            answers,
            best,
            parameters,
            lookups,
            trees,
            logs,
        })
    }

    /// Binary logarithms of the blocks that the layer asks for, in the order in which
    /// [`Columns::new`] takes them.
    pub fn blocks(&self) -> &[usize] {
        &self.logs
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Binary logarithms of the blocks of the parameters.
    pub fn parameter_logs(&self) -> Vec<usize> {
        parameter_logs(&self.program)
    }

    /// Binary logarithm of the padded rows.
    pub(super) fn rows_log(&self) -> usize {
        log_ceil(self.rows)
    }

    /// The real sizes of tensor `index`, rows first.
    pub(super) fn sizes(&self, index: usize) -> [usize; 4] {
        let [height, width, channels] = self.program.tensor(index).sizes();
        [self.rows, height, width, channels]
    }

    /// The padded axes of tensor `index`.
    pub(super) fn axes(&self, index: usize) -> Logs {
        axes(self.rows, self.program.tensor(index))
    }
}

impl Draft {
    fn node(
        &mut self,
        program: &Program,
        rows: usize,
        index: usize,
        node: &Node,
        ranges: &[(i32, i32)],
    ) -> Result<(NodePlan, (i32, i32)), Unsupported> {
        let axes = axes(rows, node.shape());
        let log = sum(&axes);
        self.walk =
            self.walk.saturating_add(windows(node).map(pairs).fold(0, usize::saturating_add));
        if WALK_MAX < self.walk {
            return Err(Unsupported::Windows { node: index });
        }
        match node {
            Node::Unit { terms, shift, quotient_bits, map, .. } => {
                self.nested.push(0);
                self.terms = self.terms.saturating_add(terms.len());
                let (shift, bits) = (usize::from(*shift), usize::from(*quotient_bits));
                if SUM_BITS_MAX < shift.saturating_add(bits) {
                    return Err(Unsupported::SumBits { node: index });
                }
                let quotient = self.block(log);
                let limbs = [shift.min(LIMB_BITS), shift.saturating_sub(LIMB_BITS)];
                let remainder: Vec<_> = limbs
                    .into_iter()
                    .filter(|&bits| bits != 0)
                    .map(|bits| (self.block(log), bits))
                    .collect();
                for &(block, bits) in &remainder {
                    self.look_up(What::Column(block), Table::Range { bits }, log);
                }
                let half = i32::try_from(half(bits)).unwrap_or(i32::MAX);
                let (value, range) = match program.maps().get(*map) {
                    None | Some(Map::Identity) => {
                        self.look_up(What::Column(quotient), Table::Range { bits }, log);
                        (None, (half.saturating_neg(), half.saturating_sub(1)))
                    }
                    Some(values) => {
                        let value = self.block(log);
                        let what = What::Mapped(quotient, value);
                        self.look_up(what, Table::Map { bits, map: *map }, log);
                        let values = values.values(*quotient_bits);
                        let ends = (values.iter().min(), values.iter().max());
                        let end = |value: Option<&i16>| value.copied().unwrap_or_default().into();
                        (Some(value), (end(ends.0), end(ends.1)))
                    }
                };
                let range = hull(range.0, range.1);
                let kind = Kind::Unit { quotient, remainder, value, bits };
                Ok((NodePlan { axes, low: range.0, kind }, range))
            }
            Node::Max { from, rows: vertical, columns, .. } => {
                let range @ (low, high) = ranges.get(*from).copied().unwrap_or_default();
                let spread = usize::try_from(high.saturating_sub(low)).unwrap_or_default();
                let bits = log_ceil(spread.saturating_add(1)).saturating_add(1);
                if DIFFERENCE_BITS_MAX < bits {
                    return Err(Unsupported::Differences { node: index });
                }
                let nested = self.nested.get(*from).map_or(1, |nested| nested.saturating_add(1));
                if NESTED_MAX < nested {
                    return Err(Unsupported::Nested { node: index });
                }
                self.nested.push(nested);
                let taps = self.taps(program.tensor(*from), vertical, columns);
                let taps = taps.ok_or(Unsupported::Taps { node: index })?;
                let excess: Vec<_> = taps.iter().skip(1).map(|_| self.block(log)).collect();
                for step in 0..excess.len() {
                    let what = What::Difference { node: index, step };
                    self.look_up(what, Table::Positive { bits }, log);
                }
                Ok((NodePlan { axes, low, kind: Kind::Max { taps, excess, bits } }, range))
            }
        }
    }

    /// The taps that read any input; `None` if they are too many.
    fn taps(&mut self, source: Shape, rows: &Window, columns: &Window) -> Option<Vec<[u32; 2]>> {
        let reads = |window: &Window, size| -> Vec<u32> {
            (0..window.taps).filter(|&tap| !window.outputs_of(tap, size).is_empty()).collect()
        };
        let (rows, columns) = (reads(rows, source.height), reads(columns, source.width));
        self.taps = self.taps.saturating_add(rows.len().saturating_mul(columns.len()));
        if MAXIMA_MAX < self.taps {
            return None;
        }
        let both =
            rows.into_iter().flat_map(|row| columns.iter().map(move |&column| [row, column]));
        Some(both.collect())
    }

    fn answer(&mut self, program: &Program, rows: usize) -> AnswerPlan {
        let axes = axes(rows, program.tensor(program.nodes().len()));
        let log = sum(&axes);
        let marks = self.block(log);
        let top_log = log_ceil(rows).max(COLUMN_LOG_MIN);
        let top = self.block(top_log);
        let distance = self.block(COLUMN_LOG_MIN);
        let limb = Table::Range { bits: LIMB_BITS };
        self.look_up(What::Margin, limb, log);
        self.look_up(What::Column(distance), limb, COLUMN_LOG_MIN);
        AnswerPlan { axes, marks, top, top_log, distance }
    }

    /// A block of multiplicities for each table, whose entries are leaves too.
    fn uses(&mut self) -> Vec<usize> {
        let bits: Vec<usize> = self.tables.iter().map(Table::bits).collect();
        bits.into_iter()
            .enumerate()
            .map(|(table, log)| {
                self.lookups.push(Lookup { what: What::Entries, table, log, tree: 0, at: 0 });
                self.block(log)
            })
            .collect()
    }
}

/// The windows of a node.
fn windows(node: &Node) -> impl Iterator<Item = &Window> {
    let (terms, maximum) = match node {
        Node::Unit { terms, .. } => (terms.as_slice(), None),
        Node::Max { rows, columns, .. } => (&[][..], Some([rows, columns])),
    };
    let of_terms = terms.iter().flat_map(|term| match term {
        Term::Fixed { rows, columns, channels, .. } => vec![rows, columns, channels],
        Term::Mixed { rows, columns, .. } => vec![rows, columns],
        Term::Product { .. } => Vec::new(),
    });
    of_terms.chain(maximum.into_iter().flatten())
}

/// Pairs of an output and a tap.
fn pairs(window: &Window) -> usize {
    let pairs = u64::from(window.outputs).saturating_mul(window.taps.into());
    usize::try_from(pairs).unwrap_or(usize::MAX)
}

/// The padded axes of a tensor, the rows lengthened until the column is no shorter than a vector.
fn axes(rows: usize, shape: Shape) -> Logs {
    let [height, width, channels] = shape.logs();
    let short = COLUMN_LOG_MIN.saturating_sub(sum(&[height, width, channels]));
    [log_ceil(rows).max(short), height, width, channels]
}

fn sum(logs: &[usize]) -> usize {
    logs.iter().copied().fold(0, usize::saturating_add)
}

/// 2^log, as far as it fits.
fn power(log: usize) -> usize {
    u32::try_from(log).ok().and_then(|log| 1_usize.checked_shl(log)).unwrap_or(usize::MAX)
}

/// ⌊log2 n⌋, or 0.
fn log_floor(n: usize) -> usize {
    usize::try_from(n.checked_ilog2().unwrap_or_default()).unwrap_or_default()
}

/// The smallest interval that holds both ends and zero.
fn hull(low: i32, high: i32) -> (i32, i32) {
    (low.min(0), high.max(0))
}

/// Binary logarithms of the blocks of falling size that hold the parameters of `program`, one after
/// the other. No tensor lies in two of them, as they come by falling size too.
pub fn parameter_logs(program: &Program) -> Vec<usize> {
    let cells = program.parameter_layout().cells();
    debug_assert!(cells.is_multiple_of(HALF), "parameters are hashed eight at a time");
    (0..=log_floor(cells)).rev().filter(|log| cells >> log & 1 == 1).collect()
}

/// The cells of the layer.
#[derive(Clone, Debug)]
pub struct Columns {
    blocks: Vec<Block>,
    /// The parameters: blocks of falling size that follow one another.
    pub parameters: Vec<Block>,
}

impl Columns {
    /// Takes the blocks that [`Plan::blocks`] asked for; the rest is returned.
    pub fn new<'b>(plan: &Plan, blocks: &'b [Block]) -> Option<(Self, &'b [Block])> {
        let (own, rest) = blocks.split_at_checked(plan.logs.len())?;
        let parameters =
            plan.parameters.iter().map(|&i| own.get(i).copied()).collect::<Option<_>>();
        Some((Self { blocks: own.to_vec(), parameters: parameters? }, rest))
    }

    /// Block `index`.
    pub(super) fn block(&self, index: usize) -> Block {
        self.blocks.get(index).copied().unwrap_or(Block { at: 0, log: 0 })
    }

    /// The `2^log` parameters from `at` on, which is a multiple of their number.
    pub(super) fn parameter(&self, at: usize, log: usize) -> Option<Block> {
        let mut start = 0_usize;
        for piece in &self.parameters {
            let offset = at.checked_sub(start)?;
            if offset >> piece.log == 0 {
                return Some(Block { at: piece.at.saturating_add(offset), log });
            }
            start = start.saturating_add(piece.range().len());
        }
        None
    }
}
