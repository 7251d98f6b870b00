//! `assay predict --model M --data T.csv`

use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
};
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
    let model = inputs::model(&args.model)?;
    let rows = inputs::features(&args.data, model.schema())?;
    let classes = model.schema().classes();
    let answers = rows.iter().enumerate().map(|(row, values)| {
        let class = model.exec(values).and_then(|class| classes.get(usize::from(class)));
        class.ok_or_else(|| {
            Failure::new(Code::Error, format!("the model has no answer to row {row}"))
        })
    });
    let answers = answers.collect::<Result<Vec<_>>>()?;

    if output.is_json() && args.output.is_none() {
        return output.report(report! { "rows": rows.count(), "predictions": answers });
    }
    let names =
        std::iter::once(model.schema().target()).chain(answers.into_iter().map(String::as_str));
    let lines: String = names.map(|name| field(name) + "\n").collect();
    let Some(path) = &args.output else { return output.text(&lines) };
    files::write(path, lines.as_bytes(), Readers::All)?;
    output.report(report! { "rows": rows.count(), "output": path.display().to_string() })
}

/// A field of a CSV file.
fn field(name: &str) -> String {
    if name.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
