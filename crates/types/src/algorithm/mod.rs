//! What may be trained, and how a job asks for it.

mod fit;
mod offered;

pub use fit::{Misfit, PROGRAM_BYTES_MAX};
pub use offered::Offered;

use assay_codec::{Decode, Encode, Error, Reader};
use assay_model::{ForestParameters, NetworkParameters, Sampling, Splitter, TreeParameters};
use std::fmt;

/// The name of a training algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlgorithmName {
    /// One CART decision tree.
    DecisionTree,
    /// Many trees that vote: a random forest, or extra trees.
    Forest,
    /// A network, by gradient descent; one without layers is a linear model.
    Network,
}

/// An algorithm with its hyper-parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One CART decision tree.
    DecisionTree(TreeParameters),
    /// Many trees that vote.
    Forest(ForestParameters),
    /// A network.
    Network(NetworkParameters),
}

impl Algorithm {
    /// Its name.
    pub fn name(&self) -> AlgorithmName {
        match self {
            Self::DecisionTree(_) => AlgorithmName::DecisionTree,
            Self::Forest(_) => AlgorithmName::Forest,
            Self::Network(_) => AlgorithmName::Network,
        }
    }
}

impl fmt::Display for AlgorithmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DecisionTree => "decision tree",
            Self::Forest => "forest",
            Self::Network => "network",
        })
    }
}

impl fmt::Display for Algorithm {
    /// Writes every hyper-parameter: it is what a wallet shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DecisionTree(parameters) => tree(parameters, f),
            Self::Forest(parameters) => forest(parameters, f),
            Self::Network(parameters) => network(parameters, f),
        }
    }
}

fn tree(tree: &TreeParameters, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

fn forest(forest: &ForestParameters, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let rows = match forest.sampling() {
        Sampling::All => "all rows",
        Sampling::Bootstrap => "bootstrap",
    };
    let thresholds = match forest.splitter() {
        Splitter::Best => "best thresholds",
        Splitter::Random => "random thresholds",
    };
    write!(f, "forest, trees {}, {rows}, {thresholds}, each a ", forest.trees())?;
    tree(forest.tree(), f)
}

fn network(network: &NetworkParameters, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("network")?;
    if let Some(image) = network.input() {
        write!(f, ", image {}x{}x{}", image.height, image.width, image.channels)?;
    }
    for layer in network.layers() {
        write!(f, ", {layer}")?;
    }
    write!(f, ", loss {}, {}", network.loss(), network.descent())
}

impl Encode for AlgorithmName {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::DecisionTree => 0,
            Self::Forest => 1,
            Self::Network => 2,
        });
    }
}

impl Decode for AlgorithmName {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::DecisionTree),
            1 => Ok(Self::Forest),
            2 => Ok(Self::Network),
            got => Err(Error::Tag { what: "algorithm", got }),
        }
    }
}

impl Encode for Algorithm {
    fn encode(&self, out: &mut Vec<u8>) {
        self.name().encode(out);
        match self {
            Self::DecisionTree(parameters) => parameters.encode(out),
            Self::Forest(parameters) => parameters.encode(out),
            Self::Network(parameters) => parameters.encode(out),
        }
    }
}

impl Decode for Algorithm {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match AlgorithmName::decode(from)? {
            AlgorithmName::DecisionTree => TreeParameters::decode(from).map(Self::DecisionTree),
            AlgorithmName::Forest => ForestParameters::decode(from).map(Self::Forest),
            AlgorithmName::Network => NetworkParameters::decode(from).map(Self::Network),
        }
    }
}
