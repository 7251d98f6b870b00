//! The slots of a tree, and the one rule that moves a row through them.

use super::{Bounds, LEAF, POINTERS};
use crate::Ordered;
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

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
    /// Length of an encoded slot.
    pub(crate) const BYTES: usize = 10;

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

    /// The slot that `value` leads to. Pointers are added modulo [`POINTERS`], as a proof adds
    /// them.
    pub fn next(&self, value: u32) -> u32 {
        let next = u64::from(self.left) + u64::from(self.threshold() < value);
        // Below POINTERS, which has 31 bits.
        (next % u64::from(POINTERS)) as u32
    }
}

assay_codec::record!(Slot { feature, low, high, left });

/// A tree in its slots: the parameters of the model.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeTable {
    bounds: Bounds,
    slots: Vec<Slot>,
}

impl fmt::Debug for NodeTable {
    /// Writes the bounds only: parameters are for sale, and end in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeTable").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl NodeTable {
    /// Keeps exactly `bounds.slots()` slots.
    pub fn new(bounds: Bounds, slots: Vec<Slot>) -> Result<Self, &'static str> {
        if slots.len() != bounds.slots() {
            return Err("a node table has as many slots as its bounds declare");
        }
        // Two pointers that are one in a proof's field would be two models with one commitment.
        if slots.iter().any(|slot| POINTERS <= slot.left) {
            return Err("a slot points to a number below 2^31 - 2^24 + 1");
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

    /// Returns the class of `row`, or `None` if the slots lead it nowhere or to an undeclared
    /// class.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        let mut slot = self.slots.first()?;
        for _ in 0..self.bounds.depth() {
            let value = row.get(usize::from(slot.feature))?.get();
            slot = self.slots.get(usize::try_from(slot.next(value)).ok()?)?;
        }
        (slot.high == LEAF && usize::from(slot.low) < self.bounds.classes()).then_some(slot.low)
    }
}

impl Encode for NodeTable {
    fn encode(&self, out: &mut Vec<u8>) {
        self.bounds.encode(out);
        for slot in &self.slots {
            slot.encode(out);
        }
    }
}

impl Decode for NodeTable {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let bounds = Bounds::decode(from)?;
        let wanted = bounds.slots() * Slot::BYTES;
        // Before any room is taken: a few bytes may declare a million slots.
        if from.left() < wanted {
            return Err(Error::Truncated { wanted, left: from.left() });
        }
        let mut slots = Vec::with_capacity(bounds.slots());
        for _ in 0..bounds.slots() {
            slots.push(Slot::decode(from)?);
        }
        Self::new(bounds, slots).map_err(Error::Invalid)
    }
}
