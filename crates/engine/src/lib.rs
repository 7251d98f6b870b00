//! The proof engine: one committed polynomial, sum-checks, lookups, and a hiding layer under all of
//! them.
//!
//! A statement is a [`session::Circuit`]. It lays out cells ([`cells`]), talks through a
//! [`channel`] that hides every message under pads ([`pads`]), and records linear [`relations`] on
//! cells. [`session`] turns that into a proof. The protocols that a circuit is made of have a
//! folder each, with the same files, so that who has read one has read all:
//!
//! - `mod.rs`: the claim in mathematics, the messages, the soundness error, the paper;
//! - `prove.rs`: the prover's half (feature `prove`);
//! - `verify.rs`: the verifier's half, which cannot panic;
//! - `tests.rs`: completeness, then one rejection per way to be rejected.
//!
//! [`sumcheck`], [`inner`] (products of vectors), [`fraction`] (lookups) and [`poseidon2`]
//! (hashing) are for circuits; `products`
//! and [`closing`] are the engine's own; [`pcs`] is the commitment. See
//! `docs/design/0001-proof-engine.md`.

pub mod cells;
pub mod challenger;
pub mod channel;
pub mod closing;
pub mod field;
pub mod fraction;
pub mod inner;
pub mod linear;
pub mod mle;
#[cfg(feature = "prove")]
pub mod packed;
pub mod pads;
pub mod pcs;
pub mod poseidon2;
mod products;
pub mod relations;
pub mod security;
pub mod session;
pub mod small;
pub mod sumcheck;
#[cfg(feature = "prove")]
mod watch;
