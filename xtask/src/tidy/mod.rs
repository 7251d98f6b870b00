//! `cargo xtask tidy`: what no compiler checks.
//!
//! Each rule has a name, a place in [`policy`] where its tables stand, and trees under
//! `xtask/fixtures` that break it and nothing else.

mod files;
mod graph;
mod manifest;
mod pitfalls;
mod policy;
mod rust;
mod tree;

#[cfg(test)]
mod tests;

use anyhow::{Result, bail};
use std::{fmt, path::Path};
use tree::Tree;

/// A broken rule.
#[derive(Debug)]
struct Fault {
    rule: &'static str,
    place: String,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.what, self.rule)
    }
}

/// Prints every fault of the repository at `root`; fails if there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let faults = faults(&Tree::tracked(root)?)?;
    for fault in &faults {
        eprintln!("tidy: {fault}");
    }
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} faults"),
    }
}

fn faults(tree: &Tree) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    graph::check(tree, &mut faults)?;
    manifest::check(tree, &mut faults)?;
    files::check(tree, &mut faults)?;
    pitfalls::check(tree, &mut faults)?;
    Ok(faults)
}
