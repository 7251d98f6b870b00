//! Inner products of two hidden vectors.
//!
//! The claim is
//!
//! ```text
//! Σ_{x ∈ {0,1}^n} A(x)·B(x) = s
//! ```
//!
//! with A and B multilinear. It is reduced to the two values A(r) and B(r) at a random point. In
//! each round the prover sends h(0) and h(2), where h is the sum with the current variable free;
//! h(1) follows from the running claim. This is how a matrix product is proven that nobody writes
//! down: after folding its free axes with eq, what is left is one such sum over the contracted axis
//! (Thaler, *Time-Optimal Interactive Proofs for Circuit Evaluation*, CRYPTO 2013, section 5).
//!
//! # Transcript
//!
//! Per variable: h(0), h(2) hidden, one challenge. Then the pair (A(r), B(r)).
//!
//! # Closing the protocol
//!
//! The caller MUST relate both values to the vectors it means, at the returned point.
//!
//! Soundness error: 2n/|EF|.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

#[cfg(feature = "prove")]
pub use prove::prove;
pub use verify::verify;

use crate::field::EF;
use crate::linear::Linear;
use crate::pads::Budget;

/// What is left of an inner product.
#[must_use = "an inner product is not proven until both values are related to their vectors"]
#[derive(Clone, Debug)]
pub struct Ends {
    /// The random point, first variable first.
    pub point: Vec<EF>,
    /// The first vector's value there.
    pub a: Linear,
    /// The second vector's.
    pub b: Linear,
}

/// Returns what an inner product over `2^rounds` places exchanges.
pub fn budget(rounds: usize) -> Budget {
    Budget { linear: rounds.saturating_mul(2), pairs: 1, ..Budget::default() }
}
