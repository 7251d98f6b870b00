//! Which algorithms an owner lets its rows be used for, and how far.

use super::AlgorithmName;
use assay_codec::{Decode, Encode, Error, Reader};

/// An algorithm on offer. What it says beyond the name protects the owner's machine and, with the limits
/// that trees have in common, its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// One decision tree.
    DecisionTree,
    /// A forest.
    Forest {
        /// Most trees.
        trees_max: u16,
        /// Most units of work that training takes, about a nanosecond each.
        work_max: u64,
    },
    /// A network.
    Network {
        /// Most weights and biases: as many numbers can describe rows.
        weights_max: u32,
        /// Most units of work that training takes, about a nanosecond each.
        work_max: u64,
    },
}

impl Offered {
    /// Its name.
    pub fn name(&self) -> AlgorithmName {
        match self {
            Self::DecisionTree => AlgorithmName::DecisionTree,
            Self::Forest { .. } => AlgorithmName::Forest,
            Self::Network { .. } => AlgorithmName::Network,
        }
    }

    /// Whether no job could be within it.
    pub(crate) fn is_empty(&self) -> bool {
        match *self {
            Self::DecisionTree => false,
            Self::Forest { trees_max, work_max } => trees_max == 0 || work_max == 0,
            Self::Network { weights_max, work_max } => weights_max == 0 || work_max == 0,
        }
    }
}

impl Encode for Offered {
    fn encode(&self, out: &mut Vec<u8>) {
        self.name().encode(out);
        match self {
            Self::DecisionTree => {}
            Self::Forest { trees_max, work_max } => {
                trees_max.encode(out);
                work_max.encode(out);
            }
            Self::Network { weights_max, work_max } => {
                weights_max.encode(out);
                work_max.encode(out);
            }
        }
    }
}

impl Decode for Offered {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match AlgorithmName::decode(from)? {
            AlgorithmName::DecisionTree => Self::DecisionTree,
            AlgorithmName::Forest => {
                Self::Forest { trees_max: u16::decode(from)?, work_max: u64::decode(from)? }
            }
            AlgorithmName::Network => {
                Self::Network { weights_max: u32::decode(from)?, work_max: u64::decode(from)? }
            }
        })
    }
}
