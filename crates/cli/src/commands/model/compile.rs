//! `assay model compile FILE [--architecture JSON] --data CALIBRATION.csv --target COL -o M`

use super::inspect::{cost, layers};
use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
};
use assay_import::network::{
    Calibration, Network, Options, compile, import_network, import_weights, quantise,
};
use assay_import::{Format, model::BYTES_MAX};
use assay_model::{Graph, Model, Schema, Table};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file: a network in ONNX or saved by Keras (.keras, .h5), a linear model or perceptron of
    /// scikit-learn saved by skops, or parameters alone as safetensors
    file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Written::Auto)]
    format: Written,
    /// The architecture, JSON of Keras' model.to_json(), if FILE has parameters only, as safetensors
    #[arg(long, value_name = "JSON", conflicts_with = "format")]
    architecture: Option<PathBuf>,
    /// A table like those that will be answered: scales are chosen from its rows
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// The column to be predicted
    #[arg(long, value_name = "COL")]
    target: String,
    /// A table to report the score on [default: the one that scales are chosen from]
    #[arg(long, value_name = "CSV")]
    test: Option<PathBuf>,
    /// The classes in the network's order [default: the file's; else the table's, in order of numbers
    /// or letters]
    #[arg(long, value_name = "A,B,…", value_delimiter = ',')]
    classes: Option<Vec<String>>,
    /// How the range of each activation is chosen
    #[arg(long, value_enum, default_value_t = Method::MinMax)]
    calibration: Method,
    /// Bits of activations
    #[arg(long, default_value_t = 8)]
    bits: u8,
    /// Where the model goes
    #[arg(short, long, value_name = "M")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Written {
    Auto,
    Skops,
    Onnx,
    Keras,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Method {
    /// The greatest number that was seen
    MinMax,
    /// 99.95 % of the numbers
    Percentile,
    /// As many as costs least information
    Entropy,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let bytes = files::read(&args.file, BYTES_MAX as u64)?;
    let format = match args.format {
        Written::Auto => Format::Auto,
        Written::Skops => Format::Skops,
        Written::Onnx => Format::Onnx,
        Written::Keras => Format::Keras,
    };
    let read = match &args.architecture {
        Some(path) => import_weights(&bytes, &files::read(path, BYTES_MAX as u64)?),
        None => import_network(&bytes, format),
    };
    let network = read.map_err(|error| {
        let hint = error.hint();
        let message = format!("{}: {}", args.file.display(), Failure::from(error).message);
        Failure::new(Code::Error, message).hint(hint)
    })?;
    let calibration = match args.calibration {
        Method::MinMax => Calibration::MinMax,
        Method::Percentile => Calibration::Percentile,
        Method::Entropy => Calibration::Entropy,
    };
    let table = table(args, &network)?;
    let options = Options { calibration, bits: args.bits };
    let progress = output.progress();
    progress.phase("choosing scales");
    let compiled = compile(&network, &table, &options).map_err(refused)?;
    let told = match &args.test {
        None => compiled.report.clone(),
        Some(path) => {
            progress.phase("testing");
            let test = inputs::table(path, &args.target, table.schema())?;
            compiled.test(&network, &test).map_err(refused)?
        }
    };
    drop(progress);
    let network = compiled.network.clone();
    let model = Model::new(compiled.schema, Graph::Network(network))
        .map_err(|error| Failure::new(Code::Error, error))?;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let Graph::Network(network) = model.graph() else { return Ok(()) };
    let mut entries = report! {
        "target": model.schema().target(),
        "classes": model.schema().classes(),
        "features": model.schema().features().len(),
        "rows": told.rows,
        "correct_float": told.correct_float,
        "correct": told.correct,
        "alike": told.agreeing,
        "layers": layers(network.program()),
        "errors": told.layers.iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    entries.extend(cost(network.program(), told.rows));
    entries.extend(report! { "model_digest": model.digest().to_string() });
    output.report(entries)
}

/// The table under the network's classes.
fn table(args: &Args, network: &Network) -> Result<Table> {
    let found = inputs::new_table(&args.data, &args.target)?;
    let schema = schema(network, found.schema(), args.classes.clone(), &args.data)?;
    inputs::table(&args.data, &args.target, &schema)
}

fn schema(
    network: &Network,
    found: &Schema,
    classes: Option<Vec<String>>,
    path: &Path,
) -> Result<Schema> {
    let classes = classes.unwrap_or_else(|| network.classes_of(found));
    let features = network.features.clone().unwrap_or_else(|| found.features().to_vec());
    Schema::new(features, found.target().to_owned(), classes).map_err(|error| {
        let message = format!("{} and the network: {error}", path.display());
        Failure::new(Code::Error, message).hint("name classes and columns differently")
    })
}

fn refused(error: quantise::Error) -> Failure {
    let hint = error.hint();
    Failure::from(error).hint(hint)
}
