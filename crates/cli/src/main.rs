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
mod curve;
mod daemon;
mod declared;
mod delivered;
mod errors;
mod failure;
mod figure;
mod files;
mod inputs;
mod layers;
mod listing;
mod market;
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

use clap::Parser;
use std::process::ExitCode;

/// Keeps freed memory: page faults are half of a prover's time otherwise.
#[global_allocator]
static ALLOCATOR: assay_memory::Allocator = assay_memory::ALLOCATOR;

fn main() -> ExitCode {
    assay_memory::keep();
    let cli = cli::Cli::parse();
    let output = output::Output::new(cli.json);
    match commands::run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.code.into()
        }
    }
}
