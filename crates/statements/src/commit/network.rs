//! Opening a network's commitment inside a circuit: a chain over blocks of falling size.

use super::{HALF, elements, start_of_network};
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::poseidon2::{Lanes, Run};
use assay_engine::relations::{Relation, Relations};
use assay_model::ops::network::Program;
use assay_types::ModelCommitment;
use p3_field::PrimeCharacteristicRing;

/// Binary logarithm of the cells of a state.
const STATE_LOG: usize = HALF.ilog2() as usize;

/// The cells that the opening adds to the parameters.
#[derive(Clone, Debug)]
pub(crate) struct NetworkGadget {
    start: [F; HALF],
    parameters: Vec<Block>,
    /// h_0 … h_{K−1}, eight cells each, in blocks as long as those of the parameters.
    states: Vec<Block>,
    /// h_K.
    end: Block,
    pub(crate) salt: Block,
}

impl NetworkGadget {
    /// Binary logarithms of the blocks it asks for, where the parameters' are `pieces`.
    pub(crate) fn blocks(pieces: &[usize]) -> Vec<usize> {
        pieces.iter().copied().chain([STATE_LOG; 2]).collect()
    }

    /// Takes the blocks that [`NetworkGadget::blocks`] asked for; the rest is returned.
    pub(crate) fn new<'b>(
        program: &Program,
        parameters: &[Block],
        blocks: &'b [Block],
    ) -> Option<(Self, &'b [Block])> {
        Self::starting(start_of_network(program), parameters, blocks)
    }

    /// The same for a chain that starts from h_0 = `start`.
    pub(super) fn starting<'b>(
        start: [F; HALF],
        parameters: &[Block],
        blocks: &'b [Block],
    ) -> Option<(Self, &'b [Block])> {
        let (states, rest) = blocks.split_at_checked(parameters.len())?;
        let (&[end, salt], rest) = rest.split_first_chunk::<2>()?;
        let (parameters, states) = (parameters.to_vec(), states.to_vec());
        Some((Self { start, parameters, states, end, salt }, rest))
    }

    /// Binary logarithms of the runs of the chain, for parameters in these pieces.
    pub(crate) fn chain_logs(pieces: &[usize]) -> impl Iterator<Item = usize> {
        pieces.iter().map(|log| log.saturating_sub(STATE_LOG))
    }

    /// The chain, a run for each block, without positions.
    pub(crate) fn chain_runs(&self) -> Vec<Run> {
        let first_state = |block: &Block| Block { at: block.at, log: STATE_LOG };
        let next = self.states.iter().skip(1).map(first_state).chain([self.end]);
        let pieces = self.states.iter().zip(&self.parameters).zip(next);
        pieces
            .map(|((&rows, &block), last)| Run {
                at: 0,
                log: rows.log.saturating_sub(STATE_LOG),
                state: Lanes::Rows(rows),
                block: Lanes::Rows(block),
                output: Lanes::NextRows { rows, last },
            })
            .collect()
    }

    /// The call that adds the salt, without position.
    pub(crate) fn salt_run(&self, model: &ModelCommitment) -> Run {
        Run {
            at: 0,
            log: 0,
            state: Lanes::Cells(self.end),
            block: Lanes::Cells(self.salt),
            output: Lanes::Constant(elements(&model.0)),
        }
    }

    /// Records that the chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        // A network without parameters is a chain without calls.
        let first = self.states.first().unwrap_or(&self.end);
        for (i, lane) in self.start.into_iter().enumerate() {
            let mut relation = Relation::new(Linear::public(-EF::from(lane)));
            relation.read(EF::ONE, first.cell(i), Relations::CELL);
            relations.push(relation);
        }
    }

    /// Fills states and salt; the parameters are filled by others.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, chain: &[[F; HALF]], salt: &super::Salt, cells: &mut [F]) {
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
