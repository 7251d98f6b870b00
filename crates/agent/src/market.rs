//! The seam to the ledger.

use assay_codec::Digest;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_ledger::{Account, Rejection};
use assay_receipt::Receipt;
use assay_types::{
    Address, BlobId, Blobs, DatasetId, Genesis, Height, JobId, LogEntry, SignedTx, Topic,
};

/// Why the market did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The rules refuse the transaction; nothing has changed.
    #[error("the ledger refuses the transaction (rule {})", .0.code())]
    Rejected(#[source] Rejection),
    /// The market gave no answer, or none that can be used. What was asked may have happened.
    #[error("the market does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What became of a transaction that is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Digest of the transaction.
    pub tx: Digest,
    /// Why nothing but nonce and fee has changed, if so: the number of the rejection.
    pub failure: Option<u16>,
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

    /// Returns a job, also one that has ended.
    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError>;

    /// Returns the jobs of a party in which something can still happen, the most urgent first.
    fn live_jobs(&self, party: &Address) -> Result<Vec<(JobId, Job)>, MarketError>;

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
