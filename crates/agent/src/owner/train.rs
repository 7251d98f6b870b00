//! Training what a job asks for, under bounds that say as little as they can about what came out.

use crate::step::Reason;
use assay_model::ops::forest::{self, Forest};
use assay_model::ops::tree::{self, Bounds, DecisionTree};
use assay_model::{ForestParameters, Graph, Table, TreeParameters};
use assay_types::Algorithm;

/// Up to here, room for the full tree of `max_depth` is declared, which hides the real size.
const FULL_DEPTH_MAX: u8 = 12;
/// Up to so many slots, room for all that was asked of a forest is declared.
const FULL_SLOTS_MAX: u64 = 1 << 16;

/// Trains. What is declared follows from what was asked, not from the model that came out of it, wherever the
/// hyper-parameters say enough.
pub(super) fn train(algorithm: &Algorithm, table: &Table) -> Result<Graph, Reason> {
    match algorithm {
        Algorithm::DecisionTree(parameters) => {
            let tree = assay_train::train(table, parameters).map_err(|_| Reason::Training)?;
            let bounds = of_tree(parameters, &tree).map_err(|_| Reason::Training)?;
            tree.to_table(bounds).map(Graph::DecisionTree).map_err(|_| Reason::Training)
        }
        Algorithm::Forest(parameters) => {
            let forest = assay_train::forest::train(table, parameters, &|_| ());
            let forest = forest.map_err(|_| Reason::Training)?;
            let bounds = of_forest(algorithm, parameters, &forest).map_err(|_| Reason::Training)?;
            forest.to_table(bounds).map(Graph::Forest).map_err(|_| Reason::Training)
        }
        Algorithm::Network(parameters) => {
            let network = assay_train::network::train(table, parameters, &|_| ());
            network.map(Graph::Network).map_err(|_| Reason::Training)
        }
    }
}

fn of_tree(parameters: &TreeParameters, tree: &DecisionTree) -> Result<Bounds, &'static str> {
    let by_leaves = parameters.max_leaf_nodes.map(|leaves| 2 * leaves as usize - 1);
    let by_depth = parameters.max_depth.filter(|&depth| depth <= FULL_DEPTH_MAX);
    let by_depth = by_depth.map(|depth| (2 << depth) - 1);
    let nodes = by_leaves.into_iter().chain(by_depth).min().unwrap_or(0);
    tree::bounds_for(tree, parameters.max_depth.unwrap_or(0), nodes)
}

fn of_forest(
    algorithm: &Algorithm,
    parameters: &ForestParameters,
    forest: &Forest,
) -> Result<forest::Bounds, &'static str> {
    let slots =
        algorithm.largest().map(|(_, slots)| slots).filter(|&slots| slots <= FULL_SLOTS_MAX);
    let nodes = slots.and_then(|slots| usize::try_from(slots).ok()).unwrap_or(0);
    forest.bounds(parameters.tree().max_depth.unwrap_or(0), nodes, parameters.trees())
}
