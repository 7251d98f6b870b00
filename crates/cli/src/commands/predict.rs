//! `assay predict --model M --data T.csv`

use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs::{self, AnyModel},
    numbers,
    output::{Output, report},
};
use assay_model::Ordered;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    #[arg(long, value_name = "M")]
    model: PathBuf,
    /// The table; a target column is left aside
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// Where the answers go [default: stdout]
    #[arg(short, long, value_name = "CSV")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let model = inputs::any_model(&args.model)?;
    let names = match &model {
        AnyModel::Class(model) => model.schema(),
        AnyModel::Number(model) => model.schema().names(),
    };
    let rows = inputs::features(&args.data, names)?;
    let answers = rows.iter().enumerate().map(|(row, values)| {
        answer(&model, values).ok_or_else(|| {
            Failure::new(Code::Error, format!("the model has no answer to row {row}"))
        })
    });
    let answers = answers.collect::<Result<Vec<_>>>()?;

    if output.is_json() && args.output.is_none() {
        return output.report(report! { "rows": rows.count(), "predictions": answers });
    }
    let fields = std::iter::once(names.target()).chain(answers.iter().map(String::as_str));
    let lines: String = fields.map(|text| field(text) + "\n").collect();
    let Some(path) = &args.output else { return output.text(&lines) };
    files::write(path, lines.as_bytes(), Readers::All)?;
    output.report(report! { "rows": rows.count(), "output": path.display().to_string() })
}

/// The class, or the number in units.
fn answer(model: &AnyModel, row: &[Ordered]) -> Option<String> {
    match model {
        AnyModel::Class(model) => {
            model.schema().classes().get(usize::from(model.exec(row)?)).cloned()
        }
        AnyModel::Number(model) => {
            Some(numbers::units(model.exec(row)?, model.schema().scale().denominator()))
        }
    }
}

/// A field of a CSV file.
fn field(name: &str) -> String {
    if name.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
