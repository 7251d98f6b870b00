//! Why a file is no ensemble that we can hold.

use super::NODES_MAX;
use crate::model::tree;
use assay_model::ops::forest::Fault;

/// Why a file is no ensemble that we can hold. A `place` is the path to a part of the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is no JSON, or has a key twice.
    #[error("the file cannot be read as JSON")]
    Json(#[source] serde_json::Error),
    /// A part is missing.
    #[error("{place} is missing")]
    Missing {
        /// The part.
        place: String,
    },
    /// A part is of another kind than expected.
    #[error("{place} is no {expected}")]
    Kind {
        /// The part.
        place: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A part has a value whose meaning is unknown, or that we have no integers for.
    #[error("{place} is {got:?}, which is not supported")]
    Unsupported {
        /// The part.
        place: String,
        /// Its value.
        got: String,
    },
    /// Two parts disagree about a size.
    #[error("{what}: {expected} by one part of the file, {got} by another")]
    Disagree {
        /// What is counted.
        what: &'static str,
        /// One number.
        expected: usize,
        /// Another.
        got: usize,
    },
    /// A tree splits by categories.
    #[error("tree {tree} splits by categories")]
    Categorical {
        /// The tree.
        tree: usize,
    },
    /// A tree's leaves are linear functions.
    #[error("tree {tree} has linear functions in its leaves")]
    LinearLeaves {
        /// The tree.
        tree: usize,
    },
    /// A tree takes zeros for missing values.
    #[error("tree {tree} takes zeros for missing values")]
    ZeroIsMissing {
        /// The tree.
        tree: usize,
    },
    /// A leaf votes with what is no number.
    #[error("a leaf of tree {tree} votes with {got}")]
    NotFinite {
        /// The tree.
        tree: usize,
        /// The vote.
        got: f64,
    },
    /// Votes are too great for 64-bit floats to scale them.
    #[error("the votes add up to {got:e}")]
    TooGreat {
        /// Their greatest sum.
        got: f64,
    },
    /// There are too many nodes.
    #[error("the file has more than {NODES_MAX} nodes")]
    TooLarge,
    /// Nodes or numbers of one tree break a rule.
    #[error("tree {tree}")]
    Tree {
        /// The tree.
        tree: usize,
        /// The rule.
        #[source]
        source: tree::Error,
    },
    /// The trees are no forest.
    #[error(transparent)]
    Fault(Fault),
    /// Names of features or classes break a rule.
    #[error("{0}")]
    Names(&'static str),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Categorical { .. } => "encode categories as numbers, and train again",
            Self::LinearLeaves { .. } => "train without linear_tree",
            Self::ZeroIsMissing { .. } => "train without zero_as_missing",
            Self::TooLarge | Self::Fault(Fault::TooLarge { .. } | Fault::TooDeep { .. }) => {
                "train fewer or smaller trees: at most 2^20 nodes in all, depth 64"
            }
            Self::Unsupported { .. } => {
                "trees are supported: classifiers by logistic loss, regressors by squared error"
            }
            Self::Names(_) => "rename the columns or labels, and train again",
            Self::Tree { source, .. } => source.hint(),
            _ => "save the model again, from the library that trained it",
        }
    }
}
