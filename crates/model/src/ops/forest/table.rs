//! The slots and values of a forest, and what they answer.

use super::{Bounds, VALUE_MAX, answer, rank};
use crate::Ordered;
use crate::ops::tree::{LEAF, POINTERS, Slot};
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// A forest in its slots: the parameters of the model.
#[derive(Clone, PartialEq, Eq)]
pub struct ForestTable {
    bounds: Bounds,
    slots: Vec<Slot>,
    values: Vec<i32>,
}

impl fmt::Debug for ForestTable {
    /// Writes the bounds only: parameters are for sale, and end in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForestTable").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl ForestTable {
    /// Keeps exactly `bounds.slots()` slots and `bounds.values()` values, of the shape
    /// `[value, slot]`.
    pub fn new(bounds: Bounds, slots: Vec<Slot>, values: Vec<i32>) -> Result<Self, &'static str> {
        if slots.len() != bounds.slots() || values.len() != bounds.values() {
            return Err("a forest has as many slots and values as its bounds declare");
        }
        // Two numbers that are one in a proof's field would be two models with one commitment.
        if slots.iter().any(|slot| POINTERS <= slot.left) {
            return Err("a slot points to a number below 2^31 - 2^24 + 1");
        }
        if values.iter().any(|value| !(-VALUE_MAX..=VALUE_MAX).contains(value)) {
            return Err("a vote lies between -(2^30 - 2^23) and 2^30 - 2^23");
        }
        Ok(Self { bounds, slots, values })
    }

    /// The declared sizes.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The slots, the roots first.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The values, shape `[value, slot]`.
    pub fn values(&self) -> &[i32] {
        &self.values
    }

    /// Value `index` of slot `slot`.
    pub fn value(&self, index: usize, slot: usize) -> Option<i32> {
        let at = index.checked_shl(self.bounds.slots_log() as u32)?.checked_add(slot)?;
        if slot < self.slots.len() { self.values.get(at).copied() } else { None }
    }

    /// Returns the slot in which `row` ends in tree `tree`, or `None` if the slots lead it nowhere
    /// or if it is no leaf.
    pub fn leaf(&self, tree: usize, row: &[Ordered]) -> Option<usize> {
        let mut at = tree;
        let mut slot = self.slots.get(at)?;
        for _ in 0..self.bounds.depth() {
            let value = row.get(usize::from(slot.feature))?.get();
            at = usize::try_from(slot.next(value)).ok()?;
            slot = self.slots.get(at)?;
        }
        (slot.high == LEAF).then_some(at)
    }

    /// Returns the sum of the votes for each class, modulo [`POINTERS`].
    pub fn sums(&self, row: &[Ordered]) -> Option<Vec<u32>> {
        let mut sums = vec![0_i64; self.bounds.classes()];
        for tree in 0..self.bounds.trees() {
            let leaf = self.leaf(tree, row)?;
            for index in 0..self.bounds.width() {
                // At most 2^14 votes below 2^30: no overflow.
                let class = self.bounds.class(tree, index);
                *sums.get_mut(class)? += i64::from(self.value(index, leaf)?);
            }
        }
        let reduced = |sum: i64| sum.rem_euclid(i64::from(POINTERS)) as u32;
        Some(sums.into_iter().map(reduced).collect())
    }

    /// Returns the class of `row`, or `None` if the slots lead it nowhere or the sums have no
    /// answer.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        answer(&self.sums(row)?)
    }

    /// Returns the rank of `class` among the answers to `row`, from 1 on, as [`rank`] says.
    pub fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        rank(&self.sums(row)?, class)
    }
}

impl ForestTable {
    /// Returns the sum of the votes for the first class of `row`, as a number of the field nearest to
    /// zero: what a forest of one class answers if it answers with a number. `None` as in
    /// [`ForestTable::exec`].
    pub fn number(&self, row: &[Ordered]) -> Option<i32> {
        let sum = i64::from(*self.sums(row)?.first()?);
        let order = i64::from(POINTERS);
        i32::try_from(if order / 2 < sum { sum - order } else { sum }).ok()
    }
}

impl Encode for ForestTable {
    fn encode(&self, out: &mut Vec<u8>) {
        self.bounds.encode(out);
        for slot in &self.slots {
            slot.encode(out);
        }
        for value in &self.values {
            value.cast_unsigned().encode(out);
        }
    }
}

impl Decode for ForestTable {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let bounds = Bounds::decode(from)?;
        let wanted = bounds.slots() * Slot::BYTES + bounds.values() * size_of::<i32>();
        // Before any room is taken: a few bytes may declare millions of values.
        if from.left() < wanted {
            return Err(Error::Truncated { wanted, left: from.left() });
        }
        let slots = (0..bounds.slots()).map(|_| Slot::decode(from)).collect::<Result<_, _>>()?;
        let value = |_| u32::decode(from).map(u32::cast_signed);
        let values = (0..bounds.values()).map(value).collect::<Result<_, _>>()?;
        Self::new(bounds, slots, values).map_err(Error::Invalid)
    }
}
