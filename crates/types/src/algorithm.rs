//! What may be trained, and how a job asks for it.

use assay_codec::{Decode, Encode, Error, Reader};
use assay_model::TreeParameters;
use std::fmt;

/// The name of a training algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AlgorithmName {
    /// One CART decision tree.
    DecisionTree,
}

/// An algorithm with its hyper-parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
        write!(f, ", min_samples_leaf {}, max_leaf_nodes ", tree.min_samples_leaf)?;
        match tree.max_leaf_nodes {
            Some(leaves) => write!(f, "{leaves}")?,
            None => f.write_str("none")?,
        }
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
