//! A committed model answers public rows with numbers whose mean squared error is at most a fraction,
//! or whose R² is at least one.
//!
//! # Claim
//!
//! There is a model of the stated architecture, committed to by the stated commitment, whose
//! execution ([`assay_model::regression::Model::exec`]) on the stated rows has errors e_i = y_i − t_i with
//!
//! ```text
//! MSE ≤ a/b    S ≤ ⌊a·n·D²/b⌋                       S = Σ e_i²
//! R²  ≥ a/b    S ≤ ⌊(b − a)·V/(b·n)⌋                V = n·Σt² − (Σt)²
//! ```
//!
//! or the same with S greater. n, D and the targets t are public, and so are both bounds: integers,
//! which the verifier computes. The errors are small enough for the bits that the scale declares
//! ([`assay_model::regression::Scale::error_bits`]).
//!
//! The circuit is that of a score whose goal always holds (of one class, everybody's answer is that
//! class), with [`assay_layers::squares`] over the column of sums. Answers, errors and S stay hidden.
//!
//! Rows are public. A proof is one proof: there are no parts.

mod bound;
#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

pub use bound::spread;
#[cfg(feature = "prove")]
pub use prove::{ProveError, Regressor, Witness, prove};
pub use verify::verify;

use crate::Work;
use crate::circuit;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_types::statement::{Modes, Regression};

/// The privacy of this statement: public rows, committed model, hidden answers.
pub const MODES: Modes = Modes::SCORED;

/// Why a statement cannot be true, or cannot be checked with this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The modes are not those of this statement.
    #[error("a proof of errors has public rows, committed weights and hidden answers")]
    Modes,
    /// The architecture has no numbers to answer with, or no proof.
    #[error("this architecture does not answer with a number")]
    Architecture,
    /// The rows are not the ones that the statement names.
    #[error("these are not the rows that the statement names")]
    Data,
    /// The numbers of rows or features disagree.
    #[error("the sizes of the statement disagree with each other")]
    Sizes,
    /// The fraction is none, or the measure could not be it.
    #[error("a fraction has a denominator; no error is below 0, and no R² above 1")]
    Fraction,
    /// All targets are the same.
    #[error("targets that are all the same have no R²")]
    Constant,
    /// No errors are so great.
    #[error("no model can miss this on so many rows")]
    Score,
    /// Numbers are too many or too great.
    #[error("so many rows of so wide a range, or so fine a fraction, could wrap around")]
    Wraps,
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
            circuit::Unfit::Architecture | circuit::Unfit::Kept => Self::Architecture,
            circuit::Unfit::Sizes => Self::Sizes,
            circuit::Unfit::TooLarge => Self::TooLarge,
        }
    }
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &Regression) -> Result<Terms, Unfit> {
    Ok(verify::stated(statement)?.security()?)
}

/// How the time of a proof of these sizes is shared among its phases.
pub fn work(statement: &Regression) -> Result<Work, Unfit> {
    Ok(Work::of(&verify::stated(statement)?)?)
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &Regression) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}
