//! Where everything lies in the one committed polynomial.

use crate::pads::{Budget, Region};
use crate::pcs::{self, Params, SizeError};

/// Most variables of a committed polynomial.
pub const VARIABLES_MAX: usize = 26;

/// An aligned block of `2^log` cells: those whose index starts with the bits of `at >> log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// Index of the first cell, a multiple of `2^log`.
    pub at: usize,
    /// Binary logarithm of the number of cells.
    pub log: usize,
}

impl Block {
    /// The cells of this block.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.at..self.at + (1 << self.log)
    }

    /// Cell `index` of this block, as a block of its own.
    pub fn cell(&self, index: usize) -> Self {
        debug_assert!(index >> self.log == 0, "the cell lies in the block");
        Self { at: self.at + index, log: 0 }
    }

    /// Half of this block: the lower one if `half` is 0, the upper one if it is 1.
    pub fn half(&self, half: usize) -> Self {
        debug_assert!(self.log != 0 && half < 2, "a block has two halves");
        let log = self.log - 1;
        Self { at: self.at + (half << log), log }
    }
}

/// Why a circuit has no layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooLarge {
    /// Its cells do not fit.
    #[error("the statement needs more than 2^{VARIABLES_MAX} cells")]
    Cells,
    /// It exchanges more scalars than a transcript may hold.
    #[error("the statement exchanges more hidden scalars than one proof may")]
    Scalars,
}

/// The blocks of a circuit and the pad region behind them.
///
/// Blocks are placed by falling size, equal sizes in the order in which they were asked for, so
/// that each is aligned and the layout is a function of the sizes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    blocks: Vec<Block>,
    region: Region,
    size: pcs::Size,
}

impl Layout {
    /// Lays out blocks of `2^log` cells for each of `logs`, and pads for `budget`.
    pub fn new(logs: &[usize], budget: Budget) -> Result<Self, TooLarge> {
        let region_log = Region::log(&budget).ok_or(TooLarge::Scalars)?;
        let mut order: Vec<(usize, usize)> =
            logs.iter().copied().chain([region_log]).enumerate().map(|(i, log)| (log, i)).collect();
        order.sort_by_key(|&(log, i)| (std::cmp::Reverse(log), i));

        let mut blocks = vec![Block { at: 0, log: 0 }; order.len()];
        let mut at = 0_usize;
        for (log, i) in order {
            if VARIABLES_MAX < log {
                return Err(TooLarge::Cells);
            }
            blocks[i] = Block { at, log };
            at += 1 << log;
            if at >> VARIABLES_MAX != 0 && at != 1 << VARIABLES_MAX {
                return Err(TooLarge::Cells);
            }
        }
        let region = blocks.pop().expect("the region was laid out last");
        let num_vars = (at.next_power_of_two().ilog2() as usize).max(pcs::VARIABLES_MIN);
        let size = pcs::Size { num_vars, surplus: 0 };
        Ok(Self { blocks, region: Region::new(region, budget), size })
    }

    /// The same of a proof that is one of `proofs` that say something together: its opening has as
    /// many bits more as `proofs` has, so that all of them are as hard to forge as one alone.
    #[must_use]
    pub fn one_of(mut self, proofs: usize) -> Self {
        self.size.surplus = proofs.next_power_of_two().trailing_zeros() as usize;
        if self.size.surplus != 0 {
            self.size.num_vars = self.size.num_vars.max(pcs::SURPLUS_VARIABLES_MIN);
        }
        self
    }

    /// Parameters of the commitment.
    pub fn params(&self) -> Result<Params, SizeError> {
        Params::of(self.size)
    }

    /// The blocks, in the order in which they were asked for.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The pad region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Number of variables of the committed polynomial.
    pub fn variables(&self) -> usize {
        self.size.num_vars
    }

    /// Number of rounds of the sum-check over the products of pads.
    pub fn product_rounds(&self) -> usize {
        self.region.rows().trailing_zeros() as usize
    }
}
