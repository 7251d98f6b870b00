//! `assay model import FILE [--format auto|skops|onnx|xgboost|lightgbm] -o M`

use crate::{
    declared::Declared,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs, numbers,
    output::{Output, report},
};
use assay_import::model::Read;
use assay_import::{Format, Imported, forest, model};
use assay_model::Model;
use assay_model::ops::forest::{Bounds, Forest};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file: a decision tree, random forest, extra trees or boosted trees of scikit-learn, saved by
    /// skops or converted by skl2onnx; XGBoost's JSON; LightGBM's text or JSON; either converted by
    /// onnxmltools
    file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Written::Auto)]
    format: Written,
    /// Name of the predicted column [default: the file's, or "target"]
    #[arg(long, value_name = "COL")]
    target: Option<String>,
    /// A table whose header names the features, in the order in which the tree was trained on them
    #[arg(long, value_name = "CSV")]
    columns: Option<PathBuf>,
    #[command(flatten)]
    number: numbers::Scaled,
    #[command(flatten)]
    declared: Declared,
    /// Where the model goes
    #[arg(short, long, value_name = "M")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Written {
    Auto,
    Skops,
    Onnx,
    Xgboost,
    Lightgbm,
}

impl From<Written> for Format {
    fn from(written: Written) -> Self {
        match written {
            Written::Auto => Self::Auto,
            Written::Skops => Self::Skops,
            Written::Onnx => Self::Onnx,
            Written::Xgboost => Self::Xgboost,
            Written::Lightgbm => Self::Lightgbm,
        }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let bytes = files::read(&args.file, model::BYTES_MAX as u64)?;
    let failed = |error: &model::Error| {
        let message = format!("{}: {error}", args.file.display());
        Failure::new(Code::Error, message).hint(error.hint())
    };
    let read = model::read(&bytes, args.format.into()).map_err(|e| failed(&e))?;
    if let Read::Number(read) = read {
        return number(args, read, failed, output);
    }
    args.number.refuse(&args.file)?;
    let (model, sizes) = match read {
        Read::Number(_) => return Ok(()),
        Read::Tree(imported) => tree(args, imported, failed)?,
        Read::Forest(imported) => forest(args, imported, failed)?,
    };
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let schema = model.schema();
    let mut entries = report! {
        "target": schema.target(),
        "classes": schema.classes(),
        "features": schema.features().len(),
    };
    entries.extend(sizes);
    entries.extend(report! { "model_digest": model.digest().to_string() });
    output.report(entries)
}

/// A model, and what is said of its sizes.
type Sized = (Model, Map<String, Value>);

fn tree(
    args: &Args,
    mut imported: Imported,
    failed: impl Fn(&model::Error) -> Failure,
) -> Result<Sized> {
    let target = args.target.as_deref().or(imported.target.as_deref());
    if let Some(path) = &args.columns {
        imported.features = columns(path, target, imported.tree.features())?;
    }
    let Imported { tree, max_depth, max_leaf_nodes, .. } = &imported;
    let bounds = args.declared.bounds(tree, *max_depth, *max_leaf_nodes)?;
    let sizes = report! {
        "depth": tree.depth(),
        "leaves": tree.leaves(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    };
    let model = imported.into_model(args.target.as_deref(), bounds).map_err(|e| failed(&e))?;
    Ok((model, sizes))
}

fn forest(
    args: &Args,
    mut imported: forest::Imported,
    failed: impl Fn(&model::Error) -> Failure,
) -> Result<Sized> {
    let target = args.target.as_deref().or(imported.target.as_deref());
    if let Some(path) = &args.columns {
        imported.features = columns(path, target, imported.forest.features())?;
    }
    let bounds = args.declared.forest_bounds(&imported.forest)?;
    let sizes = forest_sizes(&imported.forest, bounds);
    let model =
        imported.into_model(args.target.as_deref(), bounds).map_err(|e| failed(&e.into()))?;
    Ok((model, sizes))
}

fn forest_sizes(forest: &Forest, bounds: Bounds) -> Map<String, Value> {
    report! {
        "trees": forest.trees().len(),
        "depth": forest.depth(),
        "nodes": forest.nodes(),
        "declared_trees": bounds.trees(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    }
}

/// A model that answers with a number.
fn number(
    args: &Args,
    mut read: forest::Number,
    failed: impl Fn(&model::Error) -> Failure,
    output: &Output,
) -> Result<()> {
    let scale = args.number.scale(&args.file)?;
    let failed = |error: forest::Error| failed(&error.into());
    let forest = read.forest(scale.denominator()).map_err(failed)?;
    let target = args.target.as_deref().or(read.target.as_deref());
    if let Some(path) = &args.columns {
        read.features = columns(path, target, forest.features())?;
    }
    let bounds = args.declared.forest_bounds(&forest)?;
    let names = (args.target.as_deref(), args.number.unit());
    let model = read.into_model(names, scale, &forest, bounds).map_err(failed)?;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let schema = model.schema();
    let mut entries = numbers::report_schema(schema, model.architecture().reading());
    entries.extend(report! {
        "rounding_parts_max": format!("{}/2", forest.trees().len()),
        "features": schema.features().len(),
    });
    entries.extend(forest_sizes(&forest, bounds));
    entries.extend(report! { "model_digest": model.digest().to_string() });
    output.report(entries)
}

/// The names of so many features, from a table with or without the target.
fn columns(path: &Path, target: Option<&str>, expected: usize) -> Result<Vec<String>> {
    let names = inputs::columns(path, target)?;
    if names.len() == expected {
        return Ok(names);
    }
    let got = names.len();
    let message = format!("{} names {got} features, the model reads {expected}", path.display());
    Err(Failure::new(Code::Error, message).hint("name the column to be left out: --target COL"))
}
