//! A salted commitment as one chain of compressions over columns, and the part of a circuit that
//! opens it.
//!
//! # Claim
//!
//! ```text
//! h_0 = start,   h_{i+1} = compress(h_i, block_i)  (i < K),   C = compress(h_K, salt)
//! ```
//!
//! where lane j of block i is cell i of column j. The start is public and names what is hashed; the
//! salt is eight uniform field elements. Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding:
//! 248 bits of salt.

#[cfg(feature = "prove")]
use crate::commit::Salt;
use crate::commit::elements;
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::poseidon2::{Compressor, HALF, Lanes, Run};
use assay_engine::relations::{Relation, Relations};
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// h_0 … h_K.
pub(crate) fn states(
    compressor: &Compressor,
    start: [F; HALF],
    blocks: impl Iterator<Item = [F; HALF]>,
) -> Vec<[F; HALF]> {
    let mut state = start;
    let mut states = vec![state];
    for block in blocks {
        state = compressor.compress(state, block);
        states.push(state);
    }
    states
}

/// The cells that the opening adds to the columns.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    start: [F; HALF],
    message: [Block; HALF],
    /// h_0 … h_{K−1}, lane by lane.
    chain: [Block; HALF],
    /// h_K.
    end: Block,
    pub(crate) salt: Block,
}

impl Gadget {
    /// Binary logarithms of the blocks it asks for, to hash columns of `2^log` cells.
    pub(crate) fn blocks(log: usize) -> Vec<usize> {
        let mut logs = vec![log; HALF];
        logs.extend([3, 3]);
        logs
    }

    /// Takes the blocks that [`Gadget::blocks`] asked for; the rest is returned.
    pub(crate) fn new(
        start: [F; HALF],
        message: [Block; HALF],
        blocks: &[Block],
    ) -> Option<(Self, &[Block])> {
        let (&chain, rest) = blocks.split_first_chunk::<HALF>()?;
        let (&[end, salt], rest) = rest.split_first_chunk::<2>()?;
        Some((Self { start, message, chain, end, salt }, rest))
    }

    /// The hashed columns.
    pub(crate) fn message(&self) -> Lanes {
        Lanes::Columns(self.message)
    }

    /// The chain, from position `at` on: a multiple of its length.
    pub(crate) fn chain_run(&self, at: usize) -> Run {
        let [first, ..] = self.chain;
        Run {
            at,
            log: first.log,
            state: Lanes::Columns(self.chain),
            block: self.message(),
            output: Lanes::Shifted { columns: self.chain, last: self.end },
        }
    }

    /// The call that adds the salt.
    pub(crate) fn salt_run(&self, at: usize, commitment: &FieldDigest) -> Run {
        Run {
            at,
            log: 0,
            state: Lanes::Cells(self.end),
            block: Lanes::Cells(self.salt),
            output: Lanes::Constant(elements(commitment)),
        }
    }

    /// Records that the chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        for (block, lane) in self.chain.iter().zip(self.start) {
            let mut relation = Relation::new(Linear::public(-EF::from(lane)));
            relation.read(EF::ONE, block.cell(0), Relations::CELL);
            relations.push(relation);
        }
    }

    /// Fills chain, end and salt.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, states: &[[F; HALF]], salt: &Salt, cells: &mut [F]) {
        for (i, state) in states.iter().enumerate() {
            for (lane, &value) in state.iter().enumerate() {
                let cell = match self.chain.get(lane) {
                    Some(block) if i >> block.log == 0 => block.at + i,
                    _ => self.end.at + lane,
                };
                cells[cell] = value;
            }
        }
        cells[self.salt.range()].copy_from_slice(&elements(&salt.0));
    }
}
