//! `assay stake withdraw --node URL --wallet DIR`

use crate::{failure::Result, market::Party, output::Output};
use assay_types::tx::Withdraw;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    super::send(&args.party, Withdraw, "withdrawn", output)
}
