//! Opening the commitment inside a circuit.

use super::{HALF, calls_log, chains_log, elements, join, start};
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::poseidon2::{Lanes, Run};
use assay_engine::relations::{Relation, Relations};
use assay_layers::RowCells;
use assay_model::Schema;
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// The cells that the opening adds to the two columns.
#[derive(Clone, Debug)]
pub(crate) struct Gadget {
    data: [Block; 2],
    /// h_i, lane by lane.
    states: [Block; HALF],
    /// Last states of the chains, lane by lane.
    ends: [Block; HALF],
    /// g_c, lane by lane.
    joins: [Block; HALF],
    joined: Block,
    salt: Block,
    start: [F; HALF],
    join: [F; HALF],
}

impl Gadget {
    /// Binary logarithms of the blocks it asks for.
    pub(crate) fn blocks(cells: &RowCells) -> Vec<usize> {
        let mut logs = vec![calls_log(cells); HALF];
        logs.extend([chains_log(cells); 2 * HALF]);
        logs.extend([3, 3]);
        logs
    }

    /// Binary logarithms of the runs.
    pub(crate) fn run_logs(cells: &RowCells) -> [usize; 3] {
        [calls_log(cells), chains_log(cells), 0]
    }

    /// Takes the blocks that [`Gadget::blocks`] asked for; the rest is returned.
    pub(crate) fn new<'b>(
        schema: &Schema,
        rows: usize,
        data: [Block; 2],
        blocks: &'b [Block],
    ) -> Option<(Self, &'b [Block])> {
        let (&states, rest) = blocks.split_first_chunk::<HALF>()?;
        let (&ends, rest) = rest.split_first_chunk::<HALF>()?;
        let (&joins, rest) = rest.split_first_chunk::<HALF>()?;
        let (&[joined, salt], rest) = rest.split_first_chunk::<2>()?;
        let (start, join) = (start(schema, rows), join(schema, rows));
        Some((Self { data, states, ends, joins, joined, salt, start, join }, rest))
    }

    /// The chains over all cells, the calls that join them, and the one that adds the salt; without
    /// positions.
    pub(crate) fn runs(&self, commitment: &FieldDigest) -> [Run; 3] {
        let quarters = |block: Block| {
            let (a, b) = (block.half(0), block.half(1));
            [a.half(0), a.half(1), b.half(0), b.half(1)]
        };
        let [[a, b, c, d], [e, f, g, h]] = self.data.map(quarters);
        let ([state, ..], [join, ..]) = (self.states, self.joins);
        [
            Run {
                at: 0,
                log: state.log,
                state: Lanes::Columns(self.states),
                block: Lanes::Columns([a, b, c, d, e, f, g, h]),
                output: Lanes::Chains { columns: self.states, ends: self.ends },
            },
            Run {
                at: 0,
                log: join.log,
                state: Lanes::Columns(self.joins),
                block: Lanes::Columns(self.ends),
                output: Lanes::Shifted { columns: self.joins, last: self.joined },
            },
            Run {
                at: 0,
                log: 0,
                state: Lanes::Cells(self.joined),
                block: Lanes::Cells(self.salt),
                output: Lanes::Constant(elements(commitment)),
            },
        ]
    }

    /// Records that every chain starts where it must.
    pub(crate) fn verify(&self, relations: &mut Relations) {
        let mut fix = |cell: Block, value: F| {
            let mut relation = Relation::new(Linear::public(-EF::from(value)));
            relation.read(EF::ONE, cell, Relations::CELL);
            relations.push(relation);
        };
        for ((states, ends), value) in self.states.iter().zip(&self.ends).zip(self.start) {
            (0..1 << ends.log).for_each(|chain| fix(states.cell(chain), value));
        }
        for (joins, value) in self.joins.iter().zip(self.join) {
            fix(joins.cell(0), value);
        }
    }

    /// Fills states and salt; the two columns are filled by the layer.
    #[cfg(feature = "prove")]
    pub(crate) fn fill(&self, hashed: &super::Hashed, salt: &crate::commit::Salt, cells: &mut [F]) {
        let all =
            [(self.states, &hashed.states), (self.ends, &hashed.ends), (self.joins, &hashed.joins)];
        for (blocks, states) in all {
            for (i, state) in states.iter().enumerate() {
                for (block, &value) in blocks.iter().zip(state) {
                    cells[block.at + i] = value;
                }
            }
        }
        cells[self.joined.range()].copy_from_slice(&hashed.joined);
        cells[self.salt.range()].copy_from_slice(&elements(&salt.0));
    }
}
