//! Forests as trees with values, and how they are laid out in slots.

use super::{Bounds, ForestTable, TREES_MAX, VALUE_MAX, Votes};
use crate::ops::tree::{self, DEPTH_MAX, SLOTS_LOG_MAX, SLOTS_LOG_MIN, Slot, TREE_FEATURES_MAX};
use crate::{CLASSES_MAX, Ordered};
use std::collections::VecDeque;

/// One node of a [`Tree`]. The root is node 0; children may lie anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
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
    /// Votes.
    Leaf {
        /// One value, or one per class.
        values: Vec<i32>,
    },
}

/// The nodes of one tree.
pub type Tree = Vec<Node>;

/// Why trees are no forest. `tree` and `node` are places in what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The number of features or classes is out of range.
    #[error("a forest has between 1 and 1024 features and classes")]
    Sizes,
    /// There are no trees, or too many.
    #[error("a forest has between 1 and {TREES_MAX} trees, not {got}")]
    Trees {
        /// Number of trees.
        got: usize,
    },
    /// The votes do not fit the number of classes or trees.
    #[error("{0}")]
    Votes(&'static str),
    /// A node leads to one that does not exist.
    #[error("tree {tree} has no node {node}")]
    Missing {
        /// The tree.
        tree: usize,
        /// Where the node should be.
        node: usize,
    },
    /// An inner node compares a feature that does not exist.
    #[error("node {node} of tree {tree} compares feature {got}, of {features}")]
    Feature {
        /// The tree.
        tree: usize,
        /// The node.
        node: usize,
        /// Number of features.
        features: usize,
        /// The feature compared.
        got: u16,
    },
    /// A leaf has another number of values than its forest's leaves have.
    #[error("leaf {node} of tree {tree} has {got} values, not {expected}")]
    Width {
        /// The tree.
        tree: usize,
        /// The node.
        node: usize,
        /// Values of each leaf.
        expected: usize,
        /// Values of this one.
        got: usize,
    },
    /// A leaf votes with too great a number.
    #[error("leaf {node} of tree {tree} votes with {got}, beyond {VALUE_MAX}")]
    Value {
        /// The tree.
        tree: usize,
        /// The node.
        node: usize,
        /// The value.
        got: i32,
    },
    /// A node is the child of two nodes, or of one below it.
    #[error("two ways lead to node {node} of tree {tree}")]
    Shared {
        /// The tree.
        tree: usize,
        /// The node.
        node: usize,
    },
    /// Nodes remain that the root does not lead to.
    #[error("the root of tree {tree} leads to {expected} nodes of {got}")]
    Stray {
        /// The tree.
        tree: usize,
        /// Nodes that the root leads to.
        expected: usize,
        /// Nodes given.
        got: usize,
    },
    /// A tree is deeper than allowed.
    #[error("tree {tree} is deeper than {limit}")]
    TooDeep {
        /// The tree.
        tree: usize,
        /// The greatest depth.
        limit: usize,
    },
    /// The trees have more nodes than allowed.
    #[error("the trees have {got} nodes, {limit} at most")]
    TooLarge {
        /// The greatest number of nodes.
        limit: usize,
        /// Nodes of all trees.
        got: usize,
    },
    /// Bounds were declared for other data.
    #[error("the bounds are those of another forest")]
    Bounds,
}

/// Trees that vote: checked once, so that whoever holds one need not check again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forest {
    features: usize,
    classes: usize,
    votes: Votes,
    trees: Vec<Tree>,
    depth: usize,
    nodes: usize,
}

impl Forest {
    /// Checks trees. Of [`Votes::Turns`] a last round that is not full is filled up by its bounds.
    pub fn new(
        features: usize,
        classes: usize,
        votes: Votes,
        trees: Vec<Tree>,
    ) -> Result<Self, Fault> {
        if !(1..=TREE_FEATURES_MAX).contains(&features) || !(1..=CLASSES_MAX).contains(&classes) {
            return Err(Fault::Sizes);
        }
        if !(1..=TREES_MAX).contains(&trees.len()) {
            return Err(Fault::Trees { got: trees.len() });
        }
        let nodes = trees.iter().map(Vec::len).sum();
        if 1 << SLOTS_LOG_MAX < nodes {
            return Err(Fault::TooLarge { limit: 1 << SLOTS_LOG_MAX, got: nodes });
        }
        let width = if votes == Votes::All { classes } else { 1 };
        let mut depth = 0;
        for (tree, nodes) in trees.iter().enumerate() {
            depth = depth.max(Checked { tree, nodes, features, width }.depth()?);
        }
        let forest = Self { features, classes, votes, trees, depth, nodes };
        // Whether the votes fit classes and trees is the bounds' to know.
        forest.bounds(0, 0, 0).map_err(Fault::Votes)?;
        Ok(forest)
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Most comparisons on the way to a leaf.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Number of nodes of all trees, inner ones and leaves.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Returns the smallest bounds that hold the forest and at least the declared `depth`, number
    /// of `nodes` of all trees together, and number of `trees`, so that forests of different sizes
    /// look alike.
    pub fn bounds(&self, depth: u8, nodes: usize, trees: usize) -> Result<Bounds, &'static str> {
        let depth = usize::from(depth).max(self.depth).max(1);
        let depth = u8::try_from(depth).map_err(|_| "the declared depth lies between 1 and 64")?;
        let mut trees = trees.max(self.trees.len());
        if self.votes == Votes::Turns {
            trees = trees.next_multiple_of(self.classes);
        }
        let nodes = nodes.max(self.nodes + trees - self.trees.len());
        if 1 << SLOTS_LOG_MAX < nodes {
            return Err("the declared slots lie between 2^3 and 2^20");
        }
        // At most 2^20, so the logarithm is at most 20.
        let slots_log = (nodes.next_power_of_two().trailing_zeros() as u8).max(SLOTS_LOG_MIN);
        let tree = tree::Bounds::new(self.features, self.classes, depth, slots_log)?;
        Bounds::new(tree, trees, self.votes)
    }

