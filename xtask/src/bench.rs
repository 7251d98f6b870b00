//! `cargo xtask bench`, `cargo xtask load`: what is measured, in the release profile.

use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Runs the proofs' benchmark with these arguments.
///
/// Measure on a quiet machine: figures taken while others build are worth nothing.
pub(crate) fn proofs(root: &Path, args: impl Iterator<Item = String>) -> Result<()> {
    run(root, ["assay-statements", "workloads"], args)
}

/// Runs the node's benchmark with these arguments.
pub(crate) fn load(root: &Path, args: impl Iterator<Item = String>) -> Result<()> {
    run(root, ["assay", "load"], args)
}

fn run(root: &Path, [package, bench]: [&str; 2], args: impl Iterator<Item = String>) -> Result<()> {
    let status = crate::cargo(root)
        .args(["bench", "--quiet", "--package", package, "--bench", bench, "--"])
        .args(args)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the benchmark ended with {status}");
    Ok(())
}
