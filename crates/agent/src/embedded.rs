//! The market of a chain in the same process.

use crate::market::{Execution, Market, MarketError, topic};
use assay_chain::{Chain, Error, SubmitError};
use assay_codec::Digest;
use assay_ledger::Account;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_receipt::Receipt;
use assay_types::{
    Address, Amount, BlobId, Blobs, DatasetId, Genesis, Height, JobId, LogEntry, SignedTx,
};
use std::collections::BTreeMap;

impl Market for Chain {
    fn genesis(&self) -> &Genesis {
        Self::genesis(self)
    }

    fn height(&self) -> Result<Height, MarketError> {
        Ok(Self::height(self))
    }

    fn account(&self, address: &Address) -> Result<Account, MarketError> {
        Ok(self.state().account(address))
    }

    fn listing(&self, dataset: &DatasetId) -> Result<Option<Listed>, MarketError> {
        Ok(self.state().listing(dataset).cloned())
    }

    fn listings(&self) -> Result<Vec<(DatasetId, Listed)>, MarketError> {
        Ok(self.state().listings().map(|(&id, listed)| (id, listed.clone())).collect())
    }

    fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, MarketError> {
        Self::burned_since(self, since).map_err(failed)
    }

    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError> {
        Ok(self.state().job(job).cloned())
    }

    fn jobs(&self, party: Option<&Address>) -> Result<Vec<(JobId, Job)>, MarketError> {
        let is_meant =
            |job: &Job| party.is_none_or(|party| job.owner == *party || job.buyer == *party);
        let jobs = self.state().jobs().filter(|(_, job)| is_meant(job));
        Ok(jobs.map(|(&id, job)| (id, job.clone())).collect())
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, MarketError> {
        Self::blob(self, id).map_err(failed)
    }

    fn history(&self, job: &JobId) -> Result<Vec<LogEntry>, MarketError> {
        Self::history(self, &topic(job), 0).map_err(failed)
    }

    fn opened(&self, table: &Digest, buyer: &Address) -> Result<Option<Height>, MarketError> {
        Ok(self.state().opened_by(table, buyer))
    }

    fn executed(&self, from: &Address, nonce: u64) -> Result<Option<Execution>, MarketError> {
        let entry = Self::executed(self, from, nonce).map_err(failed)?;
        Ok(entry.and_then(|entry| Execution::of(&entry)))
    }

    fn receipt(&self, job: &JobId) -> Result<Option<Receipt>, MarketError> {
        match Self::receipt(self, job) {
            Ok(receipt) => Ok(Some(receipt)),
            Err(Error::NotSettled(_)) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn submit(&mut self, tx: SignedTx, blobs: Blobs) -> Result<Digest, MarketError> {
        match Self::submit(self, tx, blobs) {
            Ok(digest) => Ok(digest),
            Err(SubmitError::Rejected(rejection)) => Err(MarketError::Rejected(rejection.into())),
            Err(error) => Err(MarketError::Unavailable(error.into())),
        }
    }
}

fn failed(error: Error) -> MarketError {
    MarketError::Unavailable(error.into())
}
