//! `assay dataset update ID --ledger DIR --wallet DIR [terms]`

use crate::{
    failure::Result,
    listing,
    market::{self, Party},
    output::Output,
    terms::TermsArgs,
};
use assay_types::DatasetId;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The listing
    #[arg(value_parser = market::dataset)]
    id: DatasetId,
    #[command(flatten)]
    party: Party,
    #[command(flatten)]
    terms: TermsArgs,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (mut chain, mut owner) = args.party.owner()?;
    let terms = args.terms.changed(&market::listed(&chain, &args.id)?.listing)?;
    market::act(&mut chain, output, |out| owner.update(&args.id, terms, out))?;
    let warnings = market::act(&mut chain, output, |out| owner.near_listing(&args.id, out))?;
    let listed = market::listed(&chain, &args.id)?;
    let mut entries = assay_api::listing::standing(&args.id, &listed, chain.height()?);
    entries.extend(listing::warned(&warnings, &listed.listing.limits, output));
    entries.extend(assay_api::listing::content(&listed.listing));
    output.report(entries)
}
