//! The tree as a tree: checked once, so that whoever holds one need not check again.

use super::{DEPTH_MAX, SLOTS_LOG_MAX, TREE_FEATURES_MAX};
use crate::{CLASSES_MAX, Ordered};
use std::collections::VecDeque;

/// Why nodes or slots are not a decision tree. `index` is the node's place in what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The number of features or classes is out of range.
    #[error("a tree has between 1 and 1024 features and classes")]
    Sizes,
    /// There is no root.
    #[error("node {index} is missing")]
    Missing {
        /// Where it should be.
        index: usize,
    },
    /// An inner node compares a feature that does not exist.
    #[error("node {index} compares feature {got}, of {features}")]
    Feature {
        /// The node.
        index: usize,
        /// Number of features.
        features: usize,
        /// The feature compared.
        got: u16,
    },
    /// A leaf answers with a class that does not exist.
    #[error("leaf {index} answers with class {got}, of {classes}")]
    Class {
        /// The node.
        index: usize,
        /// Number of classes.
        classes: usize,
        /// The answer.
        got: u16,
    },
    /// A threshold is not the code of a finite float.
    #[error("node {index} compares with {got:#010x}, which is no finite float")]
    Threshold {
        /// The node.
        index: usize,
        /// The code.
        got: u32,
    },
    /// A node is the child of two nodes, or of one below it.
    #[error("two ways lead to node {index}")]
    Shared {
        /// The node.
        index: usize,
    },
    /// Nodes do not follow one another in breadth-first order.
    #[error("the children of node {index} are not at {expected}")]
    Order {
        /// The inner node.
        index: usize,
        /// Where its left child belongs.
        expected: usize,
    },
    /// Nodes remain that the root does not lead to.
    #[error("{expected} nodes hang together, {got} were given")]
    Stray {
        /// Nodes that the root leads to.
        expected: usize,
        /// Nodes given.
        got: usize,
    },
    /// The tree is deeper than allowed.
    #[error("the tree is deeper than {limit}")]
    TooDeep {
        /// The greatest depth.
        limit: usize,
    },
    /// The tree has more nodes than allowed.
    #[error("the tree has more than {limit} nodes")]
    TooLarge {
        /// The greatest number of nodes.
        limit: usize,
    },
    /// Bounds were declared for other data.
    #[error("the bounds are those of another number of features or classes")]
    Bounds,
}

/// One node of a [`DecisionTree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// Sends `row[feature] <= threshold` to node `left`, the rest to `left + 1`.
    Split {
        /// The feature compared.
        feature: u16,
        /// What it is compared with.
        threshold: Ordered,
        /// The left child.
        left: u32,
    },
    /// Answers.
    Leaf {
        /// The answer.
        class: u16,
    },
}

/// A node whose children may lie anywhere, as it is known while a tree grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Sends `row[feature] <= threshold` to `left`, the rest to `right`.
    Split {
        /// The feature compared.
        feature: u16,
        /// What it is compared with.
        threshold: Ordered,
        /// The left child.
        left: usize,
        /// The right child.
        right: usize,
    },
    /// Answers.
    Leaf {
        /// The answer.
        class: u16,
    },
}

/// A decision tree in breadth-first order.
///
/// The children of the `k`-th inner node (counted from 0) are nodes `2k + 1` and `2k + 2`: one tree
/// has one order, and every node is reached exactly once. Features, classes, thresholds, depth
/// (at most [`DEPTH_MAX`]) and number of nodes (at most `2^`[`SLOTS_LOG_MAX`]) are in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTree {
    features: usize,
    classes: usize,
    nodes: Vec<Node>,
    depth: usize,
}

impl DecisionTree {
    /// Checks nodes that are in breadth-first order already.
    pub fn new(features: usize, classes: usize, nodes: &[Node]) -> Result<Self, Fault> {
        let tree = breadth_first(features, classes, |index| match nodes.get(index) {
            None => Err(Fault::Missing { index }),
            Some(&Node::Leaf { class }) => Ok(Link::Leaf { class }),
            Some(&Node::Split { feature, threshold, left }) => {
                let left = left as usize;
                Ok(Link::Split { feature, threshold, left, right: left.saturating_add(1) })
            }
        })?;
        if let Some((index, (_, &ordered))) =
            nodes.iter().zip(&tree.nodes).enumerate().find(|(_, (given, ordered))| given != ordered)
        {
            let expected = match ordered {
                Node::Split { left, .. } => left as usize,
                Node::Leaf { .. } => index,
            };
            return Err(Fault::Order { index, expected });
        }
        match nodes.len() == tree.nodes.len() {
            true => Ok(tree),
            false => Err(Fault::Stray { expected: tree.nodes.len(), got: nodes.len() }),
        }
    }

    /// Puts the nodes that hang on `links[0]` into breadth-first order.
    pub fn from_links(features: usize, classes: usize, links: &[Link]) -> Result<Self, Fault> {
        breadth_first(features, classes, |index| {
            links.get(index).copied().ok_or(Fault::Missing { index })
        })
    }

    /// Number of features of a row.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The nodes, the root first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Most comparisons on the way to a leaf.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Number of leaves.
    pub fn leaves(&self) -> usize {
        self.nodes.len().div_ceil(2)
    }

    /// Returns the class of `row`, or `None` if it has another number of features.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        if row.len() != self.features {
            return None;
        }
        let mut node = self.nodes.first()?;
        loop {
            match *node {
                Node::Leaf { class } => return Some(class),
                Node::Split { feature, threshold, left } => {
                    let is_right = threshold < *row.get(usize::from(feature))?;
                    node = self.nodes.get(left as usize + usize::from(is_right))?;
                }
            }
        }
    }
}

/// Follows `link` from node 0, checking each node once.
///
/// It ends on any input: the queue takes at most `2^SLOTS_LOG_MAX` nodes, and no index twice.
pub(super) fn breadth_first(
    features: usize,
    classes: usize,
    link: impl Fn(usize) -> Result<Link, Fault>,
) -> Result<DecisionTree, Fault> {
    if !(1..=TREE_FEATURES_MAX).contains(&features) || !(1..=CLASSES_MAX).contains(&classes) {
        return Err(Fault::Sizes);
    }
    let limit = 1 << SLOTS_LOG_MAX;
    let (mut nodes, mut depth) = (Vec::new(), 0);
    let mut seen = std::collections::BTreeSet::from([0]);
    let mut queue = VecDeque::from([(0, 0)]);
    while let Some((index, level)) = queue.pop_front() {
        depth = level;
        nodes.push(match link(index)? {
            Link::Leaf { class } if usize::from(class) < classes => Node::Leaf { class },
            Link::Leaf { class } => return Err(Fault::Class { index, classes, got: class }),
            Link::Split { feature, .. } if features <= usize::from(feature) => {
                return Err(Fault::Feature { index, features, got: feature });
            }
            Link::Split { .. } if level == usize::from(DEPTH_MAX) => {
                return Err(Fault::TooDeep { limit: level });
            }
            Link::Split { feature, threshold, left, right } => {
                let place = nodes.len() + 1 + queue.len();
                if limit < place + 2 {
                    return Err(Fault::TooLarge { limit });
                }
                for child in [left, right] {
                    if !seen.insert(child) {
                        return Err(Fault::Shared { index: child });
                    }
                    queue.push_back((child, level + 1));
                }
                Node::Split { feature, threshold, left: place as u32 }
            }
        });
    }
    Ok(DecisionTree { features, classes, nodes, depth })
}
