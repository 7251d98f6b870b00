//! A salted commitment to one number, and the part of a circuit that opens it.
//!
//! ```text
//! C = compress(tag, number ‖ salt_1 ‖ … ‖ salt_7)
//! ```
//!
//! Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding: 217 bits of salt.

#[cfg(feature = "prove")]
use crate::commit::digest;
use crate::commit::{elements, tag};
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
#[cfg(feature = "prove")]
use assay_engine::poseidon2::compress;
use assay_engine::poseidon2::{HALF, Lanes, Run};
use assay_engine::relations::{Relation, Relations};
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// Binary logarithm of the cells: the number, and its salt.
pub(crate) const BLOCK_LOG: usize = HALF.ilog2() as usize;

/// What every commitment starts from.
pub(crate) fn start() -> [F; HALF] {
    tag("assay/sum/1", &[])
}

/// Commits to the first of `opened`, of which the others are uniform.
#[cfg(feature = "prove")]
pub(crate) fn commit(opened: [F; HALF]) -> FieldDigest {
    digest(compress(start(), opened))
}

/// A number whose commitment is opened, and the cells that it is the sum of.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    pub(crate) block: Block,
    pub(crate) distance: Vec<(F, Block)>,
}

impl Gadget {
    /// The call, without position.
    pub(crate) fn run(&self, commitment: &FieldDigest) -> Run {
        Run {
            at: 0,
            log: 0,
            state: Lanes::Constant(start()),
            block: Lanes::Cells(self.block),
            output: Lanes::Constant(elements(commitment)),
        }
    }

    /// Records that the number is the sum.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        let mut sum = Relation::default();
        for &(factor, cell) in &self.distance {
            sum.read(factor.into(), cell, Relations::CELL);
        }
        sum.read(-EF::ONE, self.block.cell(0), Relations::CELL);
        relations.push(sum);
    }
}
