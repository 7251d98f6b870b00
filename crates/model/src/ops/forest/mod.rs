//! The forest: many trees that vote with numbers. Random forests, extra trees and gradient boosting
//! are all of this form.
//!
//! All trees lie in one table of `2^slots_log` slots, under the rule of [`tree`](super::tree); the
//! root of tree `t` is slot `t`. A row is moved through every tree exactly `depth` times and must
//! end in leaves. Each slot has, beside its four numbers, the *values* with which it votes if a row
//! ends there: integers in fixed point, of a scale that nobody needs to know.
//!
//! The votes are added per class modulo [`POINTERS`](super::tree::POINTERS), the order of the field
//! in which a forest is proven, and the class of the greatest sum is the answer, the lowest one on
//! a tie ([`answer`]). What an importer makes never wraps around; but what a proof says must be
//! what execution does, for any numbers.
//!
//! A forest declares how many trees it has, and may have fewer: the rest are single leaves that
//! vote with zeros. Nothing but the declared [`Bounds`] is public.
//!
//! [`Forest`] is what importers make; [`Forest::to_table`] lays it out in the one canonical way.

mod answer;
mod bounds;
mod layout;
mod table;

#[cfg(test)]
mod tests;

pub use answer::{SPREAD_LOG, answer, rank};
pub use bounds::{Bounds, Votes};
pub use layout::{Fault, Forest, Node, Tree};
pub use table::ForestTable;

/// Most trees of a forest.
pub const TREES_MAX: usize = 1 << 14;
/// Greatest binary logarithm of the number of values: all slots' together.
pub const VALUES_LOG_MAX: usize = 23;
/// Greatest absolute value of a vote: half of the field, so that a vote is one field element.
pub const VALUE_MAX: i32 = (super::tree::POINTERS / 2) as i32;
