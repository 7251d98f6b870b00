//! The types of the market, tested from outside: every wire format is frozen, canonical and bounded.

#![allow(clippy::unwrap_used, reason = "in a test, what fails must panic")]
#![allow(clippy::wildcard_imports, reason = "a test of all wire types names all of them")]

mod blob;
mod bounds;
mod checkpoint;
mod curve;
mod double_votes;
mod eip712;
mod fit;
mod genesis;
mod header;
mod limits;
mod log;
mod merkle;
mod sample;
mod signature;
mod signing;
mod stake;
mod succession;
mod validators;
mod wire;
