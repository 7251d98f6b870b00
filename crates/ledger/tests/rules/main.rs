//! The rules of the market, tested from outside: every rule in its order of precedence, every way to be
//! silent, every way to claim twice, and conservation over random histories.

mod account;
mod dataset;
mod endings;
mod envelope;
mod evidence;
mod happy_path;
mod histories;
mod open_job;
mod proofs;
mod steps;
mod world;
