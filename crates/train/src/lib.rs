//! Training of decision trees in exact integer arithmetic.
//!
//! [`train`] grows a classification tree as CART does (Breiman et al. 1984), under the names and
//! conventions of scikit-learn, from a [`Table`] and [`TreeParameters`] alone: no float, no clock, no
//! thread. The same input gives the same tree on every machine, so that a proof of training can one
//! day assert it.
//!
//! # What is computed
//!
//! Every node starts as a leaf that answers its most frequent class, the lowest one on a tie. A node
//! may be split if it holds two classes, at least `min_samples_split` rows, and lies above
//! `max_depth`. A split of it compares one feature with a threshold between two neighbouring distinct
//! values, and leaves at least `min_samples_leaf` rows on either side.
//!
//! - **Best split.** The one with the smallest impurity of the two sides, weighted by their rows; gini
//!   is compared exactly, entropy by a fixed-point logarithm with a stated bound
//!   (`criterion.rs`). A split that improves nothing is still taken, as in scikit-learn: the XOR of two
//!   features starts with one.
//! - **Ties.** Of equally good splits, the one of the feature that comes first in the order of
//!   [`SplitMix64::permutation`] from the parameter `seed`, drawn once per tree; within a feature, the
//!   one with the lowest threshold.
//! - **Threshold.** The midpoint of the two neighbouring values rounded down to a 32-bit float
//!   ([`midpoint`]), so that `lower <= threshold < upper`. It divides the floats as scikit-learn's
//!   64-bit midpoint does.
//! - **Order.** The node whose split lowers the weighted impurity most is split first, the older node
//!   on a tie, the left child being older than the right. It matters only with `max_leaf_nodes`.
//!
//! # Cost
//!
//! Every column is sorted once; each level of the tree then costs one pass over all columns:
//! `O(features · rows · (log rows + depth))` time, 8 bytes per value.
//!
//! ```
//! use assay_model::{TreeParameters, synthetic};
//!
//! let hidden = synthetic::tree(4, 2, 3, 7, 1)?;
//! let rows = synthetic::table(&hidden, 500, 0, 2)?;
//! let tree = assay_train::train(&rows, &TreeParameters::SKLEARN)?;
//! assert!((0..500).all(|i| tree.exec(rows.row(i)) == Some(rows.labels()[i])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Table`]: assay_model::Table
//! [`TreeParameters`]: assay_model::TreeParameters
//! [`SplitMix64::permutation`]: assay_model::SplitMix64::permutation

mod columns;
mod criterion;
mod grow;
mod log2;
mod midpoint;
mod split;

#[cfg(test)]
mod tests;

pub use grow::{Error, train};
pub use midpoint::midpoint;
