//! `cargo xtask ci`: everything a change must pass.
//!
//! The cheapest checks come first, so that a slip is reported in seconds. All steps share the dev
//! profile, so nothing is compiled twice. The tests come last: their runner's own summary ends the
//! output.

use crate::{page, tidy};
use anyhow::{Context, Result, bail};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The test runner. It is pinned, since its output is read by programs.
const NEXTEST: &str = "0.9.143";

/// The crates that a browser, a node or another chain's toolchain carries to check proofs.
const VERIFIERS: &[&str] =
    &["assay-engine", "assay-layers", "assay-statements", "assay-receipt", "assay-browser"];

/// What no verifier may pull in: threads, the system's randomness, databases, runtimes.
const NOT_IN_VERIFIERS: &[&str] =
    &["rayon", "rayon-core", "crossbeam-deque", "getrandom", "redb", "tokio", "indicatif"];

pub(crate) fn run(root: &Path) -> Result<()> {
    let mut steps = Steps { root, done: Vec::new() };
    steps.step("tidy", tidy::run)?;
    steps.cargo("format", "fmt --all --check")?;
    steps.cargo("clippy", "clippy --workspace --all-targets -- -D warnings")?;
    steps.cargo("docs", "doc --workspace --no-deps --keep-going")?;
    steps.step("verifiers without the prover", verifiers)?;
    steps.step("test runner", nextest)?;
    steps.cargo("doc tests", "test --workspace --doc")?;
    steps.cargo("build the tests", "nextest run --workspace --no-run")?;
    steps.step("page", page::check)?;
    steps.times();
    steps.cargo("tests", "nextest run --workspace")
}

/// The steps taken, with the time of each.
struct Steps<'a> {
    root: &'a Path,
    done: Vec<(&'static str, Duration)>,
}

impl Steps<'_> {
    fn step(&mut self, name: &'static str, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        eprintln!("== {name}");
        let start = Instant::now();
        work(self.root).with_context(|| format!("step `{name}` failed"))?;
        self.done.push((name, start.elapsed()));
        Ok(())
    }

    fn cargo(&mut self, name: &'static str, args: &str) -> Result<()> {
        self.step(name, |root| cargo(root, args))
    }

    fn times(&self) {
        let mut total = Duration::ZERO;
        for (name, time) in &self.done {
            total += *time;
            eprintln!("{:>8.1} s  {name}", time.as_secs_f64());
        }
        eprintln!("{:>8.1} s  before the tests", total.as_secs_f64());
    }
}

fn cargo(root: &Path, args: &str) -> Result<()> {
    eprintln!("$ cargo {args}");
    let status = crate::cargo(root)
        .args(args.split(' '))
        .env("RUSTDOCFLAGS", "-D warnings")
        .stdin(Stdio::null())
        .status()
        .context("cargo cannot be started")?;
    if status.success() { Ok(()) } else { bail!("`cargo {args}` failed") }
}

/// Builds each verifier on its own, as its users do, and looks at what came with it.
fn verifiers(root: &Path) -> Result<()> {
    for name in VERIFIERS {
        cargo(root, &format!("clippy --package {name} --no-default-features -- -D warnings"))?;
        let tree = Command::new("cargo")
            .args(["tree", "--package", name, "--no-default-features"])
            .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
            .current_dir(root)
            .output()
            .context("cargo cannot be started")?;
        if !tree.status.success() {
            bail!("`cargo tree` failed: {}", String::from_utf8_lossy(&tree.stderr));
        }
        let tree = String::from_utf8_lossy(&tree.stdout);
        let pulled = tree.lines().filter_map(|line| line.split(' ').next());
        for package in pulled {
            if NOT_IN_VERIFIERS.contains(&package) {
                bail!("{name} without its prover still depends on {package}");
            }
        }
    }
    Ok(())
}

/// Installs the test runner where it is absent.
fn nextest(root: &Path) -> Result<()> {
    let is_there = Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if is_there {
        return Ok(());
    }
    cargo(root, &format!("install --locked cargo-nextest --version {NEXTEST}"))
}
