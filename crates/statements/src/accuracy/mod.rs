//! Accuracy of a committed decision tree on public rows (interface; the body arrives with the engine).

use crate::commit::Salt;
use assay_model::{Table, ops::tree::NodeTable};
use assay_types::statement::Accuracy;

/// What the prover knows and the verifier does not, and the public rows.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The model.
    pub model: &'a NodeTable,
    /// The salt of its commitment.
    pub salt: &'a Salt,
    /// The public rows.
    pub table: &'a Table,
}

/// Why nothing was proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The claim is false.
    #[error("the claim is false")]
    False,
    /// The statement does not describe the witness.
    #[error("{0}")]
    Mismatch(&'static str),
}

/// Why a proof is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The public rows are not the ones that the statement names.
    #[error("these are not the rows that the statement names")]
    Data,
    /// The proof does not prove the statement.
    #[error("the proof does not prove the statement")]
    Proof,
}

/// Proves `statement`. `seed` must come from the operating system's generator; `progress` is told the name of each phase as it begins.
pub fn prove(
    statement: &Accuracy,
    witness: &Witness<'_>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    let _ = (statement, witness, seed, progress);
    todo!()
}

/// Checks `proof` against `statement` and the public rows.
pub fn verify(statement: &Accuracy, table: &Table, proof: &[u8]) -> Result<(), Rejection> {
    let _ = (statement, table, proof);
    todo!()
}

/// Proven security of the whole statement in bits, rounded down.
pub fn security_bits(statement: &Accuracy) -> u32 {
    let _ = statement;
    todo!()
}
