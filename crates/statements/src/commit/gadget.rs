//! Opening the commitment inside a circuit.

use super::{HALF, start};
use crate::chain;
use assay_engine::cells::Block;
#[cfg(feature = "prove")]
use assay_engine::field::F;
use assay_engine::poseidon2::{Lanes, Run};
use assay_engine::relations::Relations;
use assay_model::ops::tree::Bounds;
use assay_types::ModelCommitment;

/// The cells that the opening adds to the four slot columns.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    chain: chain::Gadget,
    pub(crate) salt: Block,
}

impl Gadget {
    /// Binary logarithms of the blocks it asks for.
    pub(crate) fn blocks(bounds: Bounds) -> Vec<usize> {
        chain::Gadget::blocks(Self::chain_log(bounds))
    }

    /// Binary logarithm of K.
    pub(crate) fn chain_log(bounds: Bounds) -> usize {
        bounds.slots_log().saturating_sub(1)
    }

    /// Takes the blocks that [`Gadget::blocks`] asked for; the rest is returned. The slots are
    /// hashed as columns: four of the lower half, four of the upper.
    pub(crate) fn new(
        bounds: Bounds,
        slots: [Block; 4],
        blocks: &[Block],
    ) -> Option<(Self, &[Block])> {
        let [a, b, c, d] = slots;
        let halves = |half| [a.half(half), b.half(half), c.half(half), d.half(half)];
        let ([a, b, c, d], [e, f, g, h]) = (halves(0), halves(1));
        let message: [Block; HALF] = [a, b, c, d, e, f, g, h];
        let (chain, rest) = chain::Gadget::new(start(bounds), message, blocks)?;
        let salt = chain.salt;
        Some((Self { chain, salt }, rest))
    }

    /// The slots as columns of blocks.
    pub(crate) fn message(&self) -> Lanes {
        self.chain.message()
    }

    /// The chain, from position `at` on: a multiple of its length.
    pub(crate) fn chain_run(&self, at: usize) -> Run {
        self.chain.chain_run(at)
    }

    /// The call that adds the salt.
    pub(crate) fn salt_run(&self, at: usize, model: &ModelCommitment) -> Run {
        self.chain.salt_run(at, &model.0)
    }

    /// Records that the chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        self.chain.verify(relations);
    }

    /// Fills chain, end and salt.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, chain: &[[F; HALF]], salt: &super::Salt, cells: &mut [F]) {
        self.chain.fill(chain, salt, cells);
    }
}
