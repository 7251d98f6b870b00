//! `cargo xtask bench`: the workloads, in the release profile.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// Runs the benchmark program with these arguments.
///
/// Measure on a quiet machine: figures taken while others build are worth nothing.
pub(crate) fn run(root: &Path, args: impl Iterator<Item = String>) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["bench", "--quiet", "--package", "assay-statements", "--bench", "workloads", "--"])
        .args(args)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the benchmark ended with {status}");
    Ok(())
}
