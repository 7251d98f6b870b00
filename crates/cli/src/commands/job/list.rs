//! `assay job list --ledger DIR [--wallet DIR] [--live]`

use super::show::shown;
use crate::{
    failure::Result,
    market::Ledger,
    output::{Output, report},
    place,
};
use assay_ledger::job::Job;
use assay_types::{Address, JobId};
use assay_wallet::{Wallet, keystore};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    ledger: Ledger,
    /// Only the jobs of this wallet; no password is needed for it
    #[arg(long, value_name = "DIR")]
    wallet: Option<PathBuf>,
    /// Only jobs in which something can still happen
    #[arg(long)]
    live: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let party = args.wallet.as_deref().map(address).transpose()?;
    let chain = args.ledger.open()?;
    let mut jobs: Vec<_> = chain.jobs(party.as_ref())?;
    jobs.retain(|(_, job)| job.is_live() || !args.live);
    // In the order in which they were opened.
    jobs.sort_by_key(|(id, job)| (job.opened, *id));
    if output.is_json() {
        let shown = jobs.iter().map(|(id, job)| Value::Object(shown(id, job)));
        return output.report(report! { "jobs": shown.collect::<Vec<_>>() });
    }
    output.text(&jobs.iter().map(|(id, job)| line(id, job)).collect::<String>())
}

fn address(wallet: &Path) -> Result<Address> {
    let path = Wallet::keystore_path(wallet);
    if !path.exists() {
        return Err(place::missing(wallet));
    }
    Ok(keystore::identity(&path)?.address)
}

fn line(id: &JobId, job: &Job) -> String {
    let (stage, price, rows) = (job.stage.name(), job.price, job.request.rows);
    let until = if job.is_live() { format!(" until {}", job.deadline) } else { String::new() };
    format!("{id}  {stage}{until}, price {price}, {} of {rows} rows\n", job.needed)
}
