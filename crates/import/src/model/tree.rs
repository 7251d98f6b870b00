//! What every file of a tree has in common: thresholds to be rounded, answers to be chosen, nodes to
//! be a tree.

use assay_model::Ordered;
use assay_model::ops::tree::{DecisionTree, Fault, Link};

/// Why nodes are not a tree that we can hold. An `index` is a node's place in its file.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A threshold is no number.
    #[error("node {index} compares with {got}")]
    NotFinite {
        /// The node.
        index: usize,
        /// The threshold.
        got: f64,
    },
    /// No finite 32-bit float is at most the threshold: nothing goes left.
    #[error("node {index} compares with {got:e}, below every 32-bit float")]
    TooLow {
        /// The node.
        index: usize,
        /// The threshold.
        got: f64,
    },
    /// A leaf gives a class a weight that is no number, or less than nothing.
    #[error("leaf {index} gives a class the weight {got:e}")]
    Weight {
        /// The leaf.
        index: usize,
        /// The weight.
        got: f64,
    },
    /// A leaf favours no class.
    #[error("leaf {index} gives no class any weight")]
    Weightless {
        /// The leaf.
        index: usize,
    },
    /// There are too many nodes.
    #[error("the file has {got} nodes, {limit} at most", limit = NODES_MAX)]
    TooLarge {
        /// Nodes of the file.
        got: usize,
    },
    /// Nodes remain that the root does not lead to.
    #[error("the root leads to {expected} nodes, the file has {got}")]
    Stray {
        /// Nodes that the root leads to.
        expected: usize,
        /// Nodes of the file.
        got: usize,
    },
    /// The nodes are no tree.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotFinite { .. } => {
                "trees that were trained on missing values are not supported: fill them in first"
            }
            Self::TooLow { .. } => "scale the feature: values are compared as 32-bit floats",
            Self::Weight { .. } | Self::Weightless { .. } => {
                "the file is damaged, or no classifier"
            }
            Self::TooLarge { .. } | Self::Fault(Fault::TooDeep { .. } | Fault::TooLarge { .. }) => {
                "train with max_depth or max_leaf_nodes; trees end at depth 64 and 2^20 nodes"
            }
            Self::Stray { .. } | Self::Fault(_) => "the file is damaged: save the model again",
        }
    }
}

/// Most nodes of a tree.
pub(crate) const NODES_MAX: usize = 1 << assay_model::ops::tree::SLOTS_LOG_MAX;

/// Returns the greatest 32-bit float not above `got`: for 32-bit floats the comparison `<=` stays the
/// same, which rounding to the nearest would change.
pub(crate) fn threshold(index: usize, got: f64) -> Result<Ordered, Error> {
    if !got.is_finite() {
        return Err(Error::NotFinite { index, got });
    }
    let nearest = got as f32;
    let below = if got < f64::from(nearest) { nearest.next_down() } else { nearest };
    Ordered::from_f32_bits(below.to_bits()).ok_or(Error::TooLow { index, got })
}

/// Returns the class of the greatest weight, the lowest one on a tie, as NumPy's `argmax` does.
pub(crate) fn heaviest(index: usize, weights: impl Iterator<Item = f64>) -> Result<u16, Error> {
    let mut best = (0, 0.0);
    for (class, got) in (0_u16..).zip(weights) {
        if !got.is_finite() || got < 0.0 {
            return Err(Error::Weight { index, got });
        }
        if best.1 < got {
            best = (class, got);
        }
    }
    if best.1 == 0.0 { Err(Error::Weightless { index }) } else { Ok(best.0) }
}

/// Builds the tree of nodes that all belong to it.
pub(crate) fn build(
    features: usize,
    classes: usize,
    links: &[Link],
) -> Result<DecisionTree, Error> {
    let tree = DecisionTree::from_links(features, classes, links)?;
    match tree.nodes().len() == links.len() {
        true => Ok(tree),
        false => Err(Error::Stray { expected: tree.nodes().len(), got: links.len() }),
    }
}
