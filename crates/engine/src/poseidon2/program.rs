//! What a batch of compressions reads and yields, said once for both sides.

use super::native::HALF;
use crate::cells::Block;
use crate::field::{EF, F};
use crate::mle;
use crate::relations::{Axis, PointId, Relation, Relations, Row};
use crate::small;
use p3_field::PrimeCharacteristicRing;
use std::collections::BTreeMap;

/// Smallest binary logarithm of a batch: a block of calls.
pub const LOG_MIN: usize = 4;
/// Calls that a prover handles together.
#[cfg(feature = "prove")]
pub(super) const CALLS: usize = 1 << LOG_MIN;

/// What eight lanes hold in each call of a run.
#[derive(Clone, Debug)]
pub enum Lanes {
    /// Public values, one array per call.
    Public(Vec<[F; HALF]>),
    /// The same public values in every call.
    Constant([F; HALF]),
    /// Lane 0 of call i is this number plus i; the other lanes are zero.
    Counter(usize),
    /// Lane j of call i is cell 8·i + j of the block.
    Rows(Block),
    /// Lane j of call i is cell 8·(i + 1) + j of the block; lane j of the last call is cell j of
    /// `last`.
    NextRows {
        /// Eight cells per call.
        rows: Block,
        /// Eight cells.
        last: Block,
    },
    /// Lane j of call i is cell i of block j.
    Columns([Block; HALF]),
    /// Lane j of call i is cell i + 1 of block j; lane j of the last call is cell j of `last`.
    Shifted {
        /// The columns.
        columns: [Block; HALF],
        /// Eight cells.
        last: Block,
    },
    /// 2^log interleaved chains: lane j of call i is cell i + 2^log of column j; in the last 2^log
    /// calls, one per chain, it is the chain's cell of end j.
    Chains {
        /// The columns.
        columns: [Block; HALF],
        /// The last states, a block of 2^log cells per lane.
        ends: [Block; HALF],
    },
    /// Lane j of every call is cell j of the block.
    Cells(Block),
    /// Public values minus these lanes.
    Minus(Vec<[F; HALF]>, Box<Self>),
}

/// `2^log` calls at positions `at..at + 2^log` of the batch; `at` is a multiple of `2^log`.
#[derive(Clone, Debug)]
pub struct Run {
    /// First position.
    pub at: usize,
    /// Binary logarithm of the number of calls.
    pub log: usize,
    /// First half of the input.
    pub state: Lanes,
    /// Second half of the input.
    pub block: Lanes,
    /// The output.
    pub output: Lanes,
}

/// A batch of `2^log` compressions. Positions outside all runs compress zeros.
#[derive(Clone, Debug)]
pub struct Program {
    log: usize,
    runs: Vec<Run>,
}

impl Program {
    /// Lays out a batch.
    ///
    /// # Panics
    ///
    /// If the runs are not aligned and in rising, disjoint order: programs are written by circuits,
    /// not by provers.
    pub fn new(runs: Vec<Run>) -> Self {
        let mut end = 0;
        for run in &runs {
            assert!(run.at % (1 << run.log) == 0, "a run is aligned to its length");
            assert!(end <= run.at, "runs rise and do not overlap");
            end = run.at + (1 << run.log);
        }
        let log = (end.next_power_of_two().ilog2() as usize).max(LOG_MIN);
        Self { log, runs }
    }

    /// Binary logarithm of the batch.
    pub fn log(&self) -> usize {
        self.log
    }

    #[cfg(feature = "prove")]
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The position behind the last run.
    #[cfg(feature = "prove")]
    pub(super) fn end(&self) -> usize {
        self.runs.last().map_or(0, |run| run.at + (1 << run.log))
    }

    /// Adds Σ_i eq(point, i)·Σ_j weights[j]·lane_j(i) to `relation`, over the lanes that `select`
    /// picks of each run.
    pub(super) fn read(
        &self,
        select: impl Fn(&Run) -> &Lanes,
        point: &[EF],
        weights: &[EF],
        relations: &mut Relations,
        relation: &mut Relation,
    ) {
        let mut lows = BTreeMap::new();
        let mut rows = BTreeMap::new();
        for run in &self.runs {
            let (high, low) = point.split_at(self.log - run.log);
            let id = *lows.entry(run.log).or_insert_with(|| relations.point(low));
            let scale = mle::eq_index(high, run.at >> run.log);
            let lanes = select(run);
            let chain = lanes.chain_log().map(|log| {
                let (high, low) = low.split_at(low.len().saturating_sub(log));
                (high.iter().copied().product(), relations.point(low))
            });
            let rows = lanes.has_rows().then(|| {
                let lanes = Axis::new(HALF.ilog2() as usize, weights.to_vec());
                *rows.entry(run.log).or_insert_with(|| relations.lanes(low, lanes))
            });
            let reader = Reader { low, id, chain, rows, weights };
            reader.add(lanes, scale, relation);
        }
    }

    /// Returns Σ eq(point, i) over the positions outside all runs.
    pub(super) fn idle(&self, point: &[EF]) -> EF {
        let mut idle = EF::ONE;
        for run in &self.runs {
            let (high, _) = point.split_at(self.log - run.log);
            idle -= mle::eq_index(high, run.at >> run.log);
        }
        idle
    }
}

