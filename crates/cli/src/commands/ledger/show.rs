//! `assay ledger show --dir DIR`

use crate::{
    failure::Result,
    output::{Output, report},
    place,
};
use assay_chain::Chain;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the market
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let chain = place::read(&args.dir)?;
    let state = chain.state();
    output.report(report! {
        "chain": state.chain(),
        "genesis": state.genesis().to_string(),
        "height": state.height().get(),
        "time_ms": state.time_ms(),
        "state_root": state.root().to_string(),
        "log_entries": chain.entry_count(),
        "burned": state.burned().to_string(),
        "accounts": accounts(&chain),
        "listings": listings(&chain),
        "jobs": jobs(&chain),
    })
}

fn accounts(chain: &Chain) -> Vec<Value> {
    let accounts = chain.state().accounts();
    let show = accounts.map(|(address, account)| {
        json!({
            "address": address.to_string(),
            "balance": account.balance.to_string(),
            "nonce": account.nonce,
        })
    });
    show.collect()
}

fn listings(chain: &Chain) -> Vec<Value> {
    let state = chain.state();
    let show = state.listings().map(|(dataset, listed)| {
        json!({
            "listing": dataset.to_string(),
            "name": listed.listing.card.pretty_name.as_str(),
            "owner": listed.owner.to_string(),
            "version": listed.version,
            "price": listed.price(state.height()).to_string(),
            "sales": listed.counters.sales,
            "misses": listed.counters.misses,
            "concessions": listed.counters.concessions,
            "defaults": listed.counters.defaults,
            "on_the_market": !listed.is_delisted,
        })
    });
    show.collect()
}

fn jobs(chain: &Chain) -> Vec<Value> {
    let show = chain.state().jobs().map(|(id, job)| {
        json!({
            "job": id.to_string(),
            "stage": job.stage.name().to_string(),
            "deadline": job.is_live().then_some(job.deadline.get()),
            "price": job.price.to_string(),
            "escrow": job.escrow.to_string(),
            "rows": job.request.rows,
            "at_least": job.needed,
        })
    });
    show.collect()
}
