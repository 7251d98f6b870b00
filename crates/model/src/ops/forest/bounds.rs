//! The declared sizes of a forest, which are public.

use super::{TREES_MAX, VALUES_LOG_MAX};
use crate::ops::tree;
use assay_codec::{Decode, Encode, Error, Reader};

/// How the leaves of trees vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Votes {
    /// A leaf has one value per class: random forests and extra trees.
    All,
    /// Tree `t` has one value, for class `t mod classes`: boosting of several classes.
    Turns,
    /// A leaf has one value, for the second of two classes: boosting of two, where the sign of the
    /// sum decides. The first class has the sum 0, and wins a tie.
    Second,
}

/// The declared, public sizes of a forest. The forest itself may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    tree: tree::Bounds,
    trees: u16,
    votes: Votes,
}

impl Bounds {
    /// Checks and keeps the sizes. `tree` holds features, classes, the depth of every tree and the
    /// slots of all trees together; `trees` lies between 1 and [`TREES_MAX`].
    pub fn new(tree: tree::Bounds, trees: usize, votes: Votes) -> Result<Self, &'static str> {
        if !(1..=TREES_MAX).contains(&trees) {
            return Err("a forest has between 1 and 2^14 trees");
        }
        if tree.slots() < trees {
            return Err("a forest has at least a slot for each tree");
        }
        match votes {
            Votes::Turns if !trees.is_multiple_of(tree.classes()) => {
                return Err("trees that vote in turns are as many for each class");
            }
            Votes::Second if tree.classes() != 2 => {
                return Err("a sign decides between two classes");
            }
            _ => (),
        }
        let trees = u16::try_from(trees).map_err(|_| "a forest has between 1 and 2^14 trees")?;
        let bounds = Self { tree, trees, votes };
        if bounds.values() > 1 << VALUES_LOG_MAX {
            return Err("a forest has at most 2^23 values in all slots together");
        }
        Ok(bounds)
    }

    /// Features, classes, depth, and slots of all trees.
    pub fn tree(&self) -> tree::Bounds {
        self.tree
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.tree.features()
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.tree.classes()
    }

    /// Number of times the rule is applied in each tree.
    pub fn depth(&self) -> usize {
        self.tree.depth()
    }

    /// Binary logarithm of the number of slots.
    pub fn slots_log(&self) -> usize {
        self.tree.slots_log()
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.tree.slots()
    }

    /// Number of trees.
    pub fn trees(&self) -> usize {
        usize::from(self.trees)
    }

    /// How leaves vote.
    pub fn votes(&self) -> Votes {
        self.votes
    }

    /// Number of values of a slot.
    pub fn width(&self) -> usize {
        match self.votes {
            Votes::All => self.classes(),
            Votes::Turns | Votes::Second => 1,
        }
    }

    /// Number of values of all slots.
    pub fn values(&self) -> usize {
        self.width() << self.slots_log()
    }

    /// The class for which value `index` of a leaf of tree `tree` counts.
    pub fn class(&self, tree: usize, index: usize) -> usize {
        match self.votes {
            Votes::All => index,
            Votes::Turns => tree % self.classes(),
            Votes::Second => 1,
        }
    }
}

impl Encode for Votes {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::All => 0,
            Self::Turns => 1,
            Self::Second => 2,
        });
    }
}

impl Decode for Votes {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::All),
            1 => Ok(Self::Turns),
            2 => Ok(Self::Second),
            got => Err(Error::Tag { what: "votes", got }),
        }
    }
}

impl Encode for Bounds {
    fn encode(&self, out: &mut Vec<u8>) {
        self.tree.encode(out);
        self.trees.encode(out);
        self.votes.encode(out);
    }
}

impl Decode for Bounds {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (tree, trees) = (tree::Bounds::decode(from)?, u16::decode(from)?);
        Self::new(tree, usize::from(trees), Votes::decode(from)?).map_err(Error::Invalid)
    }
}
