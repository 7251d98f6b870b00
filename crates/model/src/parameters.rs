//! The hyper-parameters of everything that can be trained: of a decision tree, under scikit-learn's
//! names, and of forests, linear models and networks.

mod class_weight;
mod descent;
mod forest;
mod layer;
mod max_features;
mod network;
mod ratio;
mod size;

#[cfg(test)]
mod tests;

pub use class_weight::ClassWeight;
pub use descent::{BATCH_MAX, Descent, EPOCHS_MAX, Loss, Schedule};
pub use forest::{ForestParameters, Sampling, Splitter};
pub use layer::{
    FAN_MAX, Image, LAYERS_MAX, Layer, OUTPUTS_MAX, PLACES_MAX, SIDE_MAX, WEIGHTS_MAX,
};
pub use max_features::MaxFeatures;
pub use network::{LinearParameters, NetworkParameters};
pub use ratio::Ratio;
pub use size::{ROW_WORK_MAX, TableSize, WORK_MAX};

use crate::ops::tree::DEPTH_MAX;
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// How the impurity of a node is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// `1 - Σ p²`.
    Gini,
    /// `-Σ p·log2(p)`, by a fixed-point logarithm. scikit-learn also calls it `log_loss`.
    Entropy,
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gini => "gini",
            Self::Entropy => "entropy",
        })
    }
}

impl Encode for Criterion {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Gini => 0,
            Self::Entropy => 1,
        });
    }
}

impl Decode for Criterion {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Gini),
            1 => Ok(Self::Entropy),
            got => Err(Error::Tag { what: "criterion", got }),
        }
    }
}

/// How a tree is grown. Any values may be written down; [`TreeParameters::validate`] says whether
/// they make sense, and everything that decodes has passed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeParameters {
    /// The measure that splits improve.
    pub criterion: Criterion,
    /// Greatest depth, in 1..=[`DEPTH_MAX`]; without one a tree still stops at [`DEPTH_MAX`].
    pub max_depth: Option<u8>,
    /// Fewest rows of a node that may be split, at least 2.
    pub min_samples_split: u32,
    /// Fewest rows on either side of a split, at least 1.
    pub min_samples_leaf: u32,
    /// How many features a node looks at; which ones, the seed says.
    pub max_features: MaxFeatures,
    /// Most leaves, at least 2; the best splits are then taken first.
    pub max_leaf_nodes: Option<u32>,
    /// Least that a split must improve: impurity times the share of the rows, by weight.
    pub min_impurity_decrease: Ratio,
    /// What a leaf costs when the grown tree is pruned; with 0 it is not.
    pub ccp_alpha: Ratio,
    /// What the rows of a class weigh.
    pub class_weight: ClassWeight,
    /// Orders the features among which equally good splits are chosen.
    pub seed: u64,
}

impl TreeParameters {
    /// scikit-learn's defaults with seed 0.
    pub const SKLEARN: Self = Self {
        criterion: Criterion::Gini,
        max_depth: None,
        min_samples_split: 2,
        min_samples_leaf: 1,
        max_features: MaxFeatures::All,
        max_leaf_nodes: None,
        min_impurity_decrease: Ratio::ZERO,
        ccp_alpha: Ratio::ZERO,
        class_weight: ClassWeight::Equal,
        seed: 0,
    };

    /// Returns the first rule that is broken.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.max_depth.is_some_and(|depth| !(1..=DEPTH_MAX).contains(&depth)) {
            return Err("max_depth lies between 1 and 64");
        }
        if self.min_samples_split < 2 {
            return Err("min_samples_split is at least 2");
        }
        if self.min_samples_leaf < 1 {
            return Err("min_samples_leaf is at least 1");
        }
        if self.max_leaf_nodes.is_some_and(|leaves| leaves < 2) {
            return Err("max_leaf_nodes is at least 2");
        }
        self.max_features.validate()?;
        self.class_weight.validate()
    }
}

impl Encode for TreeParameters {
    fn encode(&self, out: &mut Vec<u8>) {
        self.criterion.encode(out);
        self.max_depth.encode(out);
        self.min_samples_split.encode(out);
        self.min_samples_leaf.encode(out);
        self.max_features.encode(out);
        self.max_leaf_nodes.encode(out);
        self.min_impurity_decrease.encode(out);
        self.ccp_alpha.encode(out);
        self.class_weight.encode(out);
        self.seed.encode(out);
    }
}

impl Decode for TreeParameters {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let parameters = Self {
            criterion: Criterion::decode(from)?,
            max_depth: Option::decode(from)?,
            min_samples_split: u32::decode(from)?,
            min_samples_leaf: u32::decode(from)?,
            max_features: MaxFeatures::decode(from)?,
            max_leaf_nodes: Option::decode(from)?,
            min_impurity_decrease: Ratio::decode(from)?,
            ccp_alpha: Ratio::decode(from)?,
            class_weight: ClassWeight::decode(from)?,
            seed: u64::decode(from)?,
        };
        parameters.validate().map_err(Error::Invalid)?;
        Ok(parameters)
    }
}