    /// Lays the forest out: roots first, then the children of each tree in breadth-first order, one
    /// tree behind the other. What is left are leaves that vote with zeros.
    pub fn to_table(&self, bounds: Bounds) -> Result<ForestTable, Fault> {
        let is_same = bounds.features() == self.features
            && bounds.classes() == self.classes
            && bounds.votes() == self.votes;
        if !is_same {
            return Err(Fault::Bounds);
        }
        if bounds.depth() < self.depth {
            return Err(Fault::TooDeep { tree: 0, limit: bounds.depth() });
        }
        if bounds.trees() < self.trees.len() {
            return Err(Fault::Trees { got: self.trees.len() });
        }
        let wanted = self.nodes + bounds.trees() - self.trees.len();
        if bounds.slots() < wanted {
            return Err(Fault::TooLarge { limit: bounds.slots(), got: wanted });
        }
        // At most 2^20 slots: every index fits.
        let mut slots: Vec<Slot> =
            (0..bounds.slots() as u32).map(|index| Slot::leaf(index, 0)).collect();
        let mut values = vec![0; bounds.values()];
        let mut free = bounds.trees();
        for (root, tree) in self.trees.iter().enumerate() {
            let mut queue = VecDeque::from([(0, root)]);
            while let Some((node, slot)) = queue.pop_front() {
                match &tree[node] {
                    Node::Leaf { values: votes } => {
                        for (index, &vote) in votes.iter().enumerate() {
                            values[index << bounds.slots_log() | slot] = vote;
                        }
                    }
                    &Node::Split { feature, threshold, left, right } => {
                        slots[slot] = Slot::split(feature, threshold, free as u32);
                        queue.extend([(left, free), (right, free + 1)]);
                        free += 2;
                    }
                }
            }
        }
        ForestTable::new(bounds, slots, values).map_err(|_| Fault::Bounds)
    }
}

/// One tree that is looked at.
struct Checked<'a> {
    tree: usize,
    nodes: &'a [Node],
    features: usize,
    width: usize,
}

impl Checked<'_> {
    /// Follows the nodes from the root, each once; returns the depth.
    fn depth(&self) -> Result<usize, Fault> {
        let tree = self.tree;
        let mut seen = vec![false; self.nodes.len()];
        let mut queue = VecDeque::from([(0, 0)]);
        let (mut reached, mut depth) = (0, 0);
        while let Some((node, level)) = queue.pop_front() {
            let seen = seen.get_mut(node).ok_or(Fault::Missing { tree, node })?;
            if std::mem::replace(seen, true) {
                return Err(Fault::Shared { tree, node });
            }
            reached += 1;
            depth = level;
            if let Some(children) = self.children(node)? {
                if level == usize::from(DEPTH_MAX) {
                    return Err(Fault::TooDeep { tree, limit: level });
                }
                queue.extend(children.map(|child| (child, level + 1)));
            }
        }
        match reached == self.nodes.len() {
            true => Ok(depth),
            false => Err(Fault::Stray { tree, expected: reached, got: self.nodes.len() }),
        }
    }

    /// Checks a node; returns its children, if it is no leaf.
    fn children(&self, node: usize) -> Result<Option<[usize; 2]>, Fault> {
        let (tree, features) = (self.tree, self.features);
        match self.nodes.get(node).ok_or(Fault::Missing { tree, node })? {
            &Node::Split { feature: got, .. } if features <= usize::from(got) => {
                Err(Fault::Feature { tree, node, features, got })
            }
            &Node::Split { left, right, .. } => Ok(Some([left, right])),
            Node::Leaf { values } if values.len() != self.width => {
                Err(Fault::Width { tree, node, expected: self.width, got: values.len() })
            }
            Node::Leaf { values } => {
                let is_wrong = |value: &&i32| !(-VALUE_MAX..=VALUE_MAX).contains(*value);
                match values.iter().find(is_wrong) {
                    Some(&got) => Err(Fault::Value { tree, node, got }),
                    None => Ok(None),
                }
            }
        }
    }
}
