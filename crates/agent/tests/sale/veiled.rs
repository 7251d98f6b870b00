//! A market behind a curtain: it can lose, change or invent what passes through.

use assay_agent::{Execution, Market, MarketError};
use assay_codec::Digest;
use assay_ledger::Account;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_receipt::Receipt;
use assay_types::{
    Address, Amount, BlobId, Blobs, DatasetId, Genesis, Height, JobId, LogEntry, SignedTx,
};
use std::collections::BTreeMap;

/// What is done with a transaction that is handed in.
type Submit<'a> =
    &'a mut dyn FnMut(&mut dyn Market, SignedTx, Blobs) -> Result<Digest, MarketError>;

pub(crate) struct Veiled<'a> {
    inner: &'a mut dyn Market,
    submit: Submit<'a>,
    /// Says that this became of the sender's next transaction.
    pub(crate) executed: Option<Execution>,
    /// Gives these bytes out for every blob.
    pub(crate) blob: Option<Vec<u8>>,
}

impl<'a> Veiled<'a> {
    pub(crate) fn new(inner: &'a mut dyn Market, submit: Submit<'a>) -> Self {
        Self { inner, submit, executed: None, blob: None }
    }
}

impl Market for Veiled<'_> {
    fn genesis(&self) -> &Genesis {
        self.inner.genesis()
    }

    fn height(&self) -> Result<Height, MarketError> {
        self.inner.height()
    }

    fn account(&self, address: &Address) -> Result<Account, MarketError> {
        let mut account = self.inner.account(address)?;
        account.nonce += u64::from(self.executed.is_some());
        Ok(account)
    }

    fn listing(&self, dataset: &DatasetId) -> Result<Option<Listed>, MarketError> {
        self.inner.listing(dataset)
    }

    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError> {
        self.inner.job(job)
    }

    fn listings(&self) -> Result<Vec<(DatasetId, Listed)>, MarketError> {
        self.inner.listings()
    }

    fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, MarketError> {
        self.inner.burned_since(since)
    }

    fn jobs(&self, party: Option<&Address>) -> Result<Vec<(JobId, Job)>, MarketError> {
        self.inner.jobs(party)
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, MarketError> {
        if self.blob.is_some() { Ok(self.blob.clone()) } else { self.inner.blob(id) }
    }

    fn history(&self, job: &JobId) -> Result<Vec<LogEntry>, MarketError> {
        self.inner.history(job)
    }

    fn opened(&self, table: &Digest, buyer: &Address) -> Result<Option<Height>, MarketError> {
        self.inner.opened(table, buyer)
    }

    fn executed(&self, from: &Address, nonce: u64) -> Result<Option<Execution>, MarketError> {
        if self.executed.is_some() { Ok(self.executed) } else { self.inner.executed(from, nonce) }
    }

    fn receipt(&self, job: &JobId) -> Result<Option<Receipt>, MarketError> {
        self.inner.receipt(job)
    }

    fn submit(&mut self, tx: SignedTx, blobs: Blobs) -> Result<Digest, MarketError> {
        (self.submit)(self.inner, tx, blobs)
    }
}
