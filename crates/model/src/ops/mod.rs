//! The operators, one folder each.

pub mod forest;
pub mod network;
pub mod tree;
