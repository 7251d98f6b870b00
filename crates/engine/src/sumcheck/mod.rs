//! Sum-checks, in the three forms that the engine needs.
//!
//! *Cubic.* Reduces Σ_{x∈{0,1}^n} c(t_1(x), …, t_T(x)) = s, with c of degree at most 3 and
//! multilinear t_j, to values of the t_j at a random point. In round i the prover sends h(0), h(2),
//! h(3), where h is the sum with variable i free; h(1) = s_i − h(0), so a false running sum cannot
//! be written down. Error 3n/|EF|.
//!
//! *With eq.* Reduces Σ_x eq(z, x)·g(x) = s with g of degree 2 or 3 in each variable. The factor eq
//! is kept out of the messages: with q the part without eq, (1 − z_i)·q(0) + z_i·q(1) = s_i gives
//! q(1) from q(0), and the running claim is q(r), free of eq. Rounds send q(0), q(2) and, in degree
//! 3, q(3). Error d·n/|EF|, and n/|EF| that some z_i is zero. (Gruen, ePrint 2024/108, section 3.)
//!
//! All messages travel through the channel, so claims are [`Linear`] expressions and nothing is
//! compared here.
//!
//! # Closing the protocol
//!
//! The caller MUST relate the returned claim to the values at the returned point.
//!
//! Paper: Lund, Fortnow, Karloff, Nisan 1992; notation of Thaler, *Proofs, Arguments, and
//! Zero-Knowledge*, 4.1.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

#[cfg(feature = "prove")]
pub(crate) use prove::sum_arrays;
#[cfg(feature = "prove")]
pub use prove::{Constraint, prove_cubic};
pub use verify::{verify_cubic, verify_eq_cubic, verify_eq_quadratic};

use crate::field::EF;
use crate::linear::Linear;

/// What is left of a claim after the rounds.
#[must_use = "accepting the rounds proves nothing until this claim is related to its point"]
#[derive(Clone, Debug)]
pub struct Reduced {
    /// The random point, first variable first.
    pub point: Vec<EF>,
    /// What the summand must be there.
    pub claim: Linear,
}
