//! LogUp: two trees of fractions whose sums cancel.
//!
//! The claim is
//!
//! ```text
//! Σ_i n_i/d_i  over the leaves of both trees  =  0.
//! ```
//!
//! With leaves 1/(α − v) for every looked-up tuple v and −m/(α − t) for every table entry t of
//! multiplicity m, it says that each looked-up tuple is an entry: rational functions with different
//! poles are linearly independent. Tuples are compressed by powers of β and carry a tag per table.
//!
//! Layer k of a tree has 2^k fractions; the first variable of the layer below splits it: `n(x) =
//! n(0,x)·d(1,x) + n(1,x)·d(0,x)`, `d(x) = d(0,x)·d(1,x)`. Both trees are walked from the roots at
//! shared points; the small one ends early.
//!
//! # Transcript
//!
//! Roots (N0, D1), (N1, D0) as pairs, checked as N0·D1 + N1·D0 = 0. Per layer k: challenges λ, μ;
//! the claim Σ_trees μ^t·(n + λ·d)(z) as a sum-check with eq over u·d1 + n1·d0, u = n0 + λ·d0 (k
//! rounds of q(0), q(2)); the pairs (u, d1), (d0, n1) per live tree; a challenge b that joins the
//! halves.
//!
//! # Closing the protocol
//!
//! The caller MUST relate each tree's leaf claims to the leaves it means.
//!
//! Soundness error: Σ_layers (2k + live + 2)/|EF| for the walk; (leaves·tuple length)/|EF| for
//! compression and the draw of α, which also covers denominators that vanish. Paper: Papini,
//! Haböck, *Improving logarithmic derivative lookups using GKR*, ePrint 2023/1289. Deviation:
//! messages are hidden, so products come through pairs.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
#[cfg(feature = "prove")]
mod tree;
mod verify;

#[cfg(feature = "prove")]
pub use prove::prove;
#[cfg(feature = "prove")]
pub use tree::Tree;
pub use verify::verify;

use crate::field::EF;
use crate::linear::Linear;
use crate::pads::Budget;

/// What is left to check of one tree: its leaves, as multilinear tables, at a random point.
#[must_use = "the lookups prove nothing until the leaves are related to what was looked up"]
#[derive(Clone, Debug, Default)]
pub struct Leaf {
    /// The point, as many coordinates as the tree has layers.
    pub point: Vec<EF>,
    /// The numerators there.
    pub numerator: Linear,
    /// The denominators there.
    pub denominator: Linear,
}

/// Returns what the walk of two trees with 2^`logs` leaves exchanges.
pub fn budget(logs: [usize; 2]) -> Budget {
    let top = logs[0].max(logs[1]);
    let rounds = (0..top).sum::<usize>();
    Budget { linear: 2 * rounds, pairs: 2 + 2 * (logs[0] + logs[1]), cubes: 0, clear: 0 }
}
