//! `assay job next --ledger DIR --wallet DIR`

use crate::{
    acts,
    failure::{Code, Failure, Result},
    market::{self, Party, Venue, failure},
    output::{Output, report},
    policy::Policy,
};
use assay_agent::{Buyer, Owner, Step};
use assay_ledger::job::{Job, Stage};
use assay_types::{Address, JobId};
use assay_wallet::Wallet;
use serde_json::Value;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    party: Party,
    #[command(flatten)]
    policy: Policy,
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
        Step::Did(act) => acts::did(&act)?,
    };
    entries.extend(report! { "height": chain.height()?.get() });
    output.report(entries)
}

/// One thing that is due for the owner of this wallet, or else for the buyer.
fn step(chain: &mut Venue, wallet: Wallet, args: &Args, output: &Output) -> Result<Step> {
    let genesis = chain.genesis().digest();
    let mut owner = Owner::open(wallet, &genesis).map_err(failure)?;
    owner.set_policy(args.policy.policy());
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
