//! The committed decision tree answers so many public rows correctly.
//!
//! # Claim
//!
//! For public rows T (named by their digest), sizes and a commitment M: there are a model and a salt such that M commits to the model,
//! [`NodeTable::exec`] gives every row of T a class, and the number of rows whose class is their label meets the score (at least k,
//! fewer than k, exactly k).
//!
//! | claim | carried by | still trusted |
//! |---|---|---|
//! | the model behind M has this score on T | this proof | the labels of T |
//!
//! Hidden: the model, its size and depth up to the declared bounds, which rows are answered correctly, their number unless it is stated.
//!
//! # Protocol
//!
//! [`assay_layers::tree`] over the rows, [`crate::commit`] over the same slots, in one commitment. The statement digest is absorbed first.

mod circuit;
#[cfg(test)]
mod tests;

#[cfg(feature = "prove")]
use crate::commit::Salt;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::tree::Goal;
use assay_model::Table;
#[cfg(feature = "prove")]
use assay_model::ops::tree::NodeTable;
use assay_types::statement::{Accuracy, Modes, Privacy, Score};
use circuit::Circuit;

/// The privacy of this statement: public rows, committed model, hidden answers.
pub const MODES: Modes =
    Modes { input: Privacy::Public, weights: Privacy::Committed, output: Privacy::Hidden };

/// What the prover knows and the verifier does not, and the public rows.
#[cfg(feature = "prove")]
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The model.
    pub model: &'a NodeTable,
    /// The salt of its commitment.
    pub salt: &'a Salt,
    /// The public rows.
    pub table: &'a Table,
}

/// Why a statement cannot be true, or cannot be checked with this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The modes are not those of this statement.
    #[error("an accuracy proof has public rows, committed weights and hidden answers")]
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

/// Proves `statement`. `seed` is 32 fresh bytes of the operating system's randomness, used for nothing else; `progress` is told the name of
/// each phase as it begins.
#[cfg(feature = "prove")]
pub fn prove(
    statement: &Accuracy,
    witness: &Witness<'_>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    let circuit = Circuit::new(statement, witness.table)?;
    if crate::commit::commit(witness.model, witness.salt) != statement.model {
        return Err(ProveError::Mismatch("the commitment is not to this model under this salt"));
    }
    let correct = circuit.tree().correct(witness.model)?;
    let rows = witness.table.rows();
    if !circuit.tree().goal.holds(correct) {
        return Err(ProveError::False { correct, rows });
    }
    let proven = circuit::Proven { circuit, model: witness.model, salt: witness.salt };
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// Checks `proof` against `statement` and the public rows.
pub fn verify(statement: &Accuracy, table: &Table, proof: &[u8]) -> Result<(), Rejection> {
    let circuit = Circuit::new(statement, table)?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &Accuracy) -> Result<Terms, Unfit> {
    circuit::security(statement)
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
