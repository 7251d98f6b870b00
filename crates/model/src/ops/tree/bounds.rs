//! The declared sizes of a tree, which are public.

use super::{DEPTH_MAX, DecisionTree, SLOTS_LOG_MAX, SLOTS_LOG_MIN, TREE_FEATURES_MAX};
use crate::CLASSES_MAX;
use assay_codec::{Decode, Encode, Error, Reader};

/// The declared, public sizes of a tree. The tree itself may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    features: u16,
    classes: u16,
    depth: u8,
    slots_log: u8,
}

impl Bounds {
    /// Checks and keeps the sizes: `features` and `classes` in 1..=1024, `depth` in
    /// 1..=[`DEPTH_MAX`], `slots_log` in [`SLOTS_LOG_MIN`]..=[`SLOTS_LOG_MAX`].
    pub fn new(
        features: usize,
        classes: usize,
        depth: u8,
        slots_log: u8,
    ) -> Result<Self, &'static str> {
        if !(1..=TREE_FEATURES_MAX).contains(&features) || !(1..=CLASSES_MAX).contains(&classes) {
            return Err("a tree has between 1 and 1024 features and classes");
        }
        if !(1..=DEPTH_MAX).contains(&depth) {
            return Err("the declared depth lies between 1 and 64");
        }
        if !(SLOTS_LOG_MIN..=SLOTS_LOG_MAX).contains(&slots_log) {
            return Err("the declared slots lie between 2^3 and 2^20");
        }
        let features = u16::try_from(features).map_err(|_| "too many features")?;
        let classes = u16::try_from(classes).map_err(|_| "too many classes")?;
        Ok(Self { features, classes, depth, slots_log })
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        usize::from(self.features)
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        usize::from(self.classes)
    }

    /// Number of times the rule is applied.
    pub fn depth(&self) -> usize {
        usize::from(self.depth)
    }

    /// Binary logarithm of the number of slots.
    pub fn slots_log(&self) -> usize {
        usize::from(self.slots_log)
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        1 << self.slots_log
    }
}

impl Encode for Bounds {
    fn encode(&self, out: &mut Vec<u8>) {
        self.features.encode(out);
        self.classes.encode(out);
        self.depth.encode(out);
        self.slots_log.encode(out);
    }
}

impl Decode for Bounds {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (features, classes) = (u16::decode(from)?, u16::decode(from)?);
        let (depth, slots_log) = (u8::decode(from)?, u8::decode(from)?);
        Self::new(usize::from(features), usize::from(classes), depth, slots_log)
            .map_err(Error::Invalid)
    }
}

/// Returns the smallest bounds that hold `tree` and at least the declared `depth` and number of
/// `nodes` (inner nodes and leaves), so that trees of different sizes look alike.
pub fn bounds_for(tree: &DecisionTree, depth: u8, nodes: usize) -> Result<Bounds, &'static str> {
    let depth = usize::from(depth).max(tree.depth()).max(1);
    let depth = u8::try_from(depth).map_err(|_| "the declared depth lies between 1 and 64")?;
    let nodes = nodes.max(tree.nodes().len());
    if 1 << SLOTS_LOG_MAX < nodes {
        return Err("the declared slots lie between 2^3 and 2^20");
    }
    // At most 2^20, so the logarithm is at most 20.
    let slots_log = nodes.next_power_of_two().trailing_zeros() as u8;
    Bounds::new(tree.features(), tree.classes(), depth, slots_log.max(SLOTS_LOG_MIN))
}
