//! The committed model answers so many rows correctly.
//!
//! # Claim
//!
//! For rows T, public (named by their digest) or committed ([`crate::rows`]), an architecture and a
//! commitment M: there are a model and a salt such that M commits to the model, every row of T gets
//! an answer, and the number of rows whose answer is their label meets the score (at least k, fewer
//! than k, exactly k). A tree answers where a row ends in a leaf ([`NodeTable::exec`] gives it a
//! class, unless the leaf's class is none of the declared ones, which counts as wrong); a network
//! where every quotient has as many bits as it may
//! ([`Network::exec`](assay_model::ops::network::Network::exec)); a forest where all its trees end
//! in leaves and the sums of votes are not too far apart
//! ([`ForestTable::exec`](assay_model::ops::forest::ForestTable::exec)). Rows of a network or a
//! forest are public.
//!
//! | claim | carried by | still trusted |
//! |---|---|---|
//! | the model behind M has this score on T | this proof | the labels of T |
//!
//! Hidden: the model, its size and depth up to the declared bounds, which rows are answered
//! correctly, their number unless it is stated.
//!
//! # Protocol
//!
//! [`assay_layers::tree`], [`assay_layers::forest`] or [`assay_layers::network`] over the rows, [`crate::commit`] over the
//! same parameters, in one commitment. The statement digest is absorbed first.

mod circuit;
mod forest;
mod network;
#[cfg(test)]
mod tests;

#[cfg(feature = "prove")]
use crate::commit::{Committed, Salt};
#[cfg(feature = "prove")]
use crate::rows::{as_digest, commit_rows};
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::tree::{Goal, Rows};
#[cfg(feature = "prove")]
use assay_model::ops::tree::NodeTable;
use assay_model::{Architecture, Table};
use assay_types::statement::{Accuracy, Modes, Privacy, Score};
use circuit::Circuit;

/// The privacy of this statement: public rows, committed model, hidden answers.
pub const MODES: Modes = Modes::SCORED;

/// The same over committed rows: only their commitment ([`crate::rows`]) is public, in the place of
/// their digest.
pub const MODES_COMMITTED: Modes = Modes { input: Privacy::Committed, ..MODES };

/// What the prover knows and the verifier does not, and the rows.
#[cfg(feature = "prove")]
#[derive(Debug)]
pub struct Witness<'a, M = NodeTable> {
    /// The model.
    pub model: &'a M,
    /// The salt of its commitment.
    pub salt: &'a Salt,
    /// The rows.
    pub table: &'a Table,
}

// Derived, both would demand the same of models.
#[cfg(feature = "prove")]
impl<M> Copy for Witness<'_, M> {}
#[cfg(feature = "prove")]
impl<M> Clone for Witness<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Why a statement cannot be true, or cannot be checked with this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The modes are not those of this statement.
    #[error("an accuracy proof has public or committed rows, committed weights and hidden answers")]
    Modes,
    /// The architecture is not one that this statement proves.
    #[error("this architecture has no accuracy proof")]
    Architecture,
    /// The rows are not the ones that the statement names.
    #[error("these are not the rows that the statement names")]
    Data,
    /// The numbers of rows, features or classes disagree.
    #[error("the sizes of the statement disagree with each other")]
    Sizes,
    /// The score is beyond the number of rows.
    #[error("no model can have this score on so many rows")]
    Score,
    /// Rows and bounds are too large for one proof.
    #[error("rows and declared bounds are too large for one proof")]
    TooLarge,
}

