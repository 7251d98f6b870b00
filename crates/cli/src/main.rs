//! The `assay` program: one file per command, and nothing in them but plumbing.
//!
//! stdout is data, stderr is progress and complaint, and the exit code says what happened
//! ([`failure::Code`]). Everything that computes lives in the crates below.

mod acts;
mod algorithm;
mod answers_opening;
mod card;
mod cli;
mod commands;
mod config;
mod curve;
mod daemon;
mod declared;
mod delivered;
mod errors;
mod failure;
mod figure;
mod files;
mod inputs;
mod interrupt;
mod layers;
mod listing;
mod market;
mod node_at;
mod numbers;
mod opening;
mod output;
mod parameters;
mod parted_file;
mod place;
mod policy;
mod privacy;
mod proof_file;
mod row_range;
mod rows_opening;
mod stop;
mod terms;
mod threshold;
mod told;
mod validator;

use std::ffi::OsString;
use std::process::ExitCode;

/// Keeps freed memory: page faults are half of a prover's time otherwise.
#[global_allocator]
static ALLOCATOR: assay_memory::Allocator = assay_memory::ALLOCATOR;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match config::parse(&args) {
        Ok(cli) => cli,
        Err(failure) => return ended(&output::Output::new(false), &failure),
    };
    // A node goes on for months, and what its many threads free is not what they ask for next.
    if !matches!(cli.command, cli::Command::Node(_)) {
        assay_memory::keep();
    }
    let output = output::Output::new(cli.json);
    match commands::run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ended(&output, &failure),
    }
}

fn ended(output: &output::Output, failure: &failure::Failure) -> ExitCode {
    output.failure(failure);
    failure.code.into()
}
