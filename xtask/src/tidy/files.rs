//! Rules about single files.

use super::{
    Fault,
    policy::{
        BINARY_FOLDERS, DENIED_IN_VERIFIERS, DETERMINISTIC, FIXTURES, FLOATS, HOSTS, LINES_MAX,
        LONG, MACHINE_PATHS, NAMES_HOSTS, NOT_DETERMINISTIC, SEES_FLOATS, UNFINISHED,
    },
    rust::{Source, names},
    tree::Tree,
};
use anyhow::Result;

pub(super) fn check(tree: &Tree, faults: &mut Vec<Fault>) -> Result<()> {
    for path in tree.paths().filter(|path| !path.starts_with(FIXTURES)) {
        namesake(tree, path, faults);
        let bytes = tree.read(path)?;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            binary(path, faults);
            continue;
        };
        machine_paths(path, text, faults);
        hosts(path, text, faults);
        if path.ends_with(".rs") {
            length(path, text, faults);
            source(path, &Source::new(text), faults);
        }
    }
    Ok(())
}

fn source(path: &str, source: &Source, faults: &mut Vec<Fault>) {
    deny_block(path, source, faults);
    unfinished(path, source, faults);
    ignored(path, source, faults);
    let Some((krate, file)) = path.strip_prefix("crates/").and_then(|path| path.split_once('/'))
    else {
        return;
    };
    // Tests may hold what they like: what they compute is compared, never shipped.
    let is_test =
        file.ends_with("tests.rs") || !file.starts_with("src/") || file.contains("/tests/");
    if is_test {
        return;
    }
    if DETERMINISTIC.contains(&krate) {
        forbid("determinism", NOT_DETERMINISTIC, path, source, faults);
    }
    if krate != SEES_FLOATS {
        forbid("float", FLOATS, path, source, faults);
    }
}

fn forbid(
    rule: &'static str,
    words: &[&str],
    path: &str,
    source: &Source,
    faults: &mut Vec<Fault>,
) {
    for (index, line) in source.shipped().iter().enumerate() {
        if let Some(word) = words.iter().find(|word| names(line, word)) {
            faults.push(Fault {
                rule,
                place: format!("{path}:{}", index + 1),
                what: format!("`{word}` may not be named here"),
            });
        }
    }
}

fn length(path: &str, text: &str, faults: &mut Vec<Fault>) {
    let lines = text.lines().count();
    let is_permitted = text.lines().any(|line| line.starts_with(LONG));
    if LINES_MAX < lines && !is_permitted {
        faults.push(Fault {
            rule: "file-length",
            place: path.into(),
            what: format!("{lines} lines, {LINES_MAX} at most without `{LONG}reason)`"),
        });
    }
}

fn deny_block(path: &str, source: &Source, faults: &mut Vec<Fault>) {
    if !path.ends_with("/verify.rs") {
        return;
    }
    let code = source.code.join("\n");
    let block = code.split_once("#![deny(").and_then(|(_, rest)| rest.split_once(")]"));
    let block = block.map_or("", |(block, _)| block);
    let lacking: Vec<_> = DENIED_IN_VERIFIERS.iter().filter(|lint| !names(block, lint)).collect();
    if !lacking.is_empty() {
        faults.push(Fault {
            rule: "deny-block",
            place: path.into(),
            what: format!("a verifier denies {lacking:?} at its top"),
        });
    }
}

fn namesake(tree: &Tree, path: &str, faults: &mut Vec<Fault>) {
    let Some(inner) = path.strip_prefix("crates/layers/src/") else { return };
    let Some((operator, "mod.rs")) = inner.split_once('/') else { return };
    let oracle = format!("crates/model/src/ops/{operator}.rs");
    let is_folder = tree.has(&format!("crates/model/src/ops/{operator}/mod.rs"));
    if !tree.has(&oracle) && !is_folder {
        faults.push(Fault {
            rule: "namesake",
            place: path.into(),
            what: format!("the operator has no oracle {oracle}"),
        });
    }
}

fn unfinished(path: &str, source: &Source, faults: &mut Vec<Fault>) {
    for (index, line) in source.comments.iter().enumerate() {
        let Some(mark) = UNFINISHED.iter().find(|mark| names(line, mark)) else { continue };
        let is_issue = |rest: &str| {
            rest.strip_prefix("(#")
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        if !line.split(mark).skip(1).all(is_issue) {
            faults.push(Fault {
                rule: "unfinished",
                place: format!("{path}:{}", index + 1),
                what: format!("{mark} without its issue, as in `{mark}(#12)`"),
            });
        }
    }
}

fn ignored(path: &str, source: &Source, faults: &mut Vec<Fault>) {
    for (index, line) in source.code.iter().enumerate() {
        if line.contains("#[ignore") {
            faults.push(Fault {
                rule: "ignored-test",
                place: format!("{path}:{}", index + 1),
                what: "a test runs or does not exist".into(),
            });
        }
    }
}

fn binary(path: &str, faults: &mut Vec<Fault>) {
    let is_expected = BINARY_FOLDERS.iter().any(|folder| path.starts_with(folder))
        || path.contains("/tests/")
        || path.contains("/fixtures/");
    if !is_expected {
        faults.push(Fault {
            rule: "binary-file",
            place: path.into(),
            what: "not text, and not in a folder for such files".into(),
        });
    }
}

fn machine_paths(path: &str, text: &str, faults: &mut Vec<Fault>) {
    for (index, line) in text.lines().enumerate() {
        // A path begins where no other path or word goes on: `crates/work/x` is none.
        let begins = |prefix: &str| {
            line.match_indices(prefix).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || "_-./~$}".contains(c))
            })
        };
        if let Some(prefix) = MACHINE_PATHS.iter().find(|prefix| begins(prefix)) {
            faults.push(Fault {
                rule: "machine-path",
                place: format!("{path}:{}", index + 1),
                what: format!("{prefix}… exists on one machine only"),
            });
        }
    }
}

fn hosts(path: &str, text: &str, faults: &mut Vec<Fault>) {
    if !NAMES_HOSTS.iter().any(|end| path.ends_with(end)) {
        return;
    }
    for (index, line) in text.lines().enumerate() {
        let named = line.split("://").skip(1).map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-').next().unwrap_or("")
        });
        for host in named.filter(|host| !HOSTS.contains(host)) {
            faults.push(Fault {
                rule: "registry-host",
                place: format!("{path}:{}", index + 1),
                what: format!("{host} is not a public registry"),
            });
        }
    }
}
