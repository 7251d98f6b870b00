//! `assay job next --ledger DIR --wallet DIR`

use crate::{
    failure::{Code, Failure, Result},
    inputs,
    market::{self, Party, Venue, failure},
    output::{Output, report},
};
use assay_agent::{Act, Buyer, OnMiss, OnPrivate, Owner, Step};
use assay_ledger::job::{Ending, Job, Stage};
use assay_types::statement::Score;
use assay_types::{Address, JobId};
use assay_wallet::Wallet;
use serde_json::{Map, Value};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    party: Party,
    /// As an owner: what is done with a model that misses the threshold
    #[arg(long, value_enum, default_value_t = Miss::Prove)]
    on_miss: Miss,
    /// As an owner: what is done with a job whose test set only the owner is to see. It cannot be looked at before
    /// the model is trained
    #[arg(long, value_enum, default_value_t = Private::Serve)]
    on_private: Private,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Private {
    /// Take it
    Serve,
    /// Decline it
    Decline,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Miss {
    /// Prove it, and earn the evaluation fee
    Prove,
    /// Give the fee back
    Concede,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (mut chain, wallet) = args.party.open()?;
    let own = wallet.keys().address();
    let step = step(&mut chain, wallet, args, output)?;
    let mut entries = match step {
        Step::Idle => {
            refuse_late(&chain, &own)?;
            report! { "did": "nothing", "job": Value::Null }
        }
        // It was written down before a crash, and is in a block now.
        Step::Waiting(tx) => {
            report! { "did": "handed in again", "job": Value::Null, "tx": tx.to_string() }
        }
        Step::Did(act) => did(&act)?,
    };
    entries.extend(report! { "height": chain.height()?.get() });
    output.report(entries)
}

/// One thing that is due for the owner of this wallet, or else for the buyer.
fn step(chain: &mut Venue, wallet: Wallet, args: &Args, output: &Output) -> Result<Step> {
    let genesis = chain.genesis().digest();
    let mut owner = Owner::open(wallet, &genesis).map_err(failure)?;
    owner.set_on_miss(match args.on_miss {
        Miss::Prove => OnMiss::Prove,
        Miss::Concede => OnMiss::Concede,
    });
    owner.set_on_private(match args.on_private {
        Private::Serve => OnPrivate::Serve,
        Private::Decline => OnPrivate::Decline,
    });
    let step = market::act(chain, output, |out| owner.next(out))?;
    if step != Step::Idle {
        return Ok(step);
    }
    let mut buyer = Buyer::open(owner.into_wallet(), &genesis).map_err(failure)?;
    market::act(chain, output, |out| buyer.next(out))
}

/// Fails if this party's turn in a job has passed unused: the next block ends the job.
fn refuse_late(chain: &Venue, own: &Address) -> Result<()> {
    let now = chain.height()?;
    let is_late = |(_, job): &(JobId, Job)| {
        let mover = if matches!(job.stage, Stage::Committed(_)) { job.buyer } else { job.owner };
        mover == *own && job.deadline <= now
    };
    match chain.live_jobs(own)?.into_iter().find(is_late) {
        None => Ok(()),
        Some((id, job)) => Err(Failure::new(
            Code::Deadline,
            format!("it is too late for job {id}: its window closed with block {}", job.deadline),
        )
        .hint("the next block ends it")),
    }
}

fn did(act: &Act) -> Result<Map<String, Value>> {
    let entries = |what: &str, job: &JobId| report! { "did": what, "job": job.to_string() };
    Ok(match act {
        Act::Declined { job, reason } => {
            extended(entries("declined", job), report! { "reason": reason.to_string() })
        }
        Act::Committed { job, model, .. } => {
            extended(entries("committed", job), report! { "model_commitment": model.to_string() })
        }
        Act::TestOpened { job } => entries("opened the test set", job),
        Act::Passed { job, score, accuracy_bytes, delivery_bytes, ciphertext_bytes } => {
            let sizes = report! {
                "proof_bytes": accuracy_bytes,
                "delivery_proof_bytes": delivery_bytes,
                "ciphertext_bytes": ciphertext_bytes,
            };
            extended(extended(entries("proved a pass", job), scored(*score)), sizes)
        }
        Act::Missed { job, score, proof_bytes } => {
            let size = report! { "proof_bytes": proof_bytes };
            extended(extended(entries("proved a miss", job), scored(*score)), size)
        }
        Act::Conceded { job, reason } => {
            extended(entries("conceded", job), report! { "reason": reason.to_string() })
        }
        Act::Checked { job } => entries("verified both proofs", job),
        Act::Revealed { job } => entries("revealed the key", job),
        Act::Received { job } => entries("received the model", job),
        Act::Closed { job, ending } => closed(job, *ending)?,
        Act::Failed { tx, code, .. } => {
            let message = format!("transaction {tx} was charged and failed (rule {code})");
            return Err(Failure::new(Code::Error, message).hint("it is not tried again"));
        }
        _ => return Err(Failure::new(Code::Error, "this program does not know what was done")),
    })
}

fn extended(mut entries: Map<String, Value>, more: Map<String, Value>) -> Map<String, Value> {
    entries.extend(more);
    entries
}

fn scored(score: Score) -> Map<String, Value> {
    let mut entries = Map::new();
    inputs::report_score(&mut entries, (score, None), None);
    entries
}

/// Tells how a job has ended: a window that passed is an error, the other endings are results.
fn closed(job: &JobId, ending: Ending) -> Result<Map<String, Value>> {
    let (who, money) = match ending {
        Ending::Expired | Ending::OwnerDefault => {
            ("the owner", "price and evaluation fee went back to the buyer")
        }
        Ending::BuyerDefault => {
            ("the buyer", "the evaluation fee went to the owner, the price back to the buyer")
        }
        Ending::Declined | Ending::Conceded | Ending::Missed | Ending::Settled => {
            return Ok(report! {
                "did": "closed",
                "job": job.to_string(),
                "ending": ending.to_string(),
            });
        }
    };
    let message = format!("job {job} has ended, {ending}: {who} let a window pass");
    Err(Failure::new(Code::Deadline, message).hint(money))
}
