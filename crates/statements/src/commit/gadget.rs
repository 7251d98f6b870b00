//! Opening the commitment inside a circuit.

use super::{HALF, elements, start};
use assay_engine::cells::Block;
use assay_engine::field::EF;
#[cfg(feature = "prove")]
use assay_engine::field::F;
use assay_engine::linear::Linear;
use assay_engine::poseidon2::{Lanes, Run};
use assay_engine::relations::{Relation, Relations};
use assay_model::ops::tree::Bounds;
use assay_types::ModelCommitment;
use p3_field::PrimeCharacteristicRing;

/// The cells that the opening adds to the four slot columns.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    bounds: Bounds,
    slots: [Block; 4],
    /// h_0 … h_{K−1}, lane by lane.
    chain: [Block; HALF],
    /// h_K.
    end: Block,
    pub(crate) salt: Block,
}

impl Gadget {
    /// Binary logarithms of the blocks it asks for.
    pub(crate) fn blocks(bounds: Bounds) -> Vec<usize> {
        let mut logs = vec![Self::chain_log(bounds); HALF];
        logs.extend([3, 3]);
        logs
    }

    /// Binary logarithm of K.
    pub(crate) fn chain_log(bounds: Bounds) -> usize {
        bounds.slots_log().saturating_sub(1)
    }

    /// Takes the blocks that [`Gadget::blocks`] asked for; the rest is returned.
    pub(crate) fn new(
        bounds: Bounds,
        slots: [Block; 4],
        blocks: &[Block],
    ) -> Option<(Self, &[Block])> {
        let (&chain, rest) = blocks.split_first_chunk::<HALF>()?;
        let (&[end, salt], rest) = rest.split_first_chunk::<2>()?;
        Some((Self { bounds, slots, chain, end, salt }, rest))
    }

    /// The slots as columns of blocks: four columns of the lower half, four of the upper.
    pub(crate) fn message(&self) -> Lanes {
        let [a, b, c, d] = self.slots;
        let halves = |half| [a.half(half), b.half(half), c.half(half), d.half(half)];
        let ([a, b, c, d], [e, f, g, h]) = (halves(0), halves(1));
        Lanes::Columns([a, b, c, d, e, f, g, h])
    }

    /// The chain, at position 0.
    pub(crate) fn chain_run(&self) -> Run {
        Run {
            at: 0,
            log: Self::chain_log(self.bounds),
            state: Lanes::Columns(self.chain),
            block: self.message(),
            output: Lanes::Shifted { columns: self.chain, last: self.end },
        }
    }

    /// The call that adds the salt.
    pub(crate) fn salt_run(&self, at: usize, model: &ModelCommitment) -> Run {
        Run {
            at,
            log: 0,
            state: Lanes::Cells(self.end),
            block: Lanes::Cells(self.salt),
            output: Lanes::Constant(elements(&model.0)),
        }
    }

    /// Records that the chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        for (block, lane) in self.chain.iter().zip(start(self.bounds)) {
            let mut relation = Relation::new(Linear::public(-EF::from(lane)));
            relation.read(EF::ONE, block.cell(0), Relations::CELL);
            relations.push(relation);
        }
    }

    /// Fills chain, end and salt.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, chain: &[[F; HALF]], salt: &super::Salt, cells: &mut [F]) {
        for (i, state) in chain.iter().enumerate() {
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
