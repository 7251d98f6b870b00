//! How each operator of [`assay_model::ops`] is proven: one folder per operator, namesake of the
//! model's file.
//!
//! - [`tree`]: rows followed through a hidden decision tree, and how many end at their label;
//! - [`forest`]: rows followed through many hidden trees, their votes added, and how many are
//!   answered with their label.
//! - [`network`]: rows put through an integer network with hidden parameters, and how many get their
//!   label;
//! - [`squares`]: whose answers are numbers, and how far all of them are from their targets.
//!
//! A layer is a part of a circuit (see [`assay_engine::session`]): it asks for blocks and a budget,
//! fills its cells, sends its messages, and records relations. What statements need of each kind of
//! model is said once, by [`Sizes`] and [`Layer`].

#[cfg(feature = "prove")]
#[cfg(test)]
mod alone;
mod data;
pub mod forest;
mod goal;
pub mod network;
mod schedule;
mod scored;
pub mod squares;
pub mod tree;
mod tuples;

pub use data::RowCells;
pub use goal::{Goal, REACH_MAX, Weighed};
pub use scored::{Answers, Claim, Kept, Labels, Layer, Rows, Sizes, Unsupported};
#[cfg(feature = "prove")]
pub use scored::{Execution, Unprovable};
