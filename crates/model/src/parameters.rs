//! The hyper-parameters of a decision tree, under scikit-learn's names.

use crate::ops::tree::DEPTH_MAX;
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// How the impurity of a node is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// `1 - Σ p²`.
    Gini,
    /// `-Σ p·log2(p)`, by a fixed-point logarithm.
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

/// How a tree is grown. Any values may be written down; [`TreeParameters::validate`] says whether they
/// make sense, and everything that decodes has passed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeParameters {
    /// The measure that splits improve.
    pub criterion: Criterion,
    /// Greatest depth, in 1..=[`DEPTH_MAX`]; without one a tree still stops at [`DEPTH_MAX`].
    pub max_depth: Option<u8>,
    /// Fewest rows of a node that may be split, at least 2.
    pub min_samples_split: u32,
    /// Fewest rows on either side of a split, at least 1.
    pub min_samples_leaf: u32,
    /// Most leaves, at least 2; the best splits are then taken first.
    pub max_leaf_nodes: Option<u32>,
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
        max_leaf_nodes: None,
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
        Ok(())
    }
}

impl Encode for TreeParameters {
    fn encode(&self, out: &mut Vec<u8>) {
        self.criterion.encode(out);
        self.max_depth.encode(out);
        self.min_samples_split.encode(out);
        self.min_samples_leaf.encode(out);
        self.max_leaf_nodes.encode(out);
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
            max_leaf_nodes: Option::decode(from)?,
            seed: u64::decode(from)?,
        };
        parameters.validate().map_err(Error::Invalid)?;
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::{Criterion, TreeParameters};
    use assay_codec::{Error, from_bytes, to_bytes};

    #[test]
    fn parameters_come_back() {
        let entropy = TreeParameters {
            criterion: Criterion::Entropy,
            max_depth: Some(64),
            min_samples_split: 9,
            min_samples_leaf: 4,
            max_leaf_nodes: Some(2),
            seed: u64::MAX,
        };
        for parameters in [TreeParameters::SKLEARN, entropy] {
            assert_eq!(from_bytes(&to_bytes(&parameters)), Ok(parameters));
        }
    }

    #[test]
    fn rejects_each_value_out_of_range() {
        #[track_caller]
        fn check(change: impl Fn(&mut TreeParameters), why: &'static str) {
            let mut parameters = TreeParameters::SKLEARN;
            change(&mut parameters);
            let got = from_bytes::<TreeParameters>(&to_bytes(&parameters));
            assert_eq!(got, Err(Error::Invalid(why)));
        }
        check(|p| p.max_depth = Some(0), "max_depth lies between 1 and 64");
        check(|p| p.max_depth = Some(65), "max_depth lies between 1 and 64");
        check(|p| p.min_samples_split = 1, "min_samples_split is at least 2");
        check(|p| p.min_samples_leaf = 0, "min_samples_leaf is at least 1");
        check(|p| p.max_leaf_nodes = Some(1), "max_leaf_nodes is at least 2");
    }
}
