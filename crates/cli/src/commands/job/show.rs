//! `assay job show ID --ledger DIR [--wallet DIR --save DIR]`

use crate::{
    delivered,
    failure::{Code, Failure, Result},
    inputs,
    market::{self, Ledger, failure},
    output::{Output, report},
    place,
};
use assay_agent::Buyer;
use assay_chain::Chain;
use assay_ledger::job::{Job, Stage};
use assay_types::{JobId, statement::Privacy};
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
    let entries = shown(&args.id, market::job(&chain, &args.id)?);
    if let (Some(wallet), Some(folder)) = (&args.wallet, &args.save) {
        save(&args.id, &chain, wallet, folder)?;
    }
    output.report(entries)
}

fn save(id: &JobId, chain: &Chain, wallet: &Path, folder: &Path) -> Result<()> {
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
    let (model, score) = match &job.stage {
        Stage::Committed(model) | Stage::Testing(model, _) => (Some(model), None),
        Stage::Proven(model, _, proven) => (Some(model), Some(proven.score)),
        Stage::Opened | Stage::Ended(_) => (None, None),
    };
    let mut entries = report! {
        "job": id.to_string(),
        "stage": job.stage.name().to_string(),
        "turn": turn(job),
        "deadline": job.is_live().then_some(job.deadline.get()),
        "dataset": job.request.dataset.to_string(),
        "version": job.request.version,
        "owner": job.owner.to_string(),
        "buyer": job.buyer.to_string(),
        "algorithm": job.request.algorithm.to_string(),
        "rows": job.request.rows,
        "threshold": job.request.threshold.to_string(),
        "at_least": job.needed,
        "price": job.price.to_string(),
        "evaluation_fee": job.evaluation_fee.to_string(),
        "escrow": job.escrow.to_string(),
        "opened": job.opened.get(),
        "model_commitment": model.map(|model| model.commitment.to_string()),
        "test_set": job.table().map(|digest| digest.to_string()),
        "test_set_seen_by": match job.request.test_privacy {
            Privacy::Public => "everybody",
            _ => "the owner",
        },
    };
    if let Some(score) = score {
        inputs::report_score(&mut entries, (score, Some(&job.schema)), Some(job.needed));
    }
    entries
}

/// Whose step comes next.
fn turn(job: &Job) -> Option<&'static str> {
    match job.stage {
        Stage::Committed(_) => Some("buyer"),
        Stage::Opened | Stage::Testing(..) | Stage::Proven(..) => Some("owner"),
        Stage::Ended(_) => None,
    }
}
