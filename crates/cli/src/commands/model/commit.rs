//! `assay model commit M -o C [--salt-out S]`

use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    opening::Opening,
    output::{Output, report},
};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    model: PathBuf,
    /// Where the commitment goes: one line of text, to be published
    #[arg(short, long, value_name = "C")]
    output: PathBuf,
    /// Where the secret opening goes [default: C.opening]
    #[arg(long, value_name = "S")]
    salt_out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let model = inputs::any_model(&args.model)?;
    let secret = args.salt_out.clone().unwrap_or_else(|| inputs::beside(&args.output, "opening"));
    if secret == args.output {
        return Err(Failure::new(Code::Usage, "commitment and opening need different files"));
    }
    files::refuse_existing(&secret)?;
    files::refuse_secret(&args.output)?;
    let opening = Opening::draw(model.graph());
    // The secret first: a commitment that nobody can open is worthless.
    opening.write(&secret)?;
    let line = format!("{}\n", opening.commitment);
    files::write(&args.output, line.as_bytes(), Readers::All)?;
    output
        .note(&format!("the opening is in {}: keep it secret, and keep a copy", secret.display()));
    output.report(report! {
        "model_commitment": opening.commitment.to_string(),
        "architecture": model.graph().architecture().digest().to_string(),
        "schema": model.schema().to_string(),
        "opening_file": secret.display().to_string(),
    })
}
