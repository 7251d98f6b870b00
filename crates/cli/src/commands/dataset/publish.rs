//! `assay dataset publish --ledger DIR --wallet DIR --data T.csv --target COL --card FILE --curve CURVE [--dry-run]`

use crate::{
    failure::{Code, Failure, Result},
    inputs, listing,
    market::{self, Party, Venue},
    output::{Output, report},
    terms::TermsArgs,
};
use assay_agent::journal::Entry;
use assay_agent::{Offer, Owner, Reference};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    party: Party,
    /// The rows, as CSV; they are copied into the wallet's folder, and leave it for nobody
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// The column to be predicted
    #[arg(long, value_name = "COLUMN")]
    target: String,
    #[command(flatten)]
    terms: TermsArgs,
    /// Your own name for the listing; under one name nothing is published twice [default: made of the rows]
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Show exactly what would become public, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let table = inputs::new_table(&args.data, &args.target)?;
    let (mut chain, mut owner) = args.party.owner()?;
    let reference = market::reference(args.name.as_deref(), &table.digest())?;
    refuse_twice(&chain, &owner, &reference)?;
    let parameters = *chain.genesis().parameters();
    let offer = Offer { reference, table, terms: args.terms.new_terms(&parameters)? };
    let (dataset, action) = market::act(&mut chain, output, |out| owner.preview(&offer, out))?;
    let warnings = market::act(&mut chain, output, |out| owner.near(&offer.table, out))?;
    let fee = assay_ledger::fee(&parameters, &action.clone().into());
    let mut entries = report! {
        "dataset": dataset.to_string(),
        "owner": owner.address().to_string(),
        "sent": !args.dry_run,
        "fee": fee.to_string(),
        "burn": parameters.listing_burn.to_string(),
    };
    entries.extend(listing::warned(&warnings, &action.listing.limits, output));
    entries.extend(assay_api::listing::content(&action.listing));
    if !args.dry_run {
        market::act(&mut chain, output, |out| owner.publish(&offer, out))?;
    }
    entries.extend(report! { "height": chain.height()?.get() });
    output.report(entries)
}

/// Fails if a listing of this name is on the ledger.
fn refuse_twice(chain: &Venue, owner: &Owner, reference: &Reference) -> Result<()> {
    for entry in owner.journal() {
        if let Entry::Listed { reference: got, dataset, .. } = entry
            && got == reference
            && chain.listing(dataset)?.is_some()
        {
            let message = format!("this is published already, as {dataset}");
            return Err(Failure::new(Code::Conflict, message).hint(
                "`assay dataset update` changes its terms; another --name publishes it once more",
            ));
        }
    }
    Ok(())
}
