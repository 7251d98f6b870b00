//! How each operator of [`assay_model::ops`] is proven: one folder per operator, namesake of the
//! model's file.
//!
//! - [`tree`]: rows followed through a hidden decision tree, and how many end at their label;
//! - [`forest`]: rows followed through many hidden trees, their votes added, and how many are
//!   answered with their label.
//! - [`network`]: rows put through an integer network with hidden parameters, and how many get their
//!   label.
//!
//! A layer is a part of a circuit (see [`assay_engine::session`]): it asks for blocks and a budget,
//! fills its cells, sends its messages, and records relations. Statements put layers together.

mod data;
pub mod forest;
mod goal;
pub mod network;
pub mod tree;
mod tuples;

pub use goal::Goal;
