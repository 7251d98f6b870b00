//! `assay model train --data T.csv --target COL -o M`

use crate::{
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
    parameters::Parameters,
};
use assay_model::{
    Model, TreeParameters,
    ops::tree::{self, Bounds, DecisionTree},
};
use std::{path::PathBuf, time::Instant};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// The column to be predicted
    #[arg(long, value_name = "COL")]
    target: String,
    #[command(flatten)]
    parameters: Parameters,
    /// Depth to be declared, to hide the real one [default: from the hyper-parameters]
    #[arg(long, value_name = "N")]
    declare_depth: Option<u8>,
    /// Number of nodes to be declared, to hide the real one [default: from the hyper-parameters]
    #[arg(long, value_name = "N")]
    declare_nodes: Option<usize>,
    /// Where the model goes
    #[arg(short, long, value_name = "M")]
    output: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let table = inputs::new_table(&args.data, &args.target)?;
    let parameters = args.parameters.of(table.schema().classes())?;

    let progress = output.progress();
    progress.phase("training");
    let start = Instant::now();
    let tree = assay_train::train(&table, &parameters).map_err(|error| {
        let hint = error.hint();
        Failure::from(error).hint(hint)
    })?;
    let train_ms = start.elapsed().as_millis();
    drop(progress);

    let bounds = bounds(args, &parameters, &tree)?;
    let model = Model::from_tree(table.schema().clone(), &tree, bounds)?;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let rows = inputs::rows(&table)?;
    output.report(report! {
        "rows": rows,
        "correct": inputs::correct(&model, &table),
        "depth": tree.depth(),
        "leaves": tree.leaves(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
        "train_ms": u64::try_from(train_ms).unwrap_or(u64::MAX),
        "model_digest": model.digest().to_string(),
    })
}

/// What is declared follows from what is asked, not from the tree that came out of it, wherever the
/// hyper-parameters say enough.
fn bounds(args: &Args, parameters: &TreeParameters, tree: &DecisionTree) -> Result<Bounds> {
    let depth = args.declare_depth.or(parameters.max_depth).unwrap_or(0);
    let by_leaves = parameters.max_leaf_nodes.map(|leaves| 2 * leaves as usize - 1);
    let by_depth = parameters.max_depth.filter(|&depth| depth <= FULL_DEPTH_MAX);
    let by_depth = by_depth.map(|depth| (2 << depth) - 1);
    let nodes = args.declare_nodes.or(by_leaves.into_iter().chain(by_depth).min()).unwrap_or(0);
    tree::bounds_for(tree, depth, nodes)
        .map_err(|rule| Failure::new(Code::Usage, rule))
        .hint("choose smaller --declare-depth and --declare-nodes")
}

/// Up to here, room for the full tree of `max_depth` is cheap enough to be declared.
const FULL_DEPTH_MAX: u8 = 12;
