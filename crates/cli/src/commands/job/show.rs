//! `assay job show ID --ledger DIR [--wallet DIR --save DIR]`

use crate::{
    delivered,
    failure::{Code, Failure, Result},
    inputs,
    market::{self, Ledger, Venue, failure},
    output::Output,
    place,
};
use assay_agent::Buyer;
use assay_ledger::job::{Job, Stage};
use assay_types::JobId;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The job
    #[arg(value_parser = inputs::job)]
    id: JobId,
    #[command(flatten)]
    ledger: Ledger,
    /// Write the delivered model, the proofs and the receipt into a folder
    #[arg(long, value_name = "DIR", requires = "wallet")]
    save: Option<PathBuf>,
    /// The folder of the buyer's wallet
    #[arg(long, value_name = "DIR", requires = "save")]
    wallet: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let chain = args.ledger.open()?;
    let entries = shown(&args.id, &market::job(&chain, &args.id)?);
    if let (Some(wallet), Some(folder)) = (&args.wallet, &args.save) {
        save(&args.id, &chain, wallet, folder)?;
    }
    output.report(entries)
}

fn save(id: &JobId, chain: &Venue, wallet: &Path, folder: &Path) -> Result<()> {
    let buyer = Buyer::open(place::wallet(wallet)?, &chain.genesis().digest()).map_err(failure)?;
    let delivered = buyer.delivered(id).map_err(failure)?.ok_or_else(|| {
        Failure::new(Code::NotFound, format!("nothing was received for job {id}"))
            .hint("`assay job next` receives what was paid for")
    })?;
    std::fs::create_dir_all(folder)?;
    let rows_salt = buyer.rows_salt(id).map_err(failure)?;
    delivered::write(&delivered, rows_salt, folder)
}

/// What everybody can know of a job.
pub(super) fn shown(id: &JobId, job: &Job) -> Map<String, Value> {
    let mut entries = assay_api::job::shown(id, job);
    if let Stage::Proven(_, _, proven) = &job.stage {
        inputs::report_score(&mut entries, (proven.score, Some(&job.schema)), Some(job.needed));
    }
    entries
}
