//! Rows and answers that are cells: which halves of a value become which integer, and which answers
//! are right.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::plan::{Draft, LIMB_BITS, What};
use super::tables::Table;
use crate::data::{RowCells, log_ceil};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_model::ops::network::{Codes, Program};
use p3_field::PrimeCharacteristicRing;

/// Most bits of the table of integers: the verifier looks at each of its entries.
const BITS_MAX: usize = 22;
/// Numbers of a tuple that is looked up among them.
pub(super) const NUMBERS: usize = 6;
/// Names of cells that hold no feature. A feature's name is that of its scale, behind them.
const PADDING: u32 = 0;
const LABEL: u32 = 1;
const SCALES: u32 = 2;
/// The greatest half of a value.
const HALF_MAX: u32 = (1 << LIMB_BITS) - 1;

/// Rows that are cells, by their blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowsPlan {
    pub(super) sizes: RowCells,
    /// Lower and upper halves of the values.
    pub(super) halves: [usize; 2],
    /// The integers that the network reads, one for each value.
    pub(super) integers: usize,
    /// How far a half is behind the least one of its entry, and before the greatest: of the lower
    /// half, then of the upper one.
    pub(super) distances: [usize; 4],
}

/// Answers that are cells, by their blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswersPlan {
    /// Binary logarithm of the rows.
    pub(super) log: usize,
    pub(super) answers: usize,
    /// Whether the answer is the label of hidden rows, if it is compared with it.
    pub(super) right: Option<usize>,
}

/// All values whose upper half lies in `high`, and whose lower half lies in `low`, become `integer`
/// in cells of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    name: u32,
    pub(super) integer: i16,
    pub(super) low: [u32; 2],
    pub(super) high: [u32; 2],
}

impl Entry {
    const PADDING: Self = Self { name: PADDING, integer: 0, low: [0; 2], high: [0; 2] };

    /// The tuple.
    pub(super) fn numbers(&self) -> [F; NUMBERS] {
        let [[a, b], [c, d]] = [self.low, self.high].map(|ends| ends.map(F::from_u32));
        [F::from_u32(self.name), F::from_i16(self.integer), a, b, c, d]
    }

    /// Entries are in this order.
    #[cfg(feature = "prove")]
    pub(super) fn key(&self) -> [u32; 3] {
        let ([low, _], [high, _]) = (self.low, self.high);
        [self.name, high, low]
    }
}

/// Binary logarithm of the table's length, if it has a proof.
pub(super) fn table_bits(program: &Program) -> Option<usize> {
    let input = program.input();
    let intervals = usize::from(input.high.abs_diff(input.low)).saturating_add(2);
    let entries = input.scales.len().checked_mul(intervals)?.checked_mul(3)?.checked_add(2)?;
    Some(log_ceil(entries).max(RowCells::ROWS_LOG_MIN)).filter(|&bits| bits <= BITS_MAX)
}

/// All entries in order: one for padding, one for labels, those of each scale. The rest of the table
/// is padding again.
pub(super) fn entries(program: &Program) -> Vec<Entry> {
    let last_class = u32::try_from(program.classes()).unwrap_or_default().saturating_sub(1);
    let label = Entry { name: LABEL, low: [0, last_class], ..Entry::PADDING };
    let mut entries = vec![Entry::PADDING, label];
    for (scale, name) in (0..program.input().scales.len()).zip(SCALES..) {
        for codes in program.input().codes(scale) {
            rectangles(name, &codes, &mut entries);
        }
    }
    entries
}

/// The entry that holds a value with these halves, lower and upper, in a cell of this name.
#[cfg(feature = "prove")]
pub(super) fn entry_of(entries: &[Entry], name: u32, [low, high]: [u32; 2]) -> Option<&Entry> {
    let behind = entries.partition_point(|entry| entry.key() <= [name, high, low]);
    let entry = entries.get(behind.checked_sub(1)?)?;
    let holds = |[first, last]: [u32; 2], half| first <= half && half <= last;
    let is_its = entry.name == name && holds(entry.low, low) && holds(entry.high, high);
    is_its.then_some(entry)
}

