//! The pad region: where the uniform cells lie that hide every message.
//!
//! A *pad* is eight cells that stand for Σ_{t<8} β^t·cell_t, with β the generator of the extension.
//! Five uniform cells would make it uniform; eight make its weight a tensor. The region holds, in
//! slots of eight cells:
//!
//! ```text
//! [p; q]     2 × 64 slots     pads of the last sum-check, and what hides them in turn
//! A, B, E    3 × 2^r slots    product rows: E = A·B; in cube rows also B = A²; the last two rows are free
//! linear     as many slots as the budget says
//! blind      the rest, at least 2 slots that nothing reads
//! ```

use crate::cells::Block;
use crate::field::{EF, F};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};

/// Cells of a pad.
pub const LIMBS: usize = 8;
/// Slots of p, and of q: two scalars per variable of the last sum-check.
pub const LAST_SLOTS: usize = 64;
/// Product rows that no constraint reads; they make the three final readings uniform.
pub const FREE_ROWS: usize = 2;
/// Slots that nothing reads; they make the last clear evaluation uniform.
pub const BLIND_SLOTS: usize = 2;
/// Uniform cells that a column needs at its end if a reading of it is revealed.
///
/// Five is the algebraic minimum for one reading; sixteen leave a margin for every combination in
/// use.
pub const BLIND_ROWS: usize = 16;
/// Most slots of a region.
const SLOTS_MAX: usize = 1 << 20;

/// How many hidden scalars a circuit exchanges. A function of the statement alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Scalars of which only linear expressions are needed.
    pub linear: usize,
    /// Pairs whose product is needed.
    pub pairs: usize,
    /// Scalars whose cube is needed.
    pub cubes: usize,
    /// Scalars sent as they are. They take no pad, but the proof's length follows from them.
    pub clear: usize,
}

impl std::ops::Add for Budget {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            linear: self.linear.saturating_add(other.linear),
            pairs: self.pairs.saturating_add(other.pairs),
            cubes: self.cubes.saturating_add(other.cubes),
            clear: self.clear.saturating_add(other.clear),
        }
    }
}

/// The three columns of a product row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    A,
    B,
    E,
}

/// Addresses in the pad region. An address is the index of a pad's first cell in the polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    block: Block,
    /// What the circuit asked for.
    budget: Budget,
}

impl Region {
    /// Returns the size of the region that `budget` needs, or `None` if it is beyond any bound.
    pub(crate) fn log(budget: &Budget) -> Option<usize> {
        let rows = rows(budget)?;
        let linear = budget.linear.checked_add(products_scalars(rows))?;
        let slots = (2 * LAST_SLOTS + 3 * rows).checked_add(linear)?.checked_add(BLIND_SLOTS)?;
        (slots <= SLOTS_MAX).then(|| (slots * LIMBS).next_power_of_two().ilog2() as usize)
    }

    pub(crate) fn new(block: Block, budget: Budget) -> Self {
        Self { block, budget }
    }

    /// The cells of the region.
    pub fn block(&self) -> Block {
        self.block
    }

    pub(crate) fn budget(&self) -> Budget {
        self.budget
    }

    /// Number of product rows, a power of two.
    pub(crate) fn rows(&self) -> usize {
        rows(&self.budget).unwrap_or_default()
    }

    /// Number of linear pads, those of the product check included.
    pub(crate) fn linear_count(&self) -> usize {
        self.budget.linear + products_scalars(self.rows())
    }

    /// Number of hidden scalars in a proof over `variables` variables.
    pub(crate) fn hidden_count(&self, variables: usize) -> usize {
        self.linear_count() + 2 * self.budget.pairs + self.budget.cubes + 2 * variables
    }

    /// Number of clear scalars in a proof: the circuit's, three products, f(r*), g and z.
    pub(crate) fn clear_count(&self) -> usize {
        self.budget.clear + 3 + 2 + LAST_SLOTS
    }

    /// Slot `j` of p for `part` 0, of q for 1.
    pub(crate) fn last(&self, part: usize, j: usize) -> usize {
        self.block.at + (part * LAST_SLOTS + j) * LIMBS
    }

    /// The two pads of a round of the last sum-check, in p.
    pub(crate) fn round(&self, round: usize) -> [usize; 2] {
        [self.last(0, 2 * round), self.last(0, 2 * round + 1)]
    }

    pub(crate) fn product(&self, column: Column, row: usize) -> usize {
        let column = match column {
            Column::A => 0,
            Column::B => 1,
            Column::E => 2,
        };
        self.block.at + (2 * LAST_SLOTS + column * self.rows() + row) * LIMBS
    }

    pub(crate) fn linear(&self, index: usize) -> usize {
        self.block.at + (2 * LAST_SLOTS + 3 * self.rows() + index) * LIMBS
    }
}

/// Rows of the product check: pairs, then cubes, then free rows.
fn rows(budget: &Budget) -> Option<usize> {
    let used = budget.pairs.checked_add(budget.cubes)?.checked_add(FREE_ROWS)?;
    (used <= SLOTS_MAX).then(|| used.next_power_of_two())
}

/// Hidden scalars of the product check itself: three per round.
fn products_scalars(rows: usize) -> usize {
    3 * rows.ilog2() as usize
}

/// β^0 … β^7.
pub(crate) fn limbs() -> [EF; LIMBS] {
    let generator = EF::from_basis_coefficients_fn(|i| F::from_bool(i == 1));
    let mut power = EF::ONE;
    std::array::from_fn(|_| {
        let this = power;
        power *= generator;
        this
    })
}

/// The value of the pad at `address`.
#[cfg(feature = "prove")]
pub(crate) fn value(cells: &[F], address: usize) -> EF {
    limbs().iter().zip(&cells[address..address + LIMBS]).map(|(&limb, &cell)| limb * cell).sum()
}

/// Fills the region: uniform cells, except that the last column of each product row is the product.
#[cfg(feature = "prove")]
pub(crate) fn fill(cells: &mut [F], region: &Region, rng: &mut impl rand::CryptoRng) {
    use rand::RngExt;
    for cell in &mut cells[region.block().range()] {
        *cell = rng.random();
    }
    let budget = region.budget();
    for row in 0..budget.pairs + budget.cubes {
        let a = value(cells, region.product(Column::A, row));
        if budget.pairs <= row {
            set(cells, region.product(Column::B, row), a * a);
        }
        let b = value(cells, region.product(Column::B, row));
        set(cells, region.product(Column::E, row), a * b);
    }
}

/// Sets the pad at `address` to `value`, keeping its three upper cells.
#[cfg(feature = "prove")]
fn set(cells: &mut [F], address: usize, value: EF) {
    let limbs = limbs();
    let upper: EF = (5..LIMBS).map(|t| limbs[t] * cells[address + t]).sum();
    let lower = value - upper;
    let coefficients: &[F] = lower.as_basis_coefficients_slice();
    cells[address..address + coefficients.len()].copy_from_slice(coefficients);
}
