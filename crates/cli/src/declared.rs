//! The sizes that a model declares, so that its real ones stay hidden.

use crate::failure::{Code, Explain, Failure, Result};
use assay_model::ForestParameters;
use assay_model::ops::forest::{self, Forest};
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
    /// Number of trees to be declared, to hide the real one; of a forest, nodes are those of all
    /// trees together
    #[arg(long, value_name = "N")]
    declare_trees: Option<usize>,
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
        let full = full_nodes(max_depth, max_leaf_nodes);
        let nodes = self.declare_nodes.or(full).unwrap_or(0);
        if self.declare_trees.is_some() {
            return Err(Failure::new(Code::Usage, "--declare-trees is for forests"));
        }
        tree::bounds_for(tree, depth, nodes)
            .map_err(|rule| Failure::new(Code::Usage, rule))
            .hint("choose smaller --declare-depth and --declare-nodes")
    }

    /// What is declared of a forest: what is asked, and what it needs.
    pub(crate) fn forest_bounds(self, forest: &Forest) -> Result<forest::Bounds> {
        let [nodes, trees] =
            [self.declare_nodes, self.declare_trees].map(Option::unwrap_or_default);
        forest
            .bounds(self.declare_depth.unwrap_or(0), nodes, trees)
            .map_err(|rule| Failure::new(Code::Usage, rule))
            .hint("choose smaller --declare-depth, --declare-nodes and --declare-trees")
    }

    /// What is declared of a forest that was trained: what follows from its hyper-parameters, if that
    /// is little enough, as of a tree.
    pub(crate) fn trained_bounds(
        self,
        forest: &Forest,
        asked: &ForestParameters,
    ) -> Result<forest::Bounds> {
        let tree = asked.tree();
        let nodes = full_nodes(tree.max_depth, tree.max_leaf_nodes)
            .map(|nodes| nodes.saturating_mul(asked.trees()));
        let depth = self.declare_depth.or(tree.max_depth);
        let full =
            Self { declare_depth: depth, declare_nodes: self.declare_nodes.or(nodes), ..self };
        match (self.declare_nodes, full.forest_bounds(forest)) {
            // Room for full trees may be more than a forest has.
            (None, Err(_)) => Self { declare_depth: depth, ..self }.forest_bounds(forest),
            (_, bounds) => bounds,
        }
    }

    /// Refuses sizes of trees for what has none.
    pub(crate) fn refuse(self) -> Result<()> {
        match self {
            Self { declare_depth: None, declare_nodes: None, declare_trees: None } => Ok(()),
            _ => Err(Failure::new(Code::Usage, "sizes are declared of trees and forests")
                .hint("a network is public but for its weights; leave --declare-… out")),
        }
    }
}

/// Nodes of a tree as large as its bounds allow, if they say enough.
fn full_nodes(max_depth: Option<u8>, max_leaf_nodes: Option<u32>) -> Option<usize> {
    let by_leaves = max_leaf_nodes.map(|leaves| 2 * leaves as usize - 1);
    let by_depth = max_depth.filter(|&depth| depth <= FULL_DEPTH_MAX);
    let by_depth = by_depth.map(|depth| (2 << depth) - 1);
    by_leaves.into_iter().chain(by_depth).min()
}
