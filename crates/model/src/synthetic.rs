//! Seeded trees and tables of any size, for benchmarks and tests. Integers only: the same on every
//! machine.
//!
//! Values are the floats of `[1, 2)`, uniformly. A tree splits each region that it reaches strictly
//! inside the region, while there is room, so that rows spread over all of it.

use crate::ops::forest::{self, Forest, Votes};
use crate::ops::tree::{DEPTH_MAX, DecisionTree, Fault, Link, Node, SLOTS_LOG_MAX};
use crate::{Ordered, Schema, SplitMix64, Table};

/// The code of 1.0; the floats of `[1, 2)` are the `2^23` codes from here.
const ONE: u32 = 0xbf80_0000;
/// Number of values.
const VALUES: u32 = 1 << 23;

/// Returns a random tree with exactly `inner` inner nodes whose longest path has exactly `depth`
/// comparisons. A full tree has `2^depth - 1` inner nodes.
///
/// Leaves get random classes.
///
/// # Errors
///
/// If no such tree exists, or if it is larger than a [`DecisionTree`] may be.
pub fn tree(
    features: usize,
    classes: usize,
    depth: usize,
    inner: usize,
    seed: u64,
) -> Result<DecisionTree, Fault> {
    let largest = 1_usize.checked_shl(depth as u32).map_or(usize::MAX, |leaves| leaves - 1);
    let is_possible = (depth..=largest).contains(&inner) && depth <= usize::from(DEPTH_MAX);
    if !is_possible || features == 0 || (2 << SLOTS_LOG_MAX) < inner {
        return Err(Fault::TooDeep { limit: depth });
    }
    let mut growth = Growth::new(features, classes, depth, seed);
    for _ in 0..depth {
        growth.split(growth.open.len() - 1);
    }
    for _ in depth..inner {
        let chosen = growth.random.below(growth.open.len() as u64) as usize;
        growth.split(chosen);
    }
    DecisionTree::from_links(features, classes, &growth.links)
}

/// A leaf above the full depth, and the values that reach it.
struct Open {
    link: usize,
    level: usize,
    /// Per feature, the first value and the one behind the last.
    region: Vec<(u32, u32)>,
}

struct Growth {
    random: SplitMix64,
    classes: u64,
    links: Vec<Link>,
    depth: usize,
    open: Vec<Open>,
}

impl Growth {
    fn new(features: usize, classes: usize, depth: usize, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let classes = classes as u64;
        let links = vec![Link::Leaf { class: random.below(classes) as u16 }];
        let root = Open { link: 0, level: 0, region: vec![(0, VALUES); features] };
        Self { random, classes, links, depth, open: vec![root] }
    }

    fn split(&mut self, place: usize) {
        let parent = self.open.swap_remove(place);
        let feature = self.random.below(parent.region.len() as u64) as usize;
        let (from, to) = parent.region[feature];
        // `from <= cut < to`; strictly inside unless a single value is left.
        let cut = from + self.random.below(u64::from(to - from).saturating_sub(1)) as u32;
        let left = self.links.len();
        for _ in 0..2 {
            let class = self.random.below(self.classes) as u16;
            self.links.push(Link::Leaf { class });
        }
        let threshold = Ordered::new(ONE + cut).unwrap_or(Ordered::MAX);
        self.links[parent.link] =
            Link::Split { feature: feature as u16, threshold, left, right: left + 1 };
        let level = parent.level + 1;
        if level == self.depth {
            return;
        }
        let (mut below, mut above) = (parent.region.clone(), parent.region);
        below[feature] = (from, cut + 1);
        above[feature] = ((cut + 1).min(to - 1), to);
        self.open.push(Open { link: left, level, region: below });
        self.open.push(Open { link: left + 1, level, region: above });
    }
}

