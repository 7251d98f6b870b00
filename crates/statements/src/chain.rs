//! A salted commitment as one chain of compressions over columns of numbers, eight neighbours at a
//! time, and the part of a circuit that opens it.
//!
//! # Claim
//!
//! ```text
//! h_0 = start,   h_{i+1} = compress(h_i, cells 8i … 8i + 7)  (i < K),   C = compress(h_K, salt)
//! ```
//!
//! The cells lie in blocks, the pieces of the message, that follow one another. The start is public
//! and names what is hashed; the salt is eight uniform field elements. Binding: 2^124 (see
//! [`assay_engine::poseidon2`]). Hiding: 248 bits of salt.

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

/// Binary logarithm of the cells of a state.
const STATE_LOG: usize = HALF.ilog2() as usize;

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

/// The cells that the opening adds to the message.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    start: [F; HALF],
    message: Vec<Block>,
    /// h_0 … h_{K−1}, eight cells each, in blocks as long as those of the message.
    states: Vec<Block>,
    /// h_K.
    end: Block,
    pub(crate) salt: Block,
}

impl Gadget {
    /// Binary logarithms of the blocks it asks for, where the message's are `pieces`.
    pub(crate) fn blocks(pieces: &[usize]) -> Vec<usize> {
        pieces.iter().copied().chain([STATE_LOG; 2]).collect()
    }

    /// Binary logarithms of the runs of the chain, without that of the salt.
    pub(crate) fn chain_logs(pieces: &[usize]) -> impl Iterator<Item = usize> {
        pieces.iter().map(|log| log.saturating_sub(STATE_LOG))
    }

    /// Takes the blocks that [`Gadget::blocks`] asked for; the rest is returned.
    pub(crate) fn new(
        start: [F; HALF],
        message: Vec<Block>,
        blocks: &[Block],
    ) -> Option<(Self, &[Block])> {
        let (states, rest) = blocks.split_at_checked(message.len())?;
        let (&[end, salt], rest) = rest.split_first_chunk::<2>()?;
        Some((Self { start, message, states: states.to_vec(), end, salt }, rest))
    }

    /// The chain, a run for each block, without positions.
    pub(crate) fn chain_runs(&self) -> impl Iterator<Item = Run> {
        let first_state = |block: &Block| Block { at: block.at, log: STATE_LOG };
        let next = self.states.iter().skip(1).map(first_state).chain([self.end]);
        let pieces = self.states.iter().zip(&self.message).zip(next);
        pieces.map(|((&rows, &block), last)| Run {
            at: 0,
            log: rows.log.saturating_sub(STATE_LOG),
            state: Lanes::Rows(rows),
            block: Lanes::Rows(block),
            output: Lanes::NextRows { rows, last },
        })
    }

    /// The call that adds the salt, without position.
    pub(crate) fn salt_run(&self, commitment: &FieldDigest) -> Run {
        Run {
            at: 0,
            log: 0,
            state: Lanes::Cells(self.end),
            block: Lanes::Cells(self.salt),
            output: Lanes::Constant(elements(commitment)),
        }
    }

    /// Records that the chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        // An empty message is a chain without calls.
        let first = self.states.first().unwrap_or(&self.end);
        for (i, lane) in self.start.into_iter().enumerate() {
            let mut relation = Relation::new(Linear::public(-EF::from(lane)));
            relation.read(EF::ONE, first.cell(i), Relations::CELL);
            relations.push(relation);
        }
    }

    /// Fills states and salt; the message is filled by others.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, chain: &[[F; HALF]], salt: &Salt, cells: &mut [F]) {
        let mut states = chain.iter();
        for block in self.states.iter().chain([&self.end]) {
            let (out, _) = cells[block.range()].as_chunks_mut::<HALF>();
            for (out, state) in out.iter_mut().zip(states.by_ref()) {
                *out = *state;
            }
        }
        cells[self.salt.range()].copy_from_slice(&elements(&salt.0));
    }
}
