//! `assay model export M -o F.onnx`

use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
};
use assay_import::export_onnx;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    model: PathBuf,
    /// Where the ONNX file goes
    #[arg(short, long, value_name = "ONNX")]
    output: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let model = inputs::model(&args.model)?;
    let bytes = export_onnx(&model)
        .map_err(|error| Failure::new(Code::Error, error.to_string()).hint(error.hint()))?;
    files::write(&args.output, &bytes, Readers::Owner)?;
    output.report(report! {
        "format": "onnx",
        "bytes": bytes.len(),
        "model_digest": model.digest().to_string(),
    })
}
