//! What a model is, and exactly what it computes.
//!
//! A model is an integer program: no float, no clock, no randomness. [`ops`] holds one file per
//! operator; its `exec` is the oracle that proofs, ledger and every export must agree with, bit for
//! bit.
//!
//! - [`Schema`] names the columns and classes, [`Table`] holds canonical rows;
//! - [`Ordered`] is a 32-bit float as an integer that compares like it;
//! - [`Architecture`] is the public shape of a model: operators, sizes, declared bounds;
//! - [`ops::tree`] is the decision tree.

mod architecture;
pub mod ops;
mod ordered;
mod parameters;
mod schema;
mod table;

pub use architecture::Architecture;
pub use ordered::Ordered;
pub use parameters::{Criterion, TreeParameters};
pub use schema::{CLASSES_MAX, FEATURES_MAX, NAME_BYTES_MAX, Schema};
pub use table::{ROWS_MAX, Table};
