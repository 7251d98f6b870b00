//! `assay model train --data T.csv --target COL --algorithm A -o M`

use super::inspect::{cost, layers};
use crate::{
    algorithm::{Algorithm, Asked},
    declared::Declared,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{self, Output, report},
};
use assay_model::ops::network::Network;
use assay_model::{
    ForestParameters, Graph, Model, NetworkParameters, Schema, Table, TreeParameters,
};
use assay_train::{Progress, forest, network};
use serde_json::{Map, Value};
use std::{path::PathBuf, time::Instant};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// The column to be predicted
    #[arg(long, value_name = "COL")]
    target: String,
    /// A table to report the score on, beside the one that is trained on
    #[arg(long, value_name = "CSV")]
    test: Option<PathBuf>,
    /// Where the model goes
    #[arg(short, long, value_name = "M")]
    output: PathBuf,
    #[command(flatten)]
    algorithm: Algorithm,
    #[command(flatten, next_help_heading = "Sizes that are declared of trees and forests")]
    declared: Declared,
}

/// A model, and what is told about it.
type Trained = (Model, Map<String, Value>);

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let table = inputs::new_table(&args.data, &args.target)?;
    let rows = inputs::rows(&table)?;
    let asked = args.algorithm.of(table.schema())?;
    // What is wrong with it is known before anything takes its time.
    let test = args.test.as_ref().map(|path| inputs::table(path, &args.target, table.schema()));
    let test = test.transpose()?;

    let progress = output.progress();
    let start = Instant::now();
    let (model, told) = train(&table, &asked, args.declared, &progress)?;
    let train_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    progress.phase("testing");
    let mut entries = report! { "rows": rows, "correct": inputs::correct(&model, &table) };
    if let Some(test) = &test {
        let (rows, correct) = (inputs::rows(test)?, inputs::correct(&model, test));
        entries.extend(report! { "test_rows": rows, "test_correct": correct });
    }
    drop(progress);

    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    entries.extend(told);
    let digest = model.digest().to_string();
    entries.extend(report! { "train_ms": train_ms, "model_digest": digest });
    output.report(entries)
}

fn train(
    table: &Table,
    asked: &Asked,
    declared: Declared,
    progress: &output::Progress,
) -> Result<Trained> {
    let counted = progress.counted("training");
    let watch = |progress: Progress| counted(progress.done, progress.total);
    match asked {
        Asked::Tree(asked) => tree(table, asked, declared),
        Asked::Forest(asked) => trees(table, asked, declared, &watch),
        Asked::Linear(asked) => weights(table, &asked.as_network(), declared, &watch),
        Asked::Network(asked) => weights(table, asked, declared, &watch),
    }
}

fn tree(table: &Table, asked: &TreeParameters, declared: Declared) -> Result<Trained> {
    let tree = assay_train::train(table, asked)
        .map_err(|error| Failure::from(error).hint(error.hint()))?;
    let bounds = declared.bounds(&tree, asked.max_depth, asked.max_leaf_nodes)?;
    let told = report! {
        "depth": tree.depth(),
        "leaves": tree.leaves(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    };
    Ok((Model::from_tree(table.schema().clone(), &tree, bounds)?, told))
}

fn trees(
    table: &Table,
    asked: &ForestParameters,
    declared: Declared,
    watch: assay_train::Watch<'_>,
) -> Result<Trained> {
    let forest = forest::train(table, asked, watch)
        .map_err(|error| Failure::from(error).hint(error.hint()))?;
    let bounds = declared.trained_bounds(&forest, asked)?;
    let told = report! {
        "trees": forest.trees().len(),
        "depth": forest.depth(),
        "nodes": forest.nodes(),
        "declared_trees": bounds.trees(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    };
    Ok((Model::from_forest(table.schema().clone(), &forest, bounds)?, told))
}

fn weights(
    table: &Table,
    asked: &NetworkParameters,
    declared: Declared,
    watch: assay_train::Watch<'_>,
) -> Result<Trained> {
    declared.refuse()?;
    let network = network::train(table, asked, watch)
        .map_err(|error| Failure::from(error).hint(error.hint()))?;
    let mut told = report! { "layers": layers(network.program()) };
    told.extend(cost(network.program(), table.rows()));
    Ok((model(table.schema(), network)?, told))
}

fn model(schema: &Schema, network: Network) -> Result<Model> {
    Model::new(schema.clone(), Graph::Network(network))
        .map_err(|rule| Failure::new(Code::Error, rule))
}
