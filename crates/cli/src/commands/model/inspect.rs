//! `assay model inspect M`

use crate::{
    failure::Result,
    inputs,
    output::{Output, report},
};
use assay_model::ops::tree::DecisionTree;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    model: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let model = inputs::model(&args.model)?;
    let table = inputs::tree(&model)?;
    let tree = DecisionTree::from_table(table)?;
    let (schema, bounds) = (model.schema(), table.bounds());
    output.report(report! {
        "kind": "decision tree",
        "target": schema.target(),
        "classes": schema.classes(),
        "features": schema.features(),
        "depth": tree.depth(),
        "leaves": tree.leaves(),
        "nodes": tree.nodes().len(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
        "architecture": model.architecture().digest().to_string(),
        "model_digest": model.digest().to_string(),
    })
}
