//! Sales between an owner and a buyer with directories of their own, over a chain in a third one.
#![allow(clippy::unwrap_used, reason = "a failed preparation fails the test")]

mod chains;
mod dishonest;
mod happy_path;
mod kinds;
mod leaks;
mod policy;
mod private;
mod restarts;
mod silence;
mod veiled;
mod warnings;
mod world;
