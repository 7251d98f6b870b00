//! The rules of the market, tested from outside: every rule in its order of precedence, every way to be
//! silent, every way to claim twice, and conservation over random histories.

#![allow(clippy::unwrap_used, reason = "in a test, what fails must panic")]
#![allow(clippy::wildcard_imports, reason = "a test of the whole market names most of its nouns")]

mod account;
mod dataset;
mod endings;
mod envelope;
mod evidence;
mod happy_path;
mod histories;
mod open_job;
mod proofs;
mod seats;
mod stake;
mod steps;
mod world;
