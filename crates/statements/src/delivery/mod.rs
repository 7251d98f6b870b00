//! A ciphertext decrypts to the committed model.
//!
//! # Claim
//!
//! There are a model w, its salt, a key and a secret s such that
//!
//! ```text
//! M = Com(w, salt)       key_hash = compress(key, KEY)       secret_hash = compress(s, SECRET(job))
//! k = compress(compress(s, CIPHER(job)), key)                ciphertext_i = (w ‖ salt)_i + compress(k, i)
//! ```
//!
//! with KEY, SECRET, CIPHER public tags. The seller publishes the key afterwards: only who knows s
//! can use it, and nobody can have been sent a wrong ciphertext. The salt is delivered too, since
//! without it the buyer could never prove with the model.
//!
//! *Limits.* The proof is about field elements. That they are the 16-bit numbers of a
//! [`NodeTable`], so that [`open`] can write one down, is proven by the accuracy proof over the
//! same M, which range-checks every slot; a delivery without one may open to nothing. One key seals
//! one ciphertext of one job: the key stream depends on s, job and key alone, and a second
//! ciphertext under them would give both away. A job's name does not name its chain: who keeps keys
//! and secrets by job keeps them by chain too.
//!
//! | claim | carried by | still trusted |
//! |---|---|---|
//! | c decrypts, under the key behind h, to the weights of M | this proof | the cipher |
//!
//! # The cipher
//!
//! Counter mode over the truncated permutation, keyed in its first half: 248 unknown bits. The key
//! enters in the *second* half of the derivation and s in the first: were it the other way round, a
//! buyer who chose s = KEY would know k from the published key hash and had the model for nothing.
//! The seller draws the key after it has seen s.
//!
//! # Protocol
//!
//! Batches of compressions ([`assay_engine::poseidon2`]): for each block of parameters a run of the
//! commitment's chain and one of the cipher, and six single calls. All models are delivered so. A
//! network's parameters may be any field elements of 32 bits around zero, so that every delivery opens
//! to a network.

mod cipher;
mod circuit;
#[cfg(test)]
mod tests;

pub use cipher::{ciphertext_digest, key_hash, open, seal, secret_hash};

#[cfg(feature = "prove")]
use crate::commit::Committed;
use crate::commit::Salt;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_model::ops::tree::NodeTable;
use assay_types::{FieldDigest, statement::Delivery};
use circuit::Circuit;

/// What the seller knows.
pub struct Witness<'a, M = NodeTable> {
    /// The model.
    pub model: &'a M,
    /// The salt of its commitment; it is delivered too.
    pub salt: &'a Salt,
    /// The seller's key, revealed at the end.
    pub key: &'a FieldDigest,
    /// The buyer's secret, known to both.
    pub secret: &'a FieldDigest,
}

// Derived, both would demand the same of models.
impl<M> Copy for Witness<'_, M> {}
impl<M> Clone for Witness<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> std::fmt::Debug for Witness<'_, M> {
    /// Keys and parameters stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").finish_non_exhaustive()
    }
}

/// Why nothing was proven.
#[cfg(feature = "prove")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The statement does not describe the witness.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The statement or the ciphertext makes no sense.
    #[error("the statement does not fit its ciphertext: {0}")]
    Unfit(#[from] Unfit),
    /// The proof could not be made.
    #[error(transparent)]
    Engine(session::CommitError),
    /// Whoever follows the proof stopped it.
    #[error(transparent)]
    Cancelled(#[from] session::Cancelled),
}

#[cfg(feature = "prove")]
crate::from_engine!(ProveError);

/// Why a statement and a ciphertext do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The architecture is not one that this statement delivers.
    #[error("this architecture has no delivery proof")]
    Architecture,
    /// The ciphertext is not the one that the statement names, has the wrong length, or holds what
    /// is no field element.
    #[error("this is not the ciphertext that the statement names")]
    Ciphertext,
    /// The declared bounds are too large for one proof.
    #[error("the declared bounds are too large for one proof")]
    TooLarge,
}

/// Why a proof or ciphertext is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Statement and ciphertext do not go together.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The proof does not prove the statement.
    #[error(transparent)]
    Proof(#[from] session::Rejection),
}

/// Proves that [`seal`]'s ciphertext is the one of `statement`. `seed` is 32 fresh bytes of the
/// operating system's randomness, used for nothing else; `progress` is told the name of each phase
/// as it begins, and may stop the proof.
#[cfg(feature = "prove")]
pub fn prove<M: Committed>(
    statement: &Delivery,
    witness: &Witness<'_, M>,
    seed: [u8; 32],
    progress: session::Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let job = statement.context.job;
    if crate::commit::commit(witness.model, witness.salt) != statement.model {
        return Err(ProveError::Mismatch("the commitment is not to this model under this salt"));
    }
    if key_hash(witness.key) != statement.key_hash {
        return Err(ProveError::Mismatch("the key hash is not that of the key"));
    }
    if secret_hash(witness.secret, &job) != statement.secret_hash {
        return Err(ProveError::Mismatch("the secret hash is not that of the secret for this job"));
    }
    let circuit = Circuit::new(statement, &seal(witness, &job))?;
    let proven = circuit::Proven { circuit, witness: *witness, job };
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// Checks `proof` against `statement` and the ciphertext.
pub fn verify(statement: &Delivery, ciphertext: &[u8], proof: &[u8]) -> Result<(), Rejection> {
    let circuit = Circuit::new(statement, ciphertext)?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &Delivery) -> Result<Terms, Unfit> {
    circuit::security(statement)
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &Delivery) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}
