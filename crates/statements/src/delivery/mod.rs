//! Delivery of a committed model as a ciphertext (interface; the body arrives with the engine).

use crate::commit::Salt;
use assay_model::ops::tree::{Bounds, NodeTable};
use assay_types::{FieldDigest, JobId, statement::Delivery};

/// What the seller knows.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The model.
    pub model: &'a NodeTable,
    /// The salt of its commitment; it is delivered too.
    pub salt: &'a Salt,
    /// The seller's key, revealed at the end.
    pub key: &'a FieldDigest,
    /// The buyer's secret, known to both.
    pub secret: &'a FieldDigest,
}

/// Why nothing was proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The statement does not describe the witness.
    #[error("{0}")]
    Mismatch(&'static str),
}

/// Why a proof or ciphertext is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The ciphertext is not the one that the statement names, or has the wrong length.
    #[error("this is not the ciphertext that the statement names")]
    Ciphertext,
    /// The proof does not prove the statement.
    #[error("the proof does not prove the statement")]
    Proof,
}

/// Returns the hash under which a seller's key is announced.
pub fn key_hash(key: &FieldDigest) -> FieldDigest {
    let _ = key;
    todo!()
}

/// Returns the hash under which a buyer's secret is announced for `job`.
pub fn secret_hash(secret: &FieldDigest, job: &JobId) -> FieldDigest {
    let _ = (secret, job);
    todo!()
}

/// Encrypts the witness's model and salt for `job`: four bytes per field element.
pub fn seal(witness: &Witness<'_>, job: &JobId) -> Vec<u8> {
    let _ = (witness, job);
    todo!()
}

/// Decrypts what [`seal`] made. Without a verified proof the result may be garbage.
pub fn open(
    ciphertext: &[u8],
    bounds: Bounds,
    key: &FieldDigest,
    secret: &FieldDigest,
    job: &JobId,
) -> Result<(NodeTable, Salt), Rejection> {
    let _ = (ciphertext, bounds, key, secret, job);
    todo!()
}

/// Proves that [`seal`]'s ciphertext is the one of `statement`.
pub fn prove(
    statement: &Delivery,
    witness: &Witness<'_>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    let _ = (statement, witness, seed, progress);
    todo!()
}

/// Checks `proof` against `statement` and the ciphertext.
pub fn verify(statement: &Delivery, ciphertext: &[u8], proof: &[u8]) -> Result<(), Rejection> {
    let _ = (statement, ciphertext, proof);
    todo!()
}

/// Proven security of the whole statement in bits, rounded down.
pub fn security_bits(statement: &Delivery) -> u32 {
    let _ = statement;
    todo!()
}
