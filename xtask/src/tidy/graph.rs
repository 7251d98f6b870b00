//! Who may depend on whom, as cargo itself understands the manifests.

use super::{
    Fault,
    policy::{EDGES, PROGRAMS, TEST_EDGES},
    tree::Tree,
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{collections::BTreeSet, process::Command};

pub(super) fn check(tree: &Tree, faults: &mut Vec<Fault>) -> Result<()> {
    let metadata = metadata(tree)?;
    let packages = list(&metadata, "packages");
    let names: BTreeSet<&str> = packages.iter().map(|package| text(package, "name")).collect();
    for package in packages {
        edges(package, &names, faults);
        programs(package, faults);
    }
    Ok(())
}

fn metadata(tree: &Tree) -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(&tree.root)
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")
}

fn edges(package: &Value, names: &BTreeSet<&str>, faults: &mut Vec<Fault>) {
    let name = text(package, "name");
    let Some(allowed) = row(EDGES, name) else {
        return faults.push(Fault {
            rule: "unlisted-crate",
            place: name.into(),
            what: "no row of xtask/src/tidy/policy.rs says what this crate may depend on".into(),
        });
    };
    let in_tests = row(TEST_EDGES, name).unwrap_or_default();
    for dependency in list(package, "dependencies") {
        let other = text(dependency, "name");
        let is_test = text(dependency, "kind") == "dev";
        let is_allowed = allowed.contains(&other) || is_test && in_tests.contains(&other);
        if names.contains(other) && !is_allowed {
            let what = if is_test { "tests of this crate" } else { "this crate" };
            faults.push(Fault {
                rule: if is_test { "test-edge" } else { "edge" },
                place: name.into(),
                what: format!("{what} may not depend on {other}"),
            });
        }
    }
}

fn programs(package: &Value, faults: &mut Vec<Fault>) {
    for target in list(package, "targets") {
        let is_program = list(target, "kind").iter().any(|kind| kind == "bin");
        let name = text(target, "name");
        if is_program && !PROGRAMS.contains(&name) {
            faults.push(Fault {
                rule: "stray-program",
                place: text(package, "name").into(),
                what: format!(
                    "{name} is a program of its own: make it a command of assay or xtask"
                ),
            });
        }
    }
}

fn row(table: &[(&str, &'static [&'static str])], name: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(other, _)| *other == name).map(|(_, row)| *row)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