/// Cuts an interval of codes where the upper half changes, as seldom as possible.
fn rectangles(name: u32, codes: &Codes, out: &mut Vec<Entry>) {
    let &Codes { first, last, integer } = codes;
    let [[begin, begin_low], [end, end_low]] =
        [first, last].map(|code| [code >> LIMB_BITS, code & HALF_MAX]);
    let mut push = |high: [u32; 2], low| out.push(Entry { name, integer, low, high });
    if begin == end {
        return push([begin, end], [begin_low, end_low]);
    }
    let (from, to) = (
        begin.saturating_add(u32::from(begin_low != 0)),
        end.saturating_sub(u32::from(end_low != HALF_MAX)),
    );
    if from != begin {
        push([begin, begin], [begin_low, HALF_MAX]);
    }
    if from <= to {
        push([from, to], [0, HALF_MAX]);
    }
    if to != end {
        push([end, end], [0, end_low]);
    }
}

/// Σ_i eq(point, i)·Σ_k β^(k+1)·(number k of entry i), padding behind the last entry.
pub(super) fn table_at(program: &Program, point: &[EF], beta: EF) -> EF {
    let powers = powers(beta);
    // What padding is filled up with is zeros.
    let compressed = |entry: &Entry| -> EF {
        powers.iter().zip(entry.numbers()).map(|(&power, number)| power * number).sum()
    };
    let entries = entries(program);
    entries.iter().zip(mle::eq_table(point)).map(|(entry, eq)| eq * compressed(entry)).sum()
}

/// β, β², …
pub(super) fn powers(beta: EF) -> [EF; NUMBERS] {
    let mut power = EF::ONE;
    [(); NUMBERS].map(|()| {
        power *= beta;
        power
    })
}

impl RowsPlan {
    /// What the cells of a row are named, the label last; behind it there is padding.
    pub(super) fn names<'p>(&self, program: &'p Program) -> impl Iterator<Item = u32> + use<'p> {
        let scales = u32::try_from(program.input().scales.len()).unwrap_or(u32::MAX).max(1);
        let scales = SCALES..scales.saturating_add(SCALES);
        scales.cycle().take(self.sizes.features).chain([LABEL])
    }

    /// The names of all cells, extended to `point`.
    pub(super) fn names_at(&self, program: &Program, point: &[EF]) -> EF {
        let (row, cell) = point.split_at_checked(self.sizes.rows_log()).unwrap_or_default();
        let names = self.names(program).zip(mle::eq_table(cell));
        let names: EF = names.map(|(name, eq)| eq * F::from_u32(name)).sum();
        names * mle::prefix(row, self.sizes.rows)
    }
}

impl Draft {
    /// Blocks and lookups of rows that are cells.
    pub(super) fn rows(&mut self, program: &Program, rows: usize) -> Option<RowsPlan> {
        let sizes = RowCells { rows, features: program.features() };
        let (log, bits) = (sizes.log(), table_bits(program)?);
        let mut block = || self.block(log);
        let plan = RowsPlan {
            sizes,
            halves: [block(), block()],
            integers: block(),
            distances: [block(), block(), block(), block()],
        };
        self.look_up(What::Feature, Table::Input { bits }, log);
        for block in plan.distances {
            self.look_up(What::Column(block), Table::Range { bits: LIMB_BITS }, log);
        }
        Some(plan)
    }

    /// Blocks and lookups of answers that are cells, and of whether they are labels of hidden rows.
    pub(super) fn answers(
        &mut self,
        program: &Program,
        rows: usize,
        is_compared: bool,
    ) -> AnswersPlan {
        let log = log_ceil(rows).max(RowCells::ROWS_LOG_MIN);
        let answers = self.block(log);
        let right = is_compared.then(|| {
            // Differences of two classes, with their signs.
            let bits = log_ceil(program.classes()).saturating_add(1);
            self.look_up(What::Right, Table::Equal { bits }, log);
            self.block(log)
        });
        AnswersPlan { log, answers, right }
    }
}
