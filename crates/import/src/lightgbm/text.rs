//! The text of `save_model`: lines of `key=value`, a paragraph per tree.

use super::{Header, split};
use crate::forest::{Error, Node};
use std::collections::BTreeMap;

/// What stands behind the trees.
const END: &str = "end of trees";
/// The bits of a decision type.
const CATEGORICAL: i64 = 1;
/// Bits 2 and 3: what is missing. 0 nothing, 1 zeros, 2 what is no number.
const MISSING_SHIFT: u32 = 2;
const ZERO_IS_MISSING: i64 = 1;

/// A paragraph of the file.
struct Section<'a> {
    place: String,
    lines: BTreeMap<&'a str, &'a str>,
}

/// Reads header and trees.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Vec<Vec<Node>>), Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::Kind { place: "the file".into(), expected: "text" })?;
    let mut lines = text.lines().map(str::trim);
    // A file that was cut off could be read as a smaller one.
    if !lines.clone().any(|line| line == END) {
        return Err(Error::Missing { place: format!("the line {END:?}") });
    }
    let mut sections = Vec::new();
    let mut current = Section { place: "the header".into(), lines: BTreeMap::new() };
    for line in lines.by_ref().take_while(|&line| line != END) {
        if let Some(index) = line.strip_prefix("Tree=") {
            let place = format!("tree {}", index.chars().take(20).collect::<String>());
            sections
                .push(std::mem::replace(&mut current, Section { place, lines: BTreeMap::new() }));
        } else if line == "average_output" {
            return Err(Error::Unsupported { place: "the header".into(), got: line.into() });
        } else if let Some((key, value)) = line.split_once('=')
            && current.lines.insert(key, value).is_some()
        {
            let key: String = key.chars().take(40).collect();
            let place = format!("{}: a second {key}", current.place);
            return Err(Error::Kind { place, expected: "line of such a file" });
        }
    }
    sections.push(current);
    let Some((header, sections)) = sections.split_first() else {
        unreachable!("the last section was pushed above");
    };
    let header = header.header()?;
    let trees = sections.iter().enumerate().map(|(index, section)| section.nodes(index));
    Ok((header, trees.collect::<Result<_, _>>()?))
}

impl<'a> Section<'a> {
    fn get(&self, key: &str) -> Result<&'a str, Error> {
        let missing = || Error::Missing { place: format!("{}: {key}", self.place) };
        self.lines.get(key).copied().ok_or_else(missing)
    }

    fn numbers<T: std::str::FromStr>(&self, key: &str) -> Result<Vec<T>, Error> {
        let kind = |_| Error::Kind {
            place: format!("{}: {key}", self.place),
            expected: "list of numbers",
        };
        let words = self.get(key)?.split_ascii_whitespace();
        words.map(|word| word.parse().map_err(kind)).collect()
    }

    fn one<T: std::str::FromStr + Copy>(&self, key: &str) -> Result<T, Error> {
        match self.numbers(key)?.as_slice() {
            &[one] => Ok(one),
            _ => Err(Error::Kind { place: format!("{}: {key}", self.place), expected: "number" }),
        }
    }

    fn header(&self) -> Result<Header, Error> {
        Ok(Header {
            features: self.get("feature_names")?.split(' ').map(str::to_owned).collect(),
            objective: self.get("objective")?.to_owned(),
            classes: self.one("num_class")?,
            trees_per_round: self.one("num_tree_per_iteration")?,
        })
    }

    /// The nodes of a tree: splits, then leaves.
    fn nodes(&self, tree: usize) -> Result<Vec<Node>, Error> {
        if self.lines.contains_key("is_linear") && self.one::<i64>("is_linear")? != 0 {
            return Err(Error::LinearLeaves { tree });
        }
        if self.one::<i64>("num_cat")? != 0 {
            return Err(Error::Categorical { tree });
        }
        let leaves: Vec<f64> = self.numbers("leaf_value")?;
        let count = self.one::<usize>("num_leaves")?;
        same("leaves", count, leaves.len())?;
        let mut nodes = Vec::new();
        if count > 1 {
            nodes = self.splits(tree, count - 1)?;
        }
        nodes.extend(leaves.into_iter().map(|value| Node::Leaf(vec![value])));
        Ok(nodes)
    }

    fn splits(&self, tree: usize, count: usize) -> Result<Vec<Node>, Error> {
        let features: Vec<i64> = self.numbers("split_feature")?;
        let thresholds: Vec<f64> = self.numbers("threshold")?;
        let types: Vec<i64> = self.numbers("decision_type")?;
        let lefts: Vec<i64> = self.numbers("left_child")?;
        let rights: Vec<i64> = self.numbers("right_child")?;
        for got in [features.len(), thresholds.len(), types.len(), lefts.len(), rights.len()] {
            same("splits", count, got)?;
        }
        if types.iter().any(|kind| kind & CATEGORICAL != 0) {
            return Err(Error::Categorical { tree });
        }
        if types.iter().any(|kind| kind >> MISSING_SHIFT & 3 == ZERO_IS_MISSING) {
            return Err(Error::ZeroIsMissing { tree });
        }
        // A leaf is written as the complement of its number; what is out of range is none of the
        // tree's, whatever its number.
        let child = |child: i64| match usize::try_from(child) {
            Ok(split) => split,
            Err(_) => usize::try_from(!child).unwrap_or(usize::MAX).saturating_add(count),
        };
        let ends = lefts.into_iter().zip(rights).map(|(a, b)| [child(a), child(b)]);
        let all = features.into_iter().zip(thresholds).zip(ends).enumerate();
        all.map(|(index, ((feature, threshold), ends))| {
            split((tree, index), feature, threshold, ends)
        })
        .collect()
    }
}

fn same(what: &'static str, expected: usize, got: usize) -> Result<(), Error> {
    if expected == got { Ok(()) } else { Err(Error::Disagree { what, expected, got }) }
}