/// Turns the order of coordinates from that of points, the most significant bit of a position first,
/// into the one in which the sum-checks bind them, and back: among blocks of `2^LOG_MIN` calls the
/// least significant bit first, then the same among the calls of a block.
///
/// So neighbours are folded, and idle blocks, which lie at the end and are alike, stay alike.
pub(super) fn binding(point: &[EF]) -> Vec<EF> {
    let (blocks, calls) = point.split_at(point.len().saturating_sub(LOG_MIN));
    blocks.iter().rev().chain(calls.iter().rev()).copied().collect()
}

struct Reader<'a> {
    low: &'a [EF],
    id: PointId,
    /// For chains: the weight of the last calls, and the point among chains.
    chain: Option<(EF, PointId)>,
    /// For rows: eq among calls, the lanes' weights within one.
    rows: Option<PointId>,
    weights: &'a [EF],
}

impl Reader<'_> {
    fn add(&self, lanes: &Lanes, scale: EF, relation: &mut Relation) {
        match lanes {
            Lanes::Public(values) => relation.add_public(scale * self.public(values)),
            Lanes::Constant(values) => relation.add_public(scale * self.dot(values)),
            Lanes::Counter(first) => {
                let [weight, ..] = self.weights else { return };
                let first = F::from_usize(*first);
                relation.add_public(scale * *weight * (mle::index(self.low) + first));
            }
            Lanes::Rows(block) => {
                let Some(id) = self.rows else { return };
                relation.read(scale, *block, id);
            }
            Lanes::NextRows { rows, last } => {
                let Some(id) = self.rows else { return };
                relation.read_next(scale, *rows, id);
                let end = self.low.iter().copied().product::<EF>();
                self.cells(*last, scale * end, relation);
            }
            Lanes::Columns(columns) => {
                for (block, &weight) in columns.iter().zip(self.weights) {
                    relation.read(scale * weight, *block, self.id);
                }
            }
            Lanes::Shifted { columns, last } => {
                for (block, &weight) in columns.iter().zip(self.weights) {
                    relation.read_next(scale * weight, *block, self.id);
                }
                let end = self.low.iter().copied().product::<EF>();
                self.cells(*last, scale * end, relation);
            }
            Lanes::Chains { columns, ends } => {
                let Some((last, chain)) = self.chain else { return };
                for ((column, end), &weight) in columns.iter().zip(ends).zip(self.weights) {
                    let after = Row::After(end.log.try_into().unwrap_or(u8::MAX));
                    relation.read_row(scale * weight, *column, self.id, after);
                    relation.read(scale * weight * last, *end, chain);
                }
            }
            Lanes::Cells(block) => self.cells(*block, scale, relation),
            Lanes::Minus(values, lanes) => {
                relation.add_public(scale * self.public(values));
                self.add(lanes, -scale, relation);
            }
        }
    }

    fn cells(&self, block: Block, scale: EF, relation: &mut Relation) {
        for (lane, &weight) in self.weights.iter().enumerate() {
            relation.read(scale * weight, block.cell(lane), Relations::CELL);
        }
    }

    fn dot(&self, values: &[F; HALF]) -> EF {
        values.iter().zip(self.weights).map(|(&value, &weight)| weight * value).sum()
    }

    fn public(&self, values: &[[F; HALF]]) -> EF {
        let lanes = small::evaluate_rows(values, self.low);
        lanes.iter().zip(self.weights).map(|(&lane, &weight)| weight * lane).sum()
    }
}

impl Lanes {
    /// Binary logarithm of the number of interleaved chains.
    fn chain_log(&self) -> Option<usize> {
        match self {
            Self::Chains { ends: [end, ..], .. } => Some(end.log),
            _ => None,
        }
    }

    fn has_rows(&self) -> bool {
        match self {
            Self::Rows(_) | Self::NextRows { .. } => true,
            Self::Minus(_, lanes) => lanes.has_rows(),
            _ => false,
        }
    }
}

#[cfg(feature = "prove")]
impl Lanes {
    /// The lanes of call `index` of a run of `count`.
    pub(super) fn values(&self, index: usize, count: usize, cells: &[F]) -> [F; HALF] {
        match self {
            Self::Public(values) => values[index],
            Self::Constant(values) => *values,
            Self::Counter(first) => {
                std::array::from_fn(|lane| F::from_usize(if lane == 0 { first + index } else { 0 }))
            }
            Self::NextRows { last, .. } if index + 1 == count => {
                std::array::from_fn(|lane| cells[last.at + lane])
            }
            Self::NextRows { rows, .. } => {
                std::array::from_fn(|lane| cells[rows.at + HALF * (index + 1) + lane])
            }
            Self::Rows(block) => std::array::from_fn(|lane| cells[block.at + HALF * index + lane]),
            Self::Columns(columns) => columns.map(|block| cells[block.at + index]),
            Self::Shifted { last, .. } if index + 1 == count => {
                std::array::from_fn(|lane| cells[last.at + lane])
            }
            Self::Shifted { columns, .. } => columns.map(|block| cells[block.at + index + 1]),
            Self::Chains { columns, ends } => {
                let after = index + (1 << ends[0].log);
                let blocks = if after < count { columns } else { ends };
                blocks.map(|block| cells[block.at + after % count])
            }
            Self::Cells(block) => std::array::from_fn(|lane| cells[block.at + lane]),
            Self::Minus(values, lanes) => {
                let inner = lanes.values(index, count, cells);
                std::array::from_fn(|lane| values[index][lane] - inner[lane])
            }
        }
    }
}
