//! The products of pads, which the channel's pairs and cubes rely on.
//!
//! The claim is, over the product rows k of the pad region,
//!
//! ```text
//! A_k·B_k = E_k   in pair and cube rows,      A_k² = B_k   in cube rows.
//! ```
//!
//! It is reduced by Σ_k eq(τ, k)·(w_k·(A·B − E) + ν·c_k·(A² − B)) = 0, with w and c the public
//! selectors of used rows and cube rows. The sum-check is padded like any other; its three readings
//! A(r), B(r), E(r) are sent in the clear: the free rows, which no constraint and no message
//! touches, make them uniform and independent.
//!
//! # Transcript
//!
//! τ (one challenge per variable), ν; a cubic sum-check; A(r), B(r), E(r) in the clear.
//!
//! Soundness error: (4·log rows + 1)/|EF|.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

#[cfg(feature = "prove")]
pub(crate) use prove::prove;
pub(crate) use verify::verify;
