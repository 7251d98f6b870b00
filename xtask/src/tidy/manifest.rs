//! Outside crates: each is named once, in the root, with a word on what it is for.

use super::{Fault, policy::FIXTURES, tree::Tree};
use anyhow::{Context, Result};

pub(super) fn check(tree: &Tree, faults: &mut Vec<Fault>) -> Result<()> {
    for path in tree.paths() {
        let is_manifest = path.ends_with("Cargo.toml") && !path.starts_with(FIXTURES);
        if !is_manifest {
            continue;
        }
        let manifest = String::from_utf8_lossy(&tree.read(path)?).into_owned();
        if path == "Cargo.toml" {
            reasons(path, &manifest, faults);
        } else {
            inherited(path, &manifest, faults)?;
        }
    }
    Ok(())
}

/// A line of `[workspace.dependencies]` ends in a comment or belongs to a block that begins with one.
fn reasons(path: &str, manifest: &str, faults: &mut Vec<Fault>) {
    let mut is_table = false;
    let mut is_block_explained = false;
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') {
            is_table = line == "[workspace.dependencies]";
        } else if line.is_empty() {
            is_block_explained = false;
        } else if line.starts_with('#') {
            is_block_explained = true;
        } else if is_table && line.contains(" = ") {
            let is_ours = line.contains("path = ");
            let is_explained = is_block_explained || line.contains(" # ");
            if !is_ours && !is_explained {
                faults.push(Fault {
                    rule: "dependency-reason",
                    place: format!("{path}:{}", index + 1),
                    what: "say in a comment what this crate is for".into(),
                });
            }
        }
    }
}

/// The other manifests inherit from that table, so that no crate escapes the rule above.
fn inherited(path: &str, manifest: &str, faults: &mut Vec<Fault>) -> Result<()> {
    let manifest: toml::Table =
        toml::from_str(manifest).with_context(|| format!("{path} is not TOML"))?;
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(table) = manifest.get(kind).and_then(toml::Value::as_table) else { continue };
        for (name, value) in table {
            let inherits = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            if !inherits {
                faults.push(Fault {
                    rule: "dependency-table",
                    place: path.into(),
                    what: format!("{name} belongs into the root's [workspace.dependencies]"),
                });
            }
        }
    }
    Ok(())
}
