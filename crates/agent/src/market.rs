//! The seam to the ledger.

use assay_codec::Digest;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_ledger::{Account, Rejection};
use assay_receipt::Receipt;
use assay_types::{
    Address, Amount, BlobId, Blobs, DatasetId, Event, Genesis, Height, JobId, LogEntry, SignedTx,
    Topic,
};
use std::collections::BTreeMap;

/// Why the market did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The rules refuse the transaction; nothing has changed.
    #[error("the ledger refuses the transaction (rule {})", .0.code)]
    Rejected(#[source] Refusal),
    /// The market gave no answer, or none that can be used. What was asked may have happened.
    #[error("the market does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The first rule of the ledger that a transaction breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Its number, the same for ever.
    pub code: u16,
    /// What it says of this transaction.
    pub reason: String,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { code: rejection.code(), reason: rejection.to_string() }
    }
}

/// What became of a transaction that is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Digest of the transaction.
    pub tx: Digest,
    /// Why nothing but nonce and fee has changed, if so: the number of the rejection.
    pub failure: Option<u16>,
}

impl Execution {
    /// Reads an entry of an account's log; `None` if it is about something else.
    pub fn of(entry: &LogEntry) -> Option<Self> {
        match entry.event {
            Event::Executed { tx, failure, .. } => Some(Self { tx, failure }),
            _ => None,
        }
    }
}

/// What an agent asks of a ledger. All answers are about final blocks.
pub trait Market {
    /// What the chain began with.
    fn genesis(&self) -> &Genesis;

    /// The last block's number.
    fn height(&self) -> Result<Height, MarketError>;

    /// Returns an account; one that never was is empty.
    fn account(&self, address: &Address) -> Result<Account, MarketError>;

    /// Returns a listing.
    fn listing(&self, dataset: &DatasetId) -> Result<Option<Listed>, MarketError>;

    /// Returns all listings, by their names.
    fn listings(&self) -> Result<Vec<(DatasetId, Listed)>, MarketError>;

    /// Returns what the sales of each listing have burned, from block `since` on.
    fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, MarketError>;

    /// Returns a job, also one that has ended.
    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError>;

    /// Returns the jobs of a party, or of all, in the order of their names.
    fn jobs(&self, party: Option<&Address>) -> Result<Vec<(JobId, Job)>, MarketError>;

    /// Returns the jobs of a party in which something can still happen, the most urgent first.
    fn live_jobs(&self, party: &Address) -> Result<Vec<(JobId, Job)>, MarketError> {
        let mut own = self.jobs(Some(party))?;
        own.retain(|(_, job)| job.is_live());
        own.sort_by_key(|(id, job)| (job.deadline, *id));
        Ok(own)
    }

    /// Returns the bytes behind `id`, while they are kept.
    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, MarketError>;

    /// Returns the log of a job, from its first entry.
    fn history(&self, job: &JobId) -> Result<Vec<LogEntry>, MarketError>;

    /// Returns when `buyer` first opened the rows behind `table`.
    fn opened(&self, table: &Digest, buyer: &Address) -> Result<Option<Height>, MarketError>;

    /// Returns what became of the transaction that a sender numbered `nonce`, if it is in a block.
    fn executed(&self, from: &Address, nonce: u64) -> Result<Option<Execution>, MarketError>;

    /// Returns what remains of a sale; `None` if the job is not settled.
    fn receipt(&self, job: &JobId) -> Result<Option<Receipt>, MarketError>;

    /// Hands a transaction in, with the blobs that it names. Handing it in twice has it executed once.
    fn submit(&mut self, tx: SignedTx, blobs: Blobs) -> Result<Digest, MarketError>;
}

/// Names the log of a job.
pub(crate) fn topic(job: &JobId) -> Topic {
    Topic::Job(*job)
}
