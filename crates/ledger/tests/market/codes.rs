//! The numbers of all rejections, read from where they are written; but for those about stakes, which this market has not.

use std::collections::BTreeSet;

const SOURCES: [&str; 4] = [
    include_str!("../../src/envelope.rs"),
    include_str!("../../src/account/mod.rs"),
    include_str!("../../src/dataset/mod.rs"),
    include_str!("../../src/job/rejection.rs"),
];

/// Returns every number that a rejection can have: the lines `<number> <Name> …` of the lists.
pub(crate) fn all() -> BTreeSet<u16> {
    SOURCES.iter().flat_map(|source| source.lines()).filter_map(number).collect()
}

fn number(line: &str) -> Option<u16> {
    let (number, name) = line.strip_prefix("    ")?.split_once(' ')?;
    name.chars().next()?.is_ascii_uppercase().then(|| number.parse().ok())?
}

#[test]
fn the_lists_are_read() {
    let all = all();
    assert_eq!(all.len(), 50, "{all:?}");
    assert_eq!((all.first(), all.last()), (Some(&1), Some(&89)));
}
