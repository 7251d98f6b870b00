//! What a model is, and exactly what it computes.
//!
//! A model is an integer program: no float, no clock, no randomness. [`ops`] holds one file per
//! operator; its `exec` is the oracle that proofs, ledger and every export must agree with, bit for
//! bit.
//!
//! - [`Schema`] names the columns and classes, [`Table`] holds canonical rows;
//! - [`Ordered`] is a 32-bit float as an integer that compares like it;
//! - [`Model`] is a [`Schema`] and a [`Graph`] of operators with their parameters; its encoding is
//!   the
//!   model file;
//! - [`regression`] is the same for models that answer with a number;
//! - [`Architecture`] is the public shape of a model: operators, sizes, declared bounds;
//! - [`ops::tree`] is the decision tree, [`ops::forest`] many trees that vote, [`ops::network`] the
//!   neural network, an integer program over tensors;
//! - [`TreeParameters`], [`ForestParameters`], [`LinearParameters`] and [`NetworkParameters`] say how
//!   one is trained, and how much work that may be;
//! - [`synthetic`] makes seeded trees and tables of any size, from [`SplitMix64`];
//!   [`ops::network::synthetic`] makes networks.
//!
//! ```
//! use assay_model::{Model, ops::tree, synthetic};
//!
//! let tree = synthetic::tree(4, 2, 3, 7, 1)?;
//! let table = synthetic::table(&tree, 10, 0, 2)?;
//! // Six levels and 32 nodes are declared: that the tree is smaller stays hidden.
//! let bounds = tree::bounds_for(&tree, 6, 32)?;
//! let model = Model::from_tree(table.schema().clone(), &tree, bounds)?;
//! assert_eq!(model.exec(table.row(0)), Some(table.labels()[0]));
//! assert_eq!(Model::from_file(&model.to_file())?, model);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod architecture;
mod graph;
pub mod ops;
mod ordered;
mod parameters;
mod random;
pub mod regression;
mod schema;
pub mod synthetic;
mod table;

#[cfg(test)]
mod tests;

pub use architecture::Architecture;
pub use graph::{Graph, MAGIC, Model, VERSION};
pub use ordered::Ordered;
pub use parameters::{
    BATCH_MAX, ClassWeight, Criterion, Descent, EPOCHS_MAX, FAN_MAX, ForestParameters, Image,
    LAYERS_MAX, Layer, LinearParameters, Loss, MaxFeatures, NetworkParameters, OUTPUTS_MAX,
    PLACES_MAX, ROW_WORK_MAX, Ratio, SIDE_MAX, Sampling, Schedule, Splitter, TableSize,
    TreeParameters, WEIGHTS_MAX, WORK_MAX,
};
pub use random::SplitMix64;
pub use schema::{CLASSES_MAX, FEATURES_MAX, NAME_BYTES_MAX, Schema};
pub use table::{ROWS_MAX, Table};