/// Returns a random forest of `trees` trees as [`tree`] makes them, whose leaves vote with numbers
/// between -1000 and 1000.
///
/// # Errors
///
/// If there is no such tree or forest.
pub fn forest(
    (features, classes): (usize, usize),
    votes: Votes,
    (trees, depth, inner): (usize, usize, usize),
    seed: u64,
) -> Result<Forest, forest::Fault> {
    let mut random = SplitMix64::new(seed);
    let width = if votes == Votes::All { classes } else { 1 };
    let mut vote = |_| random.below(2001) as i32 - 1000;
    let mut voting = |tree: &DecisionTree| -> forest::Tree {
        let node = |node: &Node| match *node {
            Node::Leaf { .. } => forest::Node::Leaf { values: (0..width).map(&mut vote).collect() },
            Node::Split { feature, threshold, left } => {
                let left = left as usize;
                forest::Node::Split { feature, threshold, left, right: left + 1 }
            }
        };
        tree.nodes().iter().map(node).collect()
    };
    let all = (0..trees as u64).map(|index| {
        let tree = tree(features, classes, depth, inner, seed.wrapping_add(index));
        tree.map(|tree| voting(&tree)).map_err(|_| forest::Fault::TooDeep { tree: 0, limit: depth })
    });
    Forest::new(features, classes, votes, all.collect::<Result<_, _>>()?)
}

/// Returns `rows` random rows, labelled by `tree`; one label in a thousand per unit of
/// `noise_permille` is replaced by a random class.
///
/// # Errors
///
/// If there are more rows than a [`Table`] may have.
pub fn table(
    tree: &DecisionTree,
    rows: usize,
    noise_permille: u16,
    seed: u64,
) -> Result<Table, &'static str> {
    let named = |kind: &str, count: usize| (0..count).map(|i| format!("{kind}{i}")).collect();
    let (features, classes) = (named("x", tree.features()), named("c", tree.classes()));
    let schema = Schema::new(features, "y".into(), classes)?;
    if crate::ROWS_MAX < rows {
        return Err("a table has at most 2^24 rows");
    }
    let mut random = SplitMix64::new(seed);
    let mut values = Vec::with_capacity(rows * tree.features());
    let mut labels = Vec::with_capacity(rows);
    for row in 0..rows {
        for _ in 0..tree.features() {
            let code = ONE + random.below(u64::from(VALUES)) as u32;
            values.push(Ordered::new(code).unwrap_or(Ordered::MAX));
        }
        let is_noise = random.below(1000) < u64::from(noise_permille);
        let other = random.below(tree.classes() as u64) as u16;
        let class = tree.exec(&values[row * tree.features()..]).unwrap_or(0);
        labels.push(if is_noise { other } else { class });
    }
    Table::new(schema, values, labels)
}

#[cfg(test)]
mod tests {
    use super::{table, tree};
    use crate::ops::tree::Fault;

    #[test]
    fn a_tree_has_the_size_asked_for() {
        for (depth, inner) in [(0, 0), (1, 1), (5, 5), (5, 17), (10, 1023), (22, 514)] {
            let tree = tree(54, 7, depth, inner, 3).unwrap();
            assert_eq!((tree.depth(), tree.leaves()), (depth, inner + 1));
        }
    }

    #[test]
    fn rejects_impossible_sizes() {
        assert_eq!(tree(3, 2, 4, 3, 0), Err(Fault::TooDeep { limit: 4 }));
        assert_eq!(tree(3, 2, 4, 16, 0), Err(Fault::TooDeep { limit: 4 }));
        assert_eq!(tree(0, 2, 4, 7, 0), Err(Fault::TooDeep { limit: 4 }));
        assert!(tree(3, 2, 65, 65, 0).is_err());
    }

    #[test]
    fn rows_spread_and_noise_is_as_asked() {
        let tree = tree(30, 2, 6, 63, 1).unwrap();
        let clean = table(&tree, 2000, 0, 2).unwrap();
        assert!((0..2000).all(|i| tree.exec(clean.row(i)) == Some(clean.labels()[i])));
        let ones = clean.labels().iter().filter(|&&label| label == 1).count();
        assert!((200..1800).contains(&ones), "{ones} of 2000");
        let noisy = table(&tree, 2000, 200, 2).unwrap();
        let wrong = (0..2000).filter(|&i| tree.exec(noisy.row(i)) != Some(noisy.labels()[i]));
        // A fifth of the labels are drawn anew, and half of those hit another class.
        assert!((120..280).contains(&wrong.count()));
        assert_eq!(table(&tree, 50, 9, 4), table(&tree, 50, 9, 4));
    }
}
