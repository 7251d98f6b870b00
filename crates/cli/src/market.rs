//! What the commands of a party have in common: the ledger, the wallet, and acting on the one with the other.

use crate::{
    failure::{Code, Explain, Failure, Result},
    inputs,
    output::Output,
    place,
};
use assay_agent::{Error, MarketError, Outside, Owner, Reference};
use assay_chain::Chain;
use assay_codec::{Digest, to_hex};
use assay_ledger::Rejection;
use assay_ledger::dataset::{Listed, Rejection as DatasetRejection};
use assay_ledger::job::{Job, Rejection as JobRejection};
use assay_types::bounded::Text;
use assay_types::{DatasetId, JobId};
use assay_wallet::{Wallet, os_random};
use std::path::PathBuf;

/// Number of the ledger's rule about what comes too late.
const LATE: u16 = 2;

/// The ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct Ledger {
    /// The folder of the market, as `assay ledger new` or `assay demo` makes one
    #[arg(long, value_name = "DIR")]
    ledger: PathBuf,
}

/// A party at the ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct Party {
    #[command(flatten)]
    pub(crate) ledger: Ledger,
    /// The folder of the party's wallet, where it also keeps what it has decided
    #[arg(long, value_name = "DIR")]
    pub(crate) wallet: PathBuf,
}

impl Ledger {
    pub(crate) fn open(&self) -> Result<Chain> {
        place::chain(&self.ledger)
    }
}

impl Party {
    pub(crate) fn open(&self) -> Result<(Chain, Wallet)> {
        Ok((self.ledger.open()?, place::wallet(&self.wallet)?))
    }

    pub(crate) fn owner(&self) -> Result<(Chain, Owner)> {
        let (chain, wallet) = self.open()?;
        let owner = Owner::open(wallet, &chain.genesis().digest()).map_err(failure)?;
        Ok((chain, owner))
    }
}

/// Finds a listing.
pub(crate) fn listed<'a>(chain: &'a Chain, dataset: &DatasetId) -> Result<&'a Listed> {
    chain.state().listing(dataset).ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no listing {dataset} on this ledger"))
            .hint("`assay dataset list` shows what there is")
    })
}

/// Finds a job.
pub(crate) fn job<'a>(chain: &'a Chain, job: &JobId) -> Result<&'a Job> {
    chain.state().job(job).ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no job {job} on this ledger"))
            .hint("`assay job list` shows what there is")
    })
}

/// Lets a party act, and makes a block of what it sent: nobody else makes one here.
pub(crate) fn act<T>(
    chain: &mut Chain,
    output: &Output,
    work: impl FnOnce(&mut Outside<'_>) -> Result<T, Error>,
) -> Result<T> {
    let progress = output.progress();
    let mut tell = |phase: &'static str| progress.phase(phase);
    let mut out = Outside { market: chain, random: &mut os_random, progress: &mut tell };
    let done = work(&mut out).map_err(failure)?;
    if 0 < chain.pending() {
        for (_, result) in chain.produce(place::now_ms())?.results {
            let refused = result.and_then(|outcome| outcome.failure.map_or(Ok(()), Err));
            refused.map_err(|rejection| failure(MarketError::Rejected(rejection).into()))?;
        }
    }
    Ok(done)
}

/// A party's name for a listing or an order: the one given, or one that follows from what it is about.
pub(crate) fn reference(name: Option<&str>, about: &Digest) -> Result<Reference> {
    let name = name.map_or_else(|| to_hex(&about.0)[2..34].to_owned(), str::to_owned);
    Text::new(name).map_err(|rule| Failure::new(Code::Usage, format!("--name: {rule}")))
}

/// Gives the errors of a party their exit codes.
pub(crate) fn failure(error: Error) -> Failure {
    let code = match &error {
        Error::Price { .. } | Error::OnItsWay(_) | Error::TestSeen(_) | Error::Stage { .. } => {
            Code::Conflict
        }
        Error::Listing(_) | Error::Job(_) => Code::NotFound,
        Error::Lie { .. } => Code::Unverified,
        Error::Audience => Code::Usage,
        Error::Market(MarketError::Rejected(rejection)) => refused(rejection),
        _ => Code::Error,
    };
    Err::<(), _>(error).code(code).expect_err("it was made of an error")
}

fn refused(rejection: &Rejection) -> Code {
    match rejection {
        Rejection::Dataset(DatasetRejection::Unknown { .. })
        | Rejection::Job(JobRejection::Listing { .. } | JobRejection::Unknown { .. }) => {
            Code::NotFound
        }
        Rejection::Dataset(DatasetRejection::Delisted { .. })
        | Rejection::Job(
            JobRejection::Delisted { .. }
            | JobRejection::Version { .. }
            | JobRejection::Price { .. }
            | JobRejection::TestSpent { .. }
            | JobRejection::Stage { .. },
        ) => Code::Conflict,
        rejection if rejection.code() == LATE => Code::Deadline,
        _ => Code::Error,
    }
}

/// Reads a listing's name.
pub(crate) fn dataset(text: &str) -> Result<DatasetId, assay_codec::Error> {
    inputs::job(text).map(|JobId(digest)| DatasetId(digest))
}
