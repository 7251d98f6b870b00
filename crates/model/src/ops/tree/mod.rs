//! The decision tree: as a checked tree, and as the table of slots that is committed, proven, sold
//! and executed.
//!
//! A tree lies in `2^slots_log` slots, the root in slot 0. One rule moves a row from slot to slot:
//!
//! ```text
//! next(slot) = left + [ row[feature] > threshold ],     threshold = high · 2^16 + low
//! ```
//!
//! (modulo [`POINTERS`]) and is applied exactly `depth` times. A leaf has `high = 0xffff`, which no
//! finite value exceeds, and `left` pointing at itself, so that it loops; its class stands in
//! `low`. There is no other kind of slot and no special case, which is why a proof can follow a row
//! without knowing the tree.
//!
//! Slots that no row reaches may hold anything: a row that is led to a missing feature or slot, or
//! that does not end in a leaf of a declared class, has no class ([`NodeTable::exec`] returns
//! `None`) and counts as wrong.
//!
//! [`DecisionTree`] is what training makes and exports read; [`DecisionTree::to_table`] lays it out
//! in the one canonical way, and [`DecisionTree::from_table`] reads any table whose reachable slots
//! form a tree.

mod bounds;
mod decision;
mod layout;
mod table;

#[cfg(test)]
mod tests;

pub use bounds::{Bounds, bounds_for};
pub use decision::{DecisionTree, Fault, Link, Node};
pub use table::{NodeTable, Slot};

/// `high` of a leaf: above the upper half of every finite value.
pub const LEAF: u16 = 0xffff;
/// Pointers are numbers below this, and added modulo it: the order of the field in which a tree is
/// proven.
///
/// No tree gets near it. But what a proof says must be what execution does, for any slots.
pub const POINTERS: u32 = (1 << 31) - (1 << 24) + 1;
/// Most features that a tree reads.
pub const TREE_FEATURES_MAX: usize = 1024;
/// Greatest declared depth.
pub const DEPTH_MAX: u8 = 64;
/// Greatest binary logarithm of the number of slots.
pub const SLOTS_LOG_MAX: u8 = 20;
/// Smallest one; smaller trees are padded.
pub const SLOTS_LOG_MIN: u8 = 3;
