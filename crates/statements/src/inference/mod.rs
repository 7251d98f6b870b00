//! A model answers these rows so.
//!
//! # Claim
//!
//! There are n rows, a model of the declared bounds and n classes such that the model answers each
//! row with its class ([`Model::exec`]), and
//!
//! | part | public | committed | hidden |
//! |---|---|---|---|
//! | input | the rows are the ones with this digest | R opens to the rows ([`crate::rows`]) | – |
//! | weights | the model is the one with this digest | M opens to the model ([`crate::commit`]) | – |
//! | output | the classes are the ones with this digest | Y opens to the classes ([`crate::answers`]) | – |
//!
//! under some salt each. A class is a declared one: an undeclared one is no answer. Instead of classes
//! there may be *numbers* ([`Estimate`]), in parts of a unit, which a
//! [`regression::Model`](assay_model::regression::Model) answers with; all else is the same. The input is a
//! table whose labels mean nothing here, so that rows that were scored can be answered under the
//! same name; rows without labels have the first class everywhere.
//!
//! | claim | carried by | still trusted |
//! |---|---|---|
//! | y is M's answer to x | this proof | nothing beyond the proof system |
//!
//! # What it is worth
//!
//! What is hidden is only said to exist. With two hidden parts that is always true, so such
//! statements are refused ([`Unfit::SaysNothing`]). With one,
//!
//! - *weights hidden*: some model of these bounds answers so. Bounds that hold one leaf per row are
//!   met by any answers; only in small bounds is this worth anything, and never is it said to be
//!   anybody's model;
//! - *input hidden*: the model can answer so. To which rows is anybody's guess;
//! - *output hidden*: the model has a declared answer to every row. Every tree has; what this shows
//!   is that somebody who holds the model under M has used it on these rows.
//!
//! With nothing hidden this is what a paid prediction needs: a committed model, somebody's committed
//! or public row, and an answer that is public or can be shown later.
//!
//! *Limit.* Rows that are not public are not proven to hold codes of finite floats, as in
//! [`crate::rows`]: whoever holds the opening of R recomputes R from a table, and knows. Where rows
//! are hidden, "row" means a vector of integers that are compared as integers.
//!
//! # Protocol
//!
//! [`assay_layers::tree`] with [`Goal::Answers`](assay_layers::Goal::Answers): the last step
//! of each row holds its class as answer. Over the same cells the openings of what is committed, in
//! at most two batches of compressions. Public weights are read off: with ρ random, each of the four
//! columns of slots must have at ρ the value that the public slots have; error `slots_log / |EF|`.
//! Of a model that answers with a number, the one class is everybody's answer, and the layer's column of
//! outputs is tied to the numbers at a random point (`numbers`). The statement digest, which holds the
//! modes, is absorbed first.

mod fit;
mod kind;
#[cfg(feature = "prove")]
mod prove;
#[cfg(test)]
mod tests;

pub use fit::{Known, Unfit};
pub use kind::{Answering, Asked};
#[cfg(feature = "prove")]
pub use prove::{ProveError, Witness, answers, describe, prove};

use crate::Work;
use crate::circuit::{Circuit, by_architecture};
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::Sizes;
#[cfg(doc)]
use assay_model::Model;
#[cfg(doc)]
use assay_types::statement::Estimate;
use fit::{Parts, blank, stated};

/// Why a proof is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The statement says nothing, or not of what is at hand.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The proof does not prove the statement.
    #[error(transparent)]
    Proof(#[from] session::Rejection),
}

/// Checks `proof` against `statement` and what is public of it.
pub fn verify<Q: Asked>(
    statement: &Q,
    known: &Known<'_, Q::Model>,
    proof: &[u8],
) -> Result<(), Rejection> {
    fn verify<S: Sizes>(
        statement: &impl Asked,
        parts: Parts<'_>,
        proof: &[u8],
    ) -> Result<(), Rejection> {
        let mut stated = stated(statement)?;
        if let Some(numbers) = &mut stated.numbers {
            numbers.public = parts.numbers;
        }
        let circuit = Circuit::<S>::new(&stated, parts.claim, parts.weights);
        let circuit = circuit.map_err(Unfit::from)?;
        Ok(session::verify(&circuit, &statement.name().0.0, proof)?)
    }
    stated(statement)?;
    let blank = blank(statement);
    let parts = known.fit(statement, &blank)?;
    let otherwise = Err(Unfit::Architecture.into());
    by_architecture!(statement.view().architecture, otherwise, verify(statement, parts, proof))
}

/// How likely a false statement of these sizes is to be accepted, by source of error.
pub fn security(statement: &impl Asked) -> Result<Terms, Unfit> {
    Ok(stated(statement)?.security()?)
}

/// How the time of a proof of these sizes is shared among its phases.
pub fn work(statement: &impl Asked) -> Result<Work, Unfit> {
    Ok(Work::of(&stated(statement)?)?)
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &impl Asked) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}
