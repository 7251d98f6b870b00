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
//! ([`ForestTable::exec`](assay_model::ops::forest::ForestTable::exec)).
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
//! One circuit (`circuit`): the layer of the architecture ([`assay_layers::tree`],
//! [`assay_layers::forest`] or [`assay_layers::network`]) over the rows, and the model's commitment
//! ([`crate::commit`]) over the same parameters. The statement digest is absorbed first.

mod figure;
pub mod parts;
#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
pub(crate) mod tests;
mod verify;

#[cfg(feature = "prove")]
pub use prove::{ProveError, Scored, Witness, prove, prove_committed};
pub use verify::{verify, verify_committed};

use crate::Work;
use crate::circuit;
use assay_engine::security::Terms;
use assay_engine::session;
#[cfg(doc)]
use assay_model::ops::tree::NodeTable;
use assay_types::statement::{Accuracy, Modes, Privacy};

/// The privacy of this statement: public rows, committed model, hidden answers.
pub const MODES: Modes = Modes::SCORED;

/// The same over committed rows: only their commitment ([`crate::rows`]) is public, in the place of
/// their digest.
pub const MODES_COMMITTED: Modes = Modes { input: Privacy::Committed, ..MODES };

/// Why a statement cannot be true, or cannot be checked with this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The modes are not those of this statement.
    #[error("an accuracy proof has public or committed rows, committed weights and hidden answers")]
    Modes,
    /// Rows of such a network must be public.
    #[error("rows of this network cannot be hidden: its features become too many integers")]
    Public,
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
    /// The class has no rows, or is none of the declared ones, or the fraction is none.
    #[error("a figure is of a class that some row has, and a fraction above 0 and up to 1")]
    Figure,
    /// Another number of rows has the class.
    #[error("the statement counts other rows of the class than there are")]
    Positives,
    /// Labels of a class, or among the best answers, must be public.
    #[error("figures of a class and labels among the best answers are proven of public rows only")]
    Labels,
    /// The model has no best answers but one.
    #[error("a decision tree answers with one class: it has no second best")]
    Ranks,
    /// No answers are the best, or more than there are classes.
    #[error("the best answers are between one and as many as there are classes")]
    Best,
    /// Rows times the parts of the fraction are too many for the field.
    #[error(
        "so fine a fraction of so many rows could wrap around in the field; take a rounder one"
    )]
    Wraps,
    /// Rows of a proof in parts must be public.
    #[error("a proof in parts is about public rows")]
    Hidden,
    /// The rows make no such parts, or there are too many.
    #[error("the rows make another number of parts, or more than 4,096")]
    Parts,
    /// Rows and bounds are too large for one proof.
    #[error("rows and declared bounds are too large for one proof")]
    TooLarge,
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

impl From<circuit::Unfit> for Unfit {
    fn from(reason: circuit::Unfit) -> Self {
        match reason {
            circuit::Unfit::Architecture => Self::Architecture,
            circuit::Unfit::Sizes => Self::Sizes,
            circuit::Unfit::Kept => Self::Public,
            circuit::Unfit::TooLarge => Self::TooLarge,
        }
    }
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &Accuracy) -> Result<Terms, Unfit> {
    Ok(verify::stated(statement)?.security()?)
}

/// How the time of a proof of these sizes is shared among its phases.
pub fn work(statement: &Accuracy) -> Result<Work, Unfit> {
    Ok(Work::of(&verify::stated(statement)?)?)
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &Accuracy) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}
