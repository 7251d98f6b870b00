//! The operators, one folder each.

pub mod network;
pub mod tree;
