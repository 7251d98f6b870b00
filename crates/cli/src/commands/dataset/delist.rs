//! `assay dataset delist ID --ledger DIR --wallet DIR`

use crate::{
    failure::Result,
    market::{self, Party},
    output::Output,
};
use assay_types::DatasetId;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The listing
    #[arg(value_parser = market::dataset)]
    id: DatasetId,
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (mut chain, mut owner) = args.party.owner()?;
    market::listed(&chain, &args.id)?;
    market::act(&mut chain, output, |out| owner.delist(&args.id, out))?;
    let listed = market::listed(&chain, &args.id)?;
    output.report(assay_api::listing::standing(&args.id, &listed, chain.height()?))
}
