//! `assay node status URL`

use crate::{
    failure::Result,
    node_at::Authorities,
    output::{Output, report},
};
use assay_agent::Market;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The node's address
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    authorities: Authorities,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let node = args.authorities.connect(&args.url)?;
    let status = node.status()?;
    let order = status.get("order").cloned().unwrap_or_default();
    output.report(report! {
        "chain": node.genesis().chain(),
        "genesis": node.genesis().digest().to_string(),
        "height": node.height()?.get(),
        "listings": node.listings()?.len(),
        "jobs": node.jobs(None)?.len(),
        "waiting": status.get("waiting").cloned().unwrap_or_default(),
        "order": order,
    })
}
