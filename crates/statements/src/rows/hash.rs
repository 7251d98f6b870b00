//! The commitment to rows, natively, with every state on the way.

use super::{calls_log, chains_log, join, start};
use crate::commit::{Salt, digest, elements};
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_layers::RowCells;
use assay_model::Table;
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// Commits to the rows of `table`.
pub fn commit_rows(table: &Table, salt: &Salt) -> FieldDigest {
    let compressor = Compressor::default();
    Hashed::new(&compressor, table).map_or_else(
        // A table without rows has no cells; nothing can be proven about it either.
        || digest(join(table.schema(), 0)),
        |hashed| hashed.commitment(salt),
    )
}

/// Every state of the hash.
pub(crate) struct Hashed {
    /// h_i.
    pub(crate) states: Vec<[F; HALF]>,
    /// The last state of each chain.
    pub(crate) ends: Vec<[F; HALF]>,
    /// g_0 … g_{C−1}.
    pub(crate) joins: Vec<[F; HALF]>,
    /// g_C.
    pub(crate) joined: [F; HALF],
}

impl Hashed {
    /// What the states commit to.
    pub(crate) fn commitment(&self, salt: &Salt) -> FieldDigest {
        digest(Compressor::default().compress(self.joined, elements(&salt.0)))
    }

    /// Hashes all cells of `table`; `None` if it has no rows.
    pub(crate) fn new(compressor: &Compressor, table: &Table) -> Option<Self> {
        if table.rows() == 0 {
            return None;
        }
        let sizes = RowCells { rows: table.rows(), features: table.schema().features().len() };
        let [low, high] = sizes.columns(table);
        let calls = 1 << calls_log(&sizes);
        let chains = 1 << chains_log(&sizes);
        let block = |i: usize| -> [F; HALF] {
            std::array::from_fn(|lane| {
                let column = if lane < HALF / 2 { &low } else { &high };
                F::from_u32(column[lane % (HALF / 2) * calls + i])
            })
        };
        let mut current = vec![start(table.schema(), table.rows()); chains];
        let mut states = Vec::with_capacity(calls);
        for position in 0..calls / chains {
            states.extend_from_slice(&current);
            let blocks: Vec<_> = (0..chains).map(|c| block(position * chains + c)).collect();
            compressor.compress_all(&mut current, &blocks);
        }
        let mut joined = join(table.schema(), table.rows());
        let mut joins = Vec::with_capacity(chains);
        for &end in &current {
            joins.push(joined);
            joined = compressor.compress(joined, end);
        }
        Some(Self { states, ends: current, joins, joined })
    }
}
