//! `assay job decline ID --ledger DIR --wallet DIR`

use crate::{
    failure::Result,
    inputs,
    market::{self, Party},
    output::{Output, report},
};
use assay_types::JobId;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The job
    #[arg(value_parser = inputs::job)]
    id: JobId,
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (mut chain, mut owner) = args.party.owner()?;
    market::job(&chain, &args.id)?;
    market::act(&mut chain, output, |out| owner.decline(&args.id, out))?;
    output.report(report! {
        "did": "declined",
        "job": args.id.to_string(),
        "height": chain.height()?.get(),
    })
}