/// Why nothing was proven.
#[cfg(feature = "prove")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The claim is false.
    #[error("the claim is false: {correct} of {rows} rows are answered correctly")]
    False {
        /// Rows answered correctly.
        correct: usize,
        /// All rows.
        rows: usize,
    },
    /// The statement makes no sense for the table.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The witness is not the one that the statement is about.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The model leads some row nowhere.
    #[error(transparent)]
    Unprovable(#[from] assay_layers::tree::Unprovable),
    /// The network gives some row no answer.
    #[error(transparent)]
    NoAnswer(#[from] assay_layers::network::Unprovable),
    /// The forest gives some row no answer.
    #[error(transparent)]
    NoVotes(#[from] assay_layers::forest::Unprovable),
    /// The proof could not be made.
    #[error(transparent)]
    Engine(#[from] session::CommitError),
}

/// Why a proof is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The statement makes no sense for the table.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The proof does not prove the statement.
    #[error(transparent)]
    Proof(#[from] session::Rejection),
}

/// A model whose score is proven: a [`NodeTable`] or a
/// [`Network`](assay_model::ops::network::Network).
#[cfg(feature = "prove")]
pub trait Scored: Committed + Sized {
    /// Proves as [`prove`] says.
    #[doc(hidden)]
    fn prove_score(
        statement: &Accuracy,
        witness: &Witness<'_, Self>,
        seed: [u8; 32],
        progress: &mut dyn FnMut(&'static str),
    ) -> Result<Vec<u8>, ProveError>;
}

#[cfg(feature = "prove")]
impl Scored for NodeTable {
    fn prove_score(
        statement: &Accuracy,
        witness: &Witness<'_, Self>,
        seed: [u8; 32],
        progress: &mut dyn FnMut(&'static str),
    ) -> Result<Vec<u8>, ProveError> {
        let circuit = Circuit::new(statement, Rows::Public(witness.table))?;
        prove_circuit(statement, circuit, witness, None, seed, progress)
    }
}

/// Proves `statement` about public rows. `seed` is 32 fresh bytes of the operating system's
/// randomness, used for nothing else; `progress` is told the name of each phase as it begins.
#[cfg(feature = "prove")]
pub fn prove<M: Scored>(
    statement: &Accuracy,
    witness: &Witness<'_, M>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    M::prove_score(statement, witness, seed, progress)
}

/// Proves `statement` about committed rows, whose commitment has `rows_salt`. Otherwise as
/// [`prove`].
#[cfg(feature = "prove")]
pub fn prove_committed(
    statement: &Accuracy,
    witness: &Witness<'_>,
    rows_salt: &Salt,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    let table = witness.table;
    if *table.schema() != statement.schema || table.rows() != statement.rows as usize {
        return Err(Unfit::Data.into());
    }
    if as_digest(&commit_rows(table, rows_salt)) != statement.data {
        return Err(ProveError::Mismatch("the commitment is not to these rows under this salt"));
    }
    let circuit = Circuit::new(statement, Rows::Committed(Some(table)))?;
    prove_circuit(statement, circuit, witness, Some(rows_salt), seed, progress)
}

#[cfg(feature = "prove")]
fn prove_circuit(
    statement: &Accuracy,
    circuit: Circuit<'_>,
    witness: &Witness<'_>,
    rows_salt: Option<&Salt>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    if crate::commit::commit(witness.model, witness.salt) != statement.model {
        return Err(ProveError::Mismatch("the commitment is not to this model under this salt"));
    }
    let correct = circuit.tree().correct(witness.model)?;
    let rows = witness.table.rows();
    if !circuit.tree().goal.holds(correct) {
        return Err(ProveError::False { correct, rows });
    }
    let proven = circuit::Proven { circuit, model: witness.model, salt: witness.salt, rows_salt };
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// Checks `proof` against `statement` and the public rows.
pub fn verify(statement: &Accuracy, table: &Table, proof: &[u8]) -> Result<(), Rejection> {
    if let Architecture::Network(program) = &statement.architecture {
        return network::verify(statement, program, table, proof);
    }
    if let Architecture::Forest(bounds) = statement.architecture {
        return forest::verify(statement, bounds, table, proof);
    }
    let circuit = Circuit::new(statement, Rows::Public(table))?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

/// Checks `proof` against a `statement` about committed rows.
pub fn verify_committed(statement: &Accuracy, proof: &[u8]) -> Result<(), Rejection> {
    let circuit = Circuit::new(statement, Rows::Committed(None))?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &Accuracy) -> Result<Terms, Unfit> {
    match &statement.architecture {
        Architecture::Network(program) => network::security(statement, program),
        &Architecture::Forest(bounds) => forest::security(statement, bounds),
        _ => circuit::security(statement),
    }
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &Accuracy) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}

fn goal(score: Score) -> Goal {
    match score {
        Score::AtLeast(k) => Goal::AtLeast(k),
        Score::Fewer(k) => Goal::Fewer(k),
        Score::Exactly(k) => Goal::Exactly(k),
    }
}
