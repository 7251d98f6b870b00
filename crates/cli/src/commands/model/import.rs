//! `assay model import FILE [--format auto|skops|onnx] -o M`

use crate::{
    declared::Declared,
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
};
use assay_import::{Format, Imported, import_tree, model};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file: a decision tree of scikit-learn, saved by skops or converted by skl2onnx
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
}

impl From<Written> for Format {
    fn from(written: Written) -> Self {
        match written {
            Written::Auto => Self::Auto,
            Written::Skops => Self::Skops,
            Written::Onnx => Self::Onnx,
        }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let bytes = files::read(&args.file, model::BYTES_MAX as u64)?;
    let failed = |error: &model::Error| {
        let message = format!("{}: {error}", args.file.display());
        Failure::new(Code::Error, message).hint(error.hint())
    };
    let mut imported = import_tree(&bytes, args.format.into()).map_err(|error| failed(&error))?;
    if let Some(path) = &args.columns {
        imported.features = columns(args, path, &imported)?;
    }
    let Imported { tree, max_depth, max_leaf_nodes, .. } = &imported;
    let bounds = args.declared.bounds(tree, *max_depth, *max_leaf_nodes)?;
    let (depth, leaves) = (imported.tree.depth(), imported.tree.leaves());
    let model = imported.into_model(args.target.as_deref(), bounds).map_err(|e| failed(&e))?;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let schema = model.schema();
    output.report(report! {
        "target": schema.target(),
        "classes": schema.classes(),
        "features": schema.features().len(),
        "depth": depth,
        "leaves": leaves,
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
        "model_digest": model.digest().to_string(),
    })
}

/// The names of features, from a table with or without the target.
fn columns(args: &Args, path: &std::path::Path, imported: &Imported) -> Result<Vec<String>> {
    let target = args.target.as_deref().or(imported.target.as_deref());
    let names = assay_import::read_header(inputs::table_bytes(path)?.as_slice())
        .map_err(|error| inputs::bad_table(path, &error))?;
    let names: Vec<String> = names.into_iter().filter(|name| Some(&**name) != target).collect();
    if names.len() == imported.tree.features() {
        return Ok(names);
    }
    let (got, expected) = (names.len(), imported.tree.features());
    let message = format!("{} names {got} features, the tree reads {expected}", path.display());
    Err(Failure::new(Code::Error, message)).hint("name the column to be left out: --target COL")
}
