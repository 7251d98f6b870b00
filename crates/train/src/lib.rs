//! Training in integers: decision trees, forests, linear models and networks.
//!
//! - [`train`] grows a tree, [`forest::train`] many of them;
//! - [`network::train_linear`] and [`network::train`] follow the slope of a loss in fixed point, and
//!   make the integer network that is executed and proven.
//!
//! Rows come in as a [`Table`], what is asked as [`TreeParameters`], [`ForestParameters`],
//! [`LinearParameters`] or [`NetworkParameters`]; nothing else has a say, and no number of threads
//! changes a bit.
//!
//! # Trees
//!
//! [`train`] grows a classification tree as CART does (Breiman et al. 1984), under the names and
//! conventions of scikit-learn. The same input gives the same tree on every machine, so that a proof of
//! training can one day assert it.
//!
//! ## What is computed
//!
//! Every node starts as a leaf that answers its heaviest class, the lowest one on a tie. A node
//! may be split if it holds two classes, at least `min_samples_split` rows, and lies above
//! `max_depth`. A split of it compares one feature with a threshold between two neighbouring distinct
//! values, leaves at least `min_samples_leaf` rows on either side, and lowers the impurity, times the
//! share of the node's rows by weight, by at least `min_impurity_decrease`.
//!
//! - **Weight.** A row weighs 1 or what `class_weight` says of its class (`weights.rs`); impurities,
//!   answers and shares count weights, the bounds on numbers of rows count rows. All rows together
//!   weigh at most 2^32.
//! - **Best split.** The one with the smallest impurity of the two sides, by their weight; gini
//!   is compared exactly, entropy by a fixed-point logarithm with a stated bound
//!   (`criterion.rs`). A split that improves nothing is still taken, as in scikit-learn: the XOR of two
//!   features starts with one.
//! - **Features.** With `max_features` each node draws an order of its own and looks at that many
//!   features of it, and at further ones until one takes two values among its rows. The root draws
//!   [`SplitMix64::permutation`] from the parameter `seed`; the next two numbers of a node's generator
//!   are the seeds of its left and right child.
//! - **Ties.** Of equally good splits, the one of the feature that comes first in the node's order;
//!   without `max_features` all nodes have that of the root. Within a feature, the one with the lowest
//!   threshold.
//! - **Threshold.** The midpoint of the two neighbouring values rounded down to a 32-bit float
//!   ([`midpoint`]), so that `lower <= threshold < upper`. It divides the floats as scikit-learn's
//!   64-bit midpoint does.
//! - **Order.** The node whose split lowers the weighted impurity most is split first, the older node
//!   on a tie, the left child being older than the right. It matters only with `max_leaf_nodes`.
//! - **Pruning.** With a `ccp_alpha` above 0 the grown tree is cut to the smallest of those that
//!   minimise impurity + `ccp_alpha` · leaves (`prune.rs`).
//!
//! ## Deviations from scikit-learn
//!
//! Its trees on our data sets are split as well as ours at every node, and pruned the same
//! (`tests/oracle.rs`); where the two may differ:
//!
//! - ties: its order of features changes from node to node, and float noise decides some of them;
//! - `max_features`: the same number of features is looked at, drawn by another generator;
//! - `min_impurity_decrease`, `ccp_alpha` are exact ratios here; it compares floats, the former with a
//!   tolerance of 2.2e-16. Pruning rounds gini in units of 2^-60 so that exact ties prune;
//! - `class_weight`: whole numbers. `balanced` is exact while the least common multiple of the counts
//!   is small, and off by at most `classes · count / 2^32` of a weight otherwise;
//! - a tree stops at depth 64 and 2^19 leaves; `log_loss` is `entropy`, as it is there;
//! - not offered: `splitter=random`, fractions of rows or features, `min_weight_fraction_leaf`,
//!   `monotonic_cst`, missing values.
//!
//! ## Cost
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
//! [`ForestParameters`]: assay_model::ForestParameters
//! [`LinearParameters`]: assay_model::LinearParameters
//! [`NetworkParameters`]: assay_model::NetworkParameters
//! [`SplitMix64::permutation`]: assay_model::SplitMix64::permutation

mod columns;
mod criterion;
pub mod forest;
mod grow;
mod log2;
mod midpoint;
pub mod network;
mod progress;
mod prune;
mod split;
mod weights;

#[cfg(test)]
mod tests;

pub use grow::{Error, train};
pub use midpoint::midpoint;
pub use progress::{Progress, Watch};
