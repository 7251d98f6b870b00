//! The table of ways to fail: every file and every test that it names exists.
//!
//! A name between backticks is a path if it has a slash in it, below `crates/` or the root, and a
//! function if it is snake case with an underscore. A function lies in the file, or the folder,
//! that was named last before it in its row. Everything else is prose.

use super::{
    Fault,
    policy::{PITFALLS, ROW},
    rust::{Source, names},
    tree::Tree,
};
use anyhow::Result;

pub(super) fn check(tree: &Tree, faults: &mut Vec<Fault>) -> Result<()> {
    if !tree.has(PITFALLS) {
        return Ok(());
    }
    let table = tree.read(PITFALLS)?;
    for (index, line) in String::from_utf8_lossy(&table).lines().enumerate() {
        let mut place: Option<String> = None;
        // Every second part is between backticks.
        for name in line.split('`').skip(1).step_by(2) {
            let what = if name.contains('/') {
                place = find(tree, name);
                place.is_none().then(|| format!("there is no {name}"))
            } else if line.starts_with(ROW) && is_function(name) {
                match &place {
                    None => Some(format!("`{name}` stands before the file that it is in")),
                    Some(place) if has_function(tree, place, name)? => None,
                    Some(place) => Some(format!("there is no `{name}` in {place}")),
                }
            } else {
                None
            };
            faults.extend(what.map(|what| Fault {
                rule: "missing-test",
                place: format!("{PITFALLS}:{}", index + 1),
                what,
            }));
        }
    }
    Ok(())
}

/// Whether this is how tests are called here.
fn is_function(name: &str) -> bool {
    let is_snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.contains('_') && name.chars().all(is_snake)
}

/// The path from the root of a file or folder.
fn find(tree: &Tree, name: &str) -> Option<String> {
    let name = name.trim_end_matches('/');
    [format!("crates/{name}"), name.to_owned()]
        .into_iter()
        .find(|path| tree.paths().any(|other| is_within(other, path)))
}

fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a function of this name is written there, not only spoken of.
fn has_function(tree: &Tree, place: &str, name: &str) -> Result<bool> {
    let definition = format!("fn {name}");
    for path in tree.paths().filter(|path| is_within(path, place) && path.ends_with(".rs")) {
        let source = Source::new(&String::from_utf8_lossy(&tree.read(path)?));
        if source.code.iter().any(|line| names(line, &definition)) {
            return Ok(true);
        }
    }
    Ok(false)
}
