//! The hyper-parameters of a random forest.

use super::TreeParameters;
use super::size::{TableSize, product, within};
use crate::ops::forest::TREES_MAX;
use crate::ops::tree::{DEPTH_MAX, TREE_FEATURES_MAX};
use assay_codec::{Decode, Encode, Error, Reader};

/// Which rows a tree of a forest sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Every row, once.
    All,
    /// As many as there are, drawn one by one: some twice, about a third never.
    Bootstrap,
}

/// How the threshold of a feature is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splitter {
    /// The best one: random forests.
    Best,
    /// One that is drawn between the least and the greatest value: extra trees.
    Random,
}

/// How a random forest, or one of extra trees, is grown. In range by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForestParameters {
    tree: TreeParameters,
    trees: u16,
    sampling: Sampling,
    splitter: Splitter,
}

impl ForestParameters {
    /// Keeps parameters that are in range: `tree` says how each of the trees is grown, and its seed is
    /// the forest's; `trees` lies between 1 and [`TREES_MAX`].
    pub fn new(
        tree: TreeParameters,
        trees: u16,
        sampling: Sampling,
        splitter: Splitter,
    ) -> Result<Self, &'static str> {
        tree.validate()?;
        if !(1..=TREES_MAX).contains(&usize::from(trees)) {
            return Err("a forest has between 1 and 2^14 trees");
        }
        Ok(Self { tree, trees, sampling, splitter })
    }

    /// How each tree is grown; the seed is the forest's.
    pub fn tree(&self) -> &TreeParameters {
        &self.tree
    }

    /// How many trees there are.
    pub fn trees(&self) -> usize {
        usize::from(self.trees)
    }

    /// Which rows a tree sees.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// How thresholds are chosen.
    pub fn splitter(&self) -> Splitter {
        self.splitter
    }

    /// Returns how many units of work training on a table of this size takes at most, or why it will
    /// not do.
    pub fn work(&self, size: &TableSize) -> Result<u64, &'static str> {
        if TREE_FEATURES_MAX < size.features {
            return Err("a tree reads at most 1024 features");
        }
        // A column is sorted, then passed over once at each level.
        let levels = u64::from(self.tree.max_depth.unwrap_or(DEPTH_MAX));
        let passes = levels + u64::from(size.rows.checked_ilog2().unwrap_or(0)) + 1;
        within(product(&[self.trees.into(), size.rows as u64, size.features as u64, passes]))
    }
}

impl Encode for Sampling {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::All => 0,
            Self::Bootstrap => 1,
        });
    }
}

impl Decode for Sampling {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::All),
            1 => Ok(Self::Bootstrap),
            got => Err(Error::Tag { what: "sampling", got }),
        }
    }
}

impl Encode for Splitter {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Best => 0,
            Self::Random => 1,
        });
    }
}

impl Decode for Splitter {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Best),
            1 => Ok(Self::Random),
            got => Err(Error::Tag { what: "splitter", got }),
        }
    }
}

impl Encode for ForestParameters {
    fn encode(&self, out: &mut Vec<u8>) {
        self.tree.encode(out);
        self.trees.encode(out);
        self.sampling.encode(out);
        self.splitter.encode(out);
    }
}

impl Decode for ForestParameters {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (tree, trees) = (TreeParameters::decode(from)?, u16::decode(from)?);
        let (sampling, splitter) = (Sampling::decode(from)?, Splitter::decode(from)?);
        Self::new(tree, trees, sampling, splitter).map_err(Error::Invalid)
    }
}
