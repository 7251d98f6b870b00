//! `assay model train --data T.csv --target COL -o M`

use crate::{
    declared::Declared,
    failure::{Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
    parameters::Parameters,
};
use assay_model::{Model, TreeParameters};
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
    #[command(flatten)]
    declared: Declared,
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

    let TreeParameters { max_depth, max_leaf_nodes, .. } = parameters;
    let bounds = args.declared.bounds(&tree, max_depth, max_leaf_nodes)?;
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
