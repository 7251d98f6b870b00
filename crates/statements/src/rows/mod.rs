//! The salted commitment to rows that stay hidden, and the part of a circuit that opens it.
//!
//! # Claim
//!
//! `R` is the Poseidon2 commitment of the cells of a table of n rows and F features, under some
//! salt. The cells are two columns, the lower and upper halves of the values' codes, each row
//! filled up to 2^f > F cells, with the label in cell F of the lower column; columns are filled up
//! to 2^r ≥ n rows with zeros. Call i of K = 2^(r+f−2) takes the i-th cells of the quarters of both
//! columns:
//!
//! ```text
//! block_i = low_i ‖ low_{K+i} ‖ low_{2K+i} ‖ low_{3K+i} ‖ high_i ‖ high_{K+i} ‖ high_{2K+i} ‖ high_{3K+i}
//! h_i = start (i < C),    h_{i+C} = compress(h_i, block_i)                C = 16 interleaved chains, fewer for few cells
//! g_0 = join,  g_{c+1} = compress(g_c, last state of chain c),            R = compress(g_C, salt)
//! ```
//!
//! `start` and `join` name the schema (columns, classes, their order) and n. Interleaving lets a
//! prover hash by vectors. Missing values do not exist in a table, so no bitmap is hashed.
//!
//! *Limit.* The proof opens R; it does not prove that the cells behind R are halves of 16 bits.
//! Whoever holds the rows, as both parties of a job do, recomputes R from the table and knows.
//! A prover who alone chose R could have chosen any rows anyway.
//!
//! Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding: 248 bits of salt.

mod gadget;
#[cfg(feature = "prove")]
mod hash;
#[cfg(test)]
mod tests;

pub(crate) use gadget::Gadget;
#[cfg(feature = "prove")]
pub(crate) use hash::Hashed;
#[cfg(feature = "prove")]
pub use hash::commit_rows;

use crate::commit::{elements, tag};
use assay_codec::{Digest, to_bytes};
use assay_engine::field::F;
use assay_engine::poseidon2::HALF;
use assay_layers::RowCells;
use assay_model::Schema;
use assay_types::FieldDigest;

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

/// Binary logarithm of the number of calls.
pub(crate) fn calls_log(cells: &RowCells) -> usize {
    cells.log().saturating_sub(2)
}

/// Binary logarithm of the number of chains.
pub(crate) fn chains_log(cells: &RowCells) -> usize {
    calls_log(cells).saturating_sub(1).min(4)
}

/// h_0 of every chain.
pub(crate) fn start(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/rows/start/1", &named(schema, rows))
}

/// g_0.
pub(crate) fn join(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/rows/join/1", &named(schema, rows))
}

/// What is said of rows before they are hashed.
pub(crate) fn named(schema: &Schema, rows: usize) -> Vec<u8> {
    let mut name = schema.digest().0.to_vec();
    name.extend_from_slice(&(rows as u64).to_le_bytes());
    name
}
