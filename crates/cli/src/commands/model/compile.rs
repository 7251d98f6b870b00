//! `assay model compile FILE [--architecture JSON] --data CALIBRATION.csv --target COL -o M`

use super::inspect::{cost, layers};
use crate::{
    errors,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs, numbers,
    output::{Output, report},
};
use assay_import::network::{
    Calibration, Network, Options, Report, compile, estimator, import_network, import_weights,
    quantise,
};
use assay_import::{Format, model::BYTES_MAX};
use assay_model::{Graph, Model, Schema, Table, regression};
use assay_types::statement::ErrorMetric;
use serde_json::{Map, Value};
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
    #[command(flatten)]
    number: numbers::Scaled,
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
    let options = Options { calibration, bits: args.bits };
    let entries = match network.is_number() {
        true => number(args, &network, &options, output)?,
        false => classes(args, &network, &options, output)?,
    };
    output.report(entries)
}

/// A network that answers with a class.
fn classes(
    args: &Args,
    network: &Network,
    options: &Options,
    output: &Output,
) -> Result<Map<String, Value>> {
    args.number.refuse(&args.file)?;
    let table = table(args, network)?;
    let progress = output.progress();
    progress.phase("choosing scales");
    let compiled = compile(network, &table, options).map_err(refused)?;
    let told = match &args.test {
        None => compiled.report.clone(),
        Some(path) => {
            progress.phase("testing");
            let test = inputs::table(path, &args.target, table.schema())?;
            compiled.test(network, &test).map_err(refused)?
        }
    };
    drop(progress);
    let model = Model::new(compiled.schema, Graph::Network(compiled.network))
        .map_err(|error| Failure::new(Code::Error, error))?;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let mut entries = report! {
        "target": model.schema().target(),
        "classes": model.schema().classes(),
        "features": model.schema().features().len(),
        "rows": told.rows,
        "correct_float": told.answers.correct_float,
        "correct": told.answers.correct,
        "alike": told.answers.agreeing,
    };
    entries.extend(program(model.graph(), &told));
    entries.extend(report! { "model_digest": model.digest().to_string() });
    Ok(entries)
}

/// A network that answers with a number.
fn number(
    args: &Args,
    network: &Network,
    options: &Options,
    output: &Output,
) -> Result<Map<String, Value>> {
    let scale = args.number.scale(&args.file)?;
    let columns = inputs::columns(&args.data, Some(&args.target))?;
    let features = network.features.clone().unwrap_or(columns);
    let (target, unit) = (args.target.clone(), args.number.unit().to_owned());
    let schema = regression::Schema::new(features, target, unit, scale)
        .map_err(|error| unnamed(&args.data, error))?;
    let table = inputs::targets(&args.data, &args.target, &schema)?;
    let progress = output.progress();
    progress.phase("choosing scales");
    let compiled = estimator(network, &table, options).map_err(refused)?;
    let test = match &args.test {
        None => table,
        Some(path) => {
            progress.phase("testing");
            inputs::targets(path, &args.target, &schema)?
        }
    };
    let told = compiled.test(network, &test).map_err(refused)?;
    drop(progress);
    let model = &compiled.model;
    files::write(&args.output, &model.to_file(), Readers::Owner)?;
    let measured = |metric| errors::measured(metric, told.answers.sum, &test);
    let mut entries = numbers::report_schema(model.schema(), model.architecture().reading());
    entries.extend(report! {
        "features": model.schema().features().len(),
        "rows": told.rows,
        "mse_float": told.answers.mse_float(told.rows),
        "mse": measured(ErrorMetric::MeanSquaredError),
        "r2_float": told.answers.r2_float(test.targets(), scale.denominator()),
        "r2": measured(ErrorMetric::RSquared),
        "apart_mean": told.answers.apart_mean,
        "apart_max": told.answers.apart_max,
    });
    entries.extend(program(model.graph(), &told));
    entries.extend(report! { "model_digest": model.digest().to_string() });
    Ok(entries)
}

/// What is said of any program.
fn program<A>(graph: &Graph, told: &Report<A>) -> Map<String, Value> {
    let Graph::Network(network) = graph else { return Map::new() };
    let mut entries = report! {
        "layers": layers(network.program()),
        "errors": told.layers.iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    entries.extend(cost(network.program(), told.rows));
    entries
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
    Schema::new(features, found.target().to_owned(), classes).map_err(|error| unnamed(path, error))
}

/// Names that cannot stand together.
fn unnamed(path: &Path, error: &str) -> Failure {
    let message = format!("{} and the network: {error}", path.display());
    Failure::new(Code::Error, message).hint("name classes and columns differently")
}

fn refused(error: quantise::Error) -> Failure {
    let hint = error.hint();
    Failure::from(error).hint(hint)
}
