//! The decision tree, as the table of slots that is committed, proven, sold and executed.
//!
//! A tree lies in `2^slots_log` slots, the root in slot 0. One rule moves a row from slot to slot:
//!
//! ```text
//! next(slot) = left + [ row[feature] > threshold ],     threshold = high · 2^16 + low
//! ```
//!
//! and is applied exactly `depth` times. A leaf has `high = 0xffff`, which no finite value exceeds, and
//! `left` pointing at itself, so that it loops; its class stands in `low`. There is no other kind of
//! slot and no special case, which is why a proof can follow a row without knowing the tree.
//!
//! Slots that no row reaches may hold anything: a row that is led to a missing feature or slot, or that
//! does not end in a leaf, has no class ([`NodeTable::exec`] returns `None`) and counts as wrong.

use crate::{FEATURES_MAX, Ordered};
use assay_codec::{Decode, Encode, Error, Reader};

/// `high` of a leaf: above the upper half of every finite value.
pub const LEAF: u16 = 0xffff;
/// Greatest declared depth.
pub const DEPTH_MAX: u8 = 64;
/// Greatest binary logarithm of the number of slots.
pub const SLOTS_LOG_MAX: u8 = 20;
/// Smallest one; smaller trees are padded.
pub const SLOTS_LOG_MIN: u8 = 3;

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
        if !(1..=FEATURES_MAX).contains(&features) || !(1..=crate::CLASSES_MAX).contains(&classes) {
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

/// One slot: four numbers, four cells of the commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The feature that is compared; 0 in a leaf.
    pub feature: u16,
    /// Lower half of the threshold; the class in a leaf.
    pub low: u16,
    /// Upper half of the threshold; [`LEAF`] in a leaf.
    pub high: u16,
    /// The slot of the left child; the right child is the next one. A leaf's own slot in a leaf.
    pub left: u32,
}

impl Slot {
    /// A leaf in slot `index`.
    pub fn leaf(index: u32, class: u16) -> Self {
        Self { feature: 0, low: class, high: LEAF, left: index }
    }

    /// An inner node that sends `value <= threshold` to `left` and the rest to `left + 1`.
    pub fn split(feature: u16, threshold: Ordered, left: u32) -> Self {
        let code = threshold.get();
        Self { feature, low: (code & 0xffff) as u16, high: (code >> 16) as u16, left }
    }

    /// The code that values are compared with.
    pub fn threshold(&self) -> u32 {
        u32::from(self.high) << 16 | u32::from(self.low)
    }
}

assay_codec::record!(Slot { feature, low, high, left });

/// A tree in its slots: the parameters of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTable {
    bounds: Bounds,
    slots: Vec<Slot>,
}

impl NodeTable {
    /// Keeps exactly `bounds.slots()` slots.
    pub fn new(bounds: Bounds, slots: Vec<Slot>) -> Result<Self, &'static str> {
        if slots.len() != bounds.slots() {
            return Err("a node table has as many slots as its bounds declare");
        }
        Ok(Self { bounds, slots })
    }

    /// The declared sizes.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The slots, the root first.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Returns the class of `row`, or `None` if the slots lead it nowhere.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        let mut slot = self.slots.first()?;
        for _ in 0..self.bounds.depth {
            let value = row.get(usize::from(slot.feature))?.get();
            let next = slot.left.checked_add(u32::from(slot.threshold() < value))?;
            slot = self.slots.get(usize::try_from(next).ok()?)?;
        }
        (slot.high == LEAF).then_some(slot.low)
    }
}
