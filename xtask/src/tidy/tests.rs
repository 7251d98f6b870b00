//! Each tree under `fixtures` is laid over the clean one and must break exactly the rule that it is
//! named after; what follows a dot in the name tells variants apart.

use super::{faults, tree::Tree};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Copies `clean` and then `name` into a new folder, and returns the rules broken there.
#[track_caller]
fn broken(name: &str) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    for layer in ["clean", name] {
        let layer = Tree::all(&fixtures().join(layer)).unwrap();
        for path in layer.paths() {
            let copy = scratch.path().join(path);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::write(copy, layer.read(path).unwrap()).unwrap();
        }
    }
    let faults = faults(&Tree::all(scratch.path()).unwrap()).unwrap();
    faults.iter().map(|fault| fault.rule.to_owned()).collect()
}

#[test]
fn finds_nothing_in_a_clean_tree() {
    assert_eq!(broken("clean"), Vec::<String>::new());
}

#[test]
fn finds_exactly_the_fault_of_each_fixture() {
    let mut rules = BTreeSet::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "clean" {
            let rule = name.split('.').next().unwrap().to_owned();
            assert_eq!(broken(&name), std::slice::from_ref(&rule), "fixture {name}");
            rules.insert(rule);
        }
    }
    assert_eq!(
        rules.into_iter().collect::<Vec<_>>(),
        RULES,
        "a rule without a fixture, or the reverse"
    );
}

/// Every rule that the sources of `tidy` name.
const RULES: &[&str] = &[
    "binary-file",
    "deny-block",
    "dependency-reason",
    "dependency-table",
    "determinism",
    "edge",
    "file-length",
    "float",
    "ignored-test",
    "machine-path",
    "missing-test",
    "namesake",
    "registry-host",
    "stray-program",
    "test-edge",
    "unfinished",
    "unlisted-crate",
];
