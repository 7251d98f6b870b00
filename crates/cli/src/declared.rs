//! The sizes that a model declares, so that its real ones stay hidden.

use crate::failure::{Code, Explain, Failure, Result};
use assay_model::ops::tree::{self, Bounds, DecisionTree};

/// Sizes to be declared, as arguments.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Declared {
    /// Depth to be declared, to hide the real one [default: from the hyper-parameters]
    #[arg(long, value_name = "N")]
    declare_depth: Option<u8>,
    /// Number of nodes to be declared, to hide the real one [default: from the hyper-parameters]
    #[arg(long, value_name = "N")]
    declare_nodes: Option<usize>,
}

/// Up to here, room for the full tree of `max_depth` is cheap enough to be declared.
const FULL_DEPTH_MAX: u8 = 12;

impl Declared {
    /// What is declared follows from what is asked, not from the tree that came out of it, wherever the
    /// hyper-parameters say enough.
    pub(crate) fn bounds(
        self,
        tree: &DecisionTree,
        max_depth: Option<u8>,
        max_leaf_nodes: Option<u32>,
    ) -> Result<Bounds> {
        let depth = self.declare_depth.or(max_depth).unwrap_or(0);
        let by_leaves = max_leaf_nodes.map(|leaves| 2 * leaves as usize - 1);
        let by_depth = max_depth.filter(|&depth| depth <= FULL_DEPTH_MAX);
        let by_depth = by_depth.map(|depth| (2 << depth) - 1);
        let nodes = self.declare_nodes.or(by_leaves.into_iter().chain(by_depth).min()).unwrap_or(0);
        tree::bounds_for(tree, depth, nodes)
            .map_err(|rule| Failure::new(Code::Usage, rule))
            .hint("choose smaller --declare-depth and --declare-nodes")
    }
}
