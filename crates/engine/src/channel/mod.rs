//! The conversation between prover and verifier, and the one place that knows how it is hidden.
//!
//! A protocol's prover calls [`Prover::hide`] (a scalar), [`Prover::hide_pair`] (two scalars whose
//! product the verifier needs), [`Prover::hide_cube`] (a scalar whose cube it needs) or
//! [`Prover::clear`] (a scalar that is uniform by construction). Its verifier calls the namesakes
//! of [`Verifier`] in the same order and gets [`Linear`](crate::linear::Linear) expressions, never
//! values.
//!
//! With pads a, b and committed e = ab a pair (x, y) sent as c = x + a, d = y + b has the product
//! `xy = cd − da − cb + e`; with committed a², a³ a scalar x sent as c = x + a has the cube
//! `x³ = c³ − 3c²a + 3c·a² − a³`. Both are linear in committed cells.
//!
//! Challenges come from Fiat-Shamir over everything sent so far, hashed with Blake3.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
pub(crate) mod rehearsal;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

#[cfg(feature = "prove")]
pub use prove::Prover;
pub use verify::{Product, Verifier};

use crate::field::EF;

/// The scalars of a proof, in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// Padded scalars.
    pub hidden: Vec<EF>,
    /// Scalars that are uniform by themselves.
    pub clear: Vec<EF>,
}

/// Why a conversation is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The proof ends before the protocol does.
    #[error("the proof has fewer scalars than the protocol sends")]
    Short,
    /// The proof goes on when the protocol has ended.
    #[error("the proof has more scalars than the protocol sends")]
    Long,
    /// The protocol wants more pads than its budget. A fault of the circuit, not of the proof.
    #[error("the protocol exceeds or leaves unused its budget of {0}")]
    Budget(&'static str),
    /// A challenge is zero where the protocol divides by it; an honest prover meets this once in
    /// 2^155 draws.
    #[error("a challenge is zero")]
    ZeroChallenge,
}
