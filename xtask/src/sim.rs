//! `cargo xtask sim <seed>`: one run of the validators in the simulator, told step by step.

use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Runs the schedule of faults of one seed, or of many: `7`, or `0..1000`.
pub(crate) fn run(root: &Path, seeds: &str) -> Result<()> {
    let status = crate::cargo(root)
        .args(["nextest", "run", "--workspace", "--no-capture", "--test", "sim"])
        .args(["-E", "test(whatever_happens_the_validators_agree)"])
        .env("ASSAY_SIM_SEEDS", seeds)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the simulation ended with {status}");
    Ok(())
}
