//! `assay model import FILE [--format auto|skops|onnx|xgboost|lightgbm] -o M`

use crate::{
    declared::Declared,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
};
use assay_import::model::Read;
use assay_import::{Format, Imported, forest, model};
use assay_model::Model;
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
    let (model, sizes) = match model::read(&bytes, args.format.into()).map_err(|e| failed(&e))? {
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
    let sizes = report! {
        "trees": imported.forest.trees().len(),
        "depth": imported.forest.depth(),
        "nodes": imported.forest.nodes(),
        "declared_trees": bounds.trees(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    };
    let model =
        imported.into_model(args.target.as_deref(), bounds).map_err(|e| failed(&e.into()))?;
    Ok((model, sizes))
}

/// The names of features, from a table with or without the target.
fn columns(path: &Path, target: Option<&str>, expected: usize) -> Result<Vec<String>> {
    let names = assay_import::read_header(inputs::table_bytes(path)?.as_slice())
        .map_err(|error| inputs::bad_table(path, &error))?;
    let names: Vec<String> = names.into_iter().filter(|name| Some(&**name) != target).collect();
    if names.len() == expected {
        return Ok(names);
    }
    let got = names.len();
    let message = format!("{} names {got} features, the model reads {expected}", path.display());
    Err(Failure::new(Code::Error, message).hint("name the column to be left out: --target COL"))
}
