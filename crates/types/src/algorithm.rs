//! What may be trained, and how a job asks for it.

use assay_codec::{Decode, Encode, Error, Reader};
use assay_model::TreeParameters;
use assay_model::ops::tree::{DEPTH_MAX, SLOTS_LOG_MAX, SLOTS_LOG_MIN};
use std::fmt;

/// The name of a training algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlgorithmName {
    /// One CART decision tree.
    DecisionTree,
}

/// An algorithm with its hyper-parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One CART decision tree.
    DecisionTree(TreeParameters),
}

impl Algorithm {
    /// Its name.
    pub fn name(&self) -> AlgorithmName {
        match self {
            Self::DecisionTree(_) => AlgorithmName::DecisionTree,
        }
    }

    /// Returns the greatest depth and number of slots that a model made by it may declare.
    ///
    /// A tree of L leaves has 2·L - 1 nodes, and L is at most 2^depth; slots come in powers of two.
    pub fn largest(&self) -> (usize, usize) {
        let Self::DecisionTree(asked) = self;
        let depth = asked.max_depth.unwrap_or(DEPTH_MAX);
        let leaves_log = u32::from(depth).min(u64::BITS - 2);
        let leaves = asked.max_leaf_nodes.map_or(u64::MAX, u64::from).min(1 << leaves_log);
        let nodes = leaves.saturating_mul(2).saturating_sub(1).next_power_of_two();
        let slots = nodes.clamp(1 << SLOTS_LOG_MIN, 1 << SLOTS_LOG_MAX);
        (usize::from(depth), usize::try_from(slots).unwrap_or(usize::MAX))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::DecisionTree(tree) = self;
        write!(f, "decision tree, criterion {}, max_depth ", tree.criterion)?;
        match tree.max_depth {
            Some(depth) => write!(f, "{depth}")?,
            None => f.write_str("none")?,
        }
        write!(f, ", min_samples_split {}", tree.min_samples_split)?;
        write!(f, ", min_samples_leaf {}", tree.min_samples_leaf)?;
        write!(f, ", max_features {}, max_leaf_nodes ", tree.max_features)?;
        match tree.max_leaf_nodes {
            Some(leaves) => write!(f, "{leaves}")?,
            None => f.write_str("none")?,
        }
        write!(f, ", min_impurity_decrease {}", tree.min_impurity_decrease)?;
        write!(f, ", ccp_alpha {}, class_weight {}", tree.ccp_alpha, tree.class_weight)?;
        write!(f, ", seed {}", tree.seed)
    }
}

impl Encode for AlgorithmName {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::DecisionTree => out.push(0),
        }
    }
}

impl Decode for AlgorithmName {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::DecisionTree),
            got => Err(Error::Tag { what: "algorithm", got }),
        }
    }
}

impl Encode for Algorithm {
    fn encode(&self, out: &mut Vec<u8>) {
        self.name().encode(out);
        match self {
            Self::DecisionTree(parameters) => parameters.encode(out),
        }
    }
}

impl Decode for Algorithm {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match AlgorithmName::decode(from)? {
            AlgorithmName::DecisionTree => TreeParameters::decode(from).map(Self::DecisionTree),
        }
    }
}
