//! `assay dataset show ID --ledger DIR [--template T.csv]`

use crate::{
    failure::Result,
    files::{self, Readers},
    market::{self, Ledger},
    output::Output,
};
use assay_types::{DatasetId, Schema};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The listing
    #[arg(value_parser = market::dataset)]
    id: DatasetId,
    #[command(flatten)]
    ledger: Ledger,
    /// Write the header that a test set needs
    #[arg(long, value_name = "CSV")]
    template: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let chain = args.ledger.open()?;
    let listed = market::listed(&chain, &args.id)?;
    if let Some(path) = &args.template {
        files::refuse_existing(path)?;
        files::write(path, template(&listed.listing.schema).as_bytes(), Readers::All)?;
    }
    let mut entries = assay_api::listing::standing(&args.id, &listed, chain.height()?);
    entries.extend(assay_api::listing::content(&listed.listing));
    output.report(entries)
}

/// The header of a table: features in their order, then the target.
fn template(schema: &Schema) -> String {
    let names = schema.features().iter().map(String::as_str).chain([schema.target()]);
    let fields = names.map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
    format!("{}\n", fields.collect::<Vec<_>>().join(","))
}
