//! The salted commitment to rows that stay hidden, and the part of a circuit that opens it.
//!
//! # Claim
//!
//! `R` is the Poseidon2 commitment of the cells of a table of n rows and F features, under some salt. The cells are two columns, the lower
//! and upper halves of the values' codes, each row filled up to 2^f > F cells, with the label in cell F of the lower column; columns are
//! filled up to 2^r ≥ n rows with zeros. Call i of K = 2^(r+f−2) takes the i-th cells of the quarters of both columns:
//!
//! ```text
//! block_i = low_i ‖ low_{K+i} ‖ low_{2K+i} ‖ low_{3K+i} ‖ high_i ‖ high_{K+i} ‖ high_{2K+i} ‖ high_{3K+i}
//! h_i = start (i < C),    h_{i+C} = compress(h_i, block_i)                C = 16 interleaved chains, fewer for few cells
//! g_0 = join,  g_{c+1} = compress(g_c, last state of chain c),            R = compress(g_C, salt)
//! ```
//!
//! `start` and `join` name the schema (columns, classes, their order) and n. Interleaving lets a prover hash by vectors. Missing values
//! do not exist in a [`Table`], so no bitmap is hashed.
//!
//! Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding: 248 bits of salt.

mod gadget;
#[cfg(test)]
mod tests;

pub(crate) use gadget::Gadget;

use crate::commit::{Salt, digest, elements, tag};
use assay_codec::{Digest, to_bytes};
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_layers::tree::Shape;
use assay_model::ops::tree::Bounds;
use assay_model::{Schema, Table};
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// Commits to the rows of `table`.
#[cfg(feature = "prove")]
pub fn commit_rows(table: &Table, salt: &Salt) -> FieldDigest {
    let compressor = Compressor::default();
    Hashed::new(&compressor, table).map_or_else(
        // A table without rows has no cells; nothing can be proven about it either.
        || digest(join(table.schema(), 0)),
        |hashed| digest(compressor.compress(hashed.joined, elements(&salt.0))),
    )
}

/// A commitment to rows in the place of a digest of public ones.
pub fn as_digest(rows: &FieldDigest) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&to_bytes(rows));
    Digest(bytes)
}

/// The commitment in the place of a digest, if there is one.
pub(crate) fn from_digest(data: &Digest) -> Option<FieldDigest> {
    assay_codec::from_bytes(&data.0).ok()
}

/// Sizes of the cells of `rows` rows.
pub(crate) fn shape(schema: &Schema, rows: usize) -> Option<Shape> {
    // Depth and slots do not enter the rows' cells.
    let bounds = Bounds::new(schema.features().len(), schema.classes().len(), 1, 3).ok()?;
    Shape::committed(bounds, rows).ok()
}

/// Binary logarithm of the number of calls.
pub(crate) fn calls_log(shape: &Shape) -> usize {
    shape.data_log().saturating_sub(2)
}

/// Binary logarithm of the number of chains.
pub(crate) fn chains_log(shape: &Shape) -> usize {
    calls_log(shape).saturating_sub(1).min(4)
}

/// h_0 of every chain.
pub(crate) fn start(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/rows/start/1", &named(schema, rows))
}

/// g_0.
pub(crate) fn join(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/rows/join/1", &named(schema, rows))
}

fn named(schema: &Schema, rows: usize) -> Vec<u8> {
    let mut name = schema.digest().0.to_vec();
    name.extend_from_slice(&(rows as u64).to_le_bytes());
    name
}

/// Every state of the hash.
#[cfg(feature = "prove")]
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

#[cfg(feature = "prove")]
impl Hashed {
    /// Hashes all cells of `table`; `None` if it has no rows.
    pub(crate) fn new(compressor: &Compressor, table: &Table) -> Option<Self> {
        let shape = shape(table.schema(), table.rows())?;
        let [low, high] = shape.committed_cells(table);
        let calls = 1 << calls_log(&shape);
        let chains = 1 << chains_log(&shape);
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
