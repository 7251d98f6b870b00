//! Validators in a simulator: the engine of the node, upon a runtime and a network in which the same seed gives
//! the same run. One file per way to misbehave.
//!
//! `cargo xtask sim <seed>` runs the schedule of faults of one seed (`random.rs`) and prints what was done.

#![allow(clippy::unwrap_used, reason = "in a test, what fails must panic")]

mod away;
mod bad;
mod crash;
mod damaged;
mod dead;
mod door;
mod epochs;
mod founding;
mod liar;
mod life;
mod lost;
mod partition;
mod proofs;
mod random;
mod random_epochs;
mod rejoin;
mod sale;
mod single;
mod slow;
mod stakes;
mod sync;
mod together;
mod twice;
mod vectors;
mod world;
