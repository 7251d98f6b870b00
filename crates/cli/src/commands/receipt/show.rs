//! `assay receipt show R`

use super::read;
use crate::{
    failure::{Code, Failure, Result},
    output::Output,
};
use serde_json::Value;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The receipt
    receipt: PathBuf,
}

/// The field with the binary twin: long, and for programs.
const CANONICAL: &str = "canonical";

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let receipt = read(&args.receipt)?;
    let text = receipt
        .to_json()
        .ok_or_else(|| Failure::new(Code::Unverified, "the history is not that of a sale"))?;
    if output.is_json() {
        let document: Value = serde_json::from_str(&text)?;
        return output.text(&format!("{document}\n"));
    }
    let mut document: Value = serde_json::from_str(&text)?;
    if let Some(fields) = document.as_object_mut() {
        fields.remove(CANONICAL);
    }
    output.text(&format!("{}\n", serde_json::to_string_pretty(&document)?))
}
