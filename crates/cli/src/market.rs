//! What the commands of a party have in common: the ledger, the wallet, and acting on the one with the other.

use crate::{
    failure::{Code, Explain, Failure, Result},
    inputs,
    node_at::Authorities,
    output::Output,
    place,
};
use assay_agent::{Error, Market, MarketError, Outside, Owner, Reference, Refusal};
use assay_chain::Chain;
use assay_client::Node;
use assay_codec::{Digest, to_hex};
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_types::bounded::Text;
use assay_types::{DatasetId, JobId};
use assay_wallet::{Wallet, os_random};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;

/// Number of the ledger's rule about what comes too late.
const LATE: u16 = 2;

/// The ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct Ledger {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    authorities: Authorities,
}

/// Where it is.
#[derive(Debug, clap::Args)]
#[group(id = "place", required = true, multiple = false)]
struct Place {
    /// The folder of the market, as `assay ledger new` or `assay demo` makes one
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,
    /// The address of a node, as `assay node run` prints it: http://127.0.0.1:8080, or https:// before a proxy
    #[arg(long, value_name = "URL")]
    node: Option<String>,
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

/// Where the market is.
#[derive(Debug)]
pub(crate) enum Venue {
    /// In a folder that nobody else has open: blocks are made as commands need them.
    Here(Box<Chain>),
    /// At a node, which makes blocks by itself.
    There(Box<Node>),
}

impl Deref for Venue {
    type Target = dyn Market;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Here(chain) => chain.as_ref(),
            Self::There(node) => node.as_ref(),
        }
    }
}

impl DerefMut for Venue {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Here(chain) => chain.as_mut(),
            Self::There(node) => node.as_mut(),
        }
    }
}

impl Ledger {
    pub(crate) fn open(&self) -> Result<Venue> {
        match (&self.place.ledger, &self.place.node) {
            (Some(folder), _) => Ok(Venue::Here(Box::new(place::chain(folder)?))),
            (None, Some(url)) => Ok(Venue::There(Box::new(self.authorities.connect(url)?))),
            (None, None) => {
                Err(Failure::new(Code::Usage, "--ledger or --node says where the market is"))
            }
        }
    }
}

impl Party {
    pub(crate) fn open(&self) -> Result<(Venue, Wallet)> {
        Ok((self.ledger.open()?, place::wallet(&self.wallet)?))
    }

    pub(crate) fn owner(&self) -> Result<(Venue, Owner)> {
        let (venue, wallet) = self.open()?;
        let owner = Owner::open(wallet, &venue.genesis().digest()).map_err(failure)?;
        Ok((venue, owner))
    }
}

/// Finds a listing.
pub(crate) fn listed(venue: &Venue, dataset: &DatasetId) -> Result<Listed> {
    venue.listing(dataset)?.ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no listing {dataset} on this ledger"))
            .hint("`assay dataset list` shows what there is")
    })
}

/// Finds a job.
pub(crate) fn job(venue: &Venue, job: &JobId) -> Result<Job> {
    venue.job(job)?.ok_or_else(|| {
        Failure::new(Code::NotFound, format!("there is no job {job} on this ledger"))
            .hint("`assay job list` shows what there is")
    })
}

/// Lets a party act, and sees what it sent into a block: in a folder nobody else makes one, and a node
/// is waited for.
pub(crate) fn act<T>(
    venue: &mut Venue,
    output: &Output,
    work: impl FnOnce(&mut Outside<'_>) -> Result<T, Error>,
) -> Result<T> {
    let progress = output.progress();
    let mut tell = |phase: &'static str| progress.phase(phase);
    let market: &mut dyn Market = &mut **venue;
    let mut out = Outside { market, random: &mut os_random, progress: &mut tell };
    let done = work(&mut out).map_err(failure)?;
    match venue {
        Venue::Here(chain) if 0 < chain.pending() => {
            for (_, result) in chain.produce(place::now_ms())?.results {
                let refused = result.and_then(|outcome| outcome.failure.map_or(Ok(()), Err));
                refused.map_err(|rejection| refusal(rejection.into()))?;
            }
        }
        Venue::Here(_) => {}
        Venue::There(node) => {
            progress.phase("waiting for a block");
            let executed = node.settle().map_err(|error| failure(error.into()))?;
            if let Some(code) = executed.and_then(|executed| executed.failure) {
                let reason =
                    format!("it is in a block and has failed by rule {code}; its fee is paid");
                return Err(refusal(Refusal { code, reason }));
            }
        }
    }
    Ok(done)
}

fn refusal(refusal: Refusal) -> Failure {
    failure(MarketError::Rejected(refusal).into())
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
        Error::Market(MarketError::Rejected(refusal)) => refused(refusal),
        _ => Code::Error,
    };
    Err::<(), _>(error).code(code).expect_err("it was made of an error")
}

/// Rules about what is not there: listing, listing of an order, job.
const NOT_FOUND: [u16; 3] = [31, 51, 71];
/// Rules about what has changed: off the market, another version or price, spent rows, another stage.
const CONFLICT: [u16; 6] = [33, 52, 53, 62, 61, 74];

fn refused(refusal: &Refusal) -> Code {
    match refusal.code {
        LATE => Code::Deadline,
        code if NOT_FOUND.contains(&code) => Code::NotFound,
        code if CONFLICT.contains(&code) => Code::Conflict,
        _ => Code::Error,
    }
}

/// Reads a listing's name.
pub(crate) fn dataset(text: &str) -> Result<DatasetId, assay_codec::Error> {
    inputs::job(text).map(|JobId(digest)| DatasetId(digest))
}
