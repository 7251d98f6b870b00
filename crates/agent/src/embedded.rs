//! The market of a chain in the same process.

use crate::market::{Execution, Market, MarketError, topic};
use assay_chain::{Chain, Error, SubmitError};
use assay_codec::Digest;
use assay_ledger::Account;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_receipt::Receipt;
use assay_types::{
    Address, BlobId, Blobs, DatasetId, Event, Genesis, Height, JobId, LogEntry, SignedTx, Topic,
};

/// Entries of an account's log that are read at once; the chain gives no more.
const PAGE: u64 = 1024;

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

    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError> {
        Ok(self.state().job(job).cloned())
    }

    fn live_jobs(&self, party: &Address) -> Result<Vec<(JobId, Job)>, MarketError> {
        let jobs = self.state().jobs().filter(|(_, job)| job.is_live());
        let mut own: Vec<(JobId, Job)> = jobs
            .filter(|(_, job)| job.owner == *party || job.buyer == *party)
            .map(|(&id, job)| (id, job.clone()))
            .collect();
        own.sort_by_key(|(id, job)| (job.deadline, *id));
        Ok(own)
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
        let topic = Topic::Account(*from);
        let (mut end, _) = self.state().tip(&topic);
        // From the end: what is asked about has just happened.
        while 0 < end {
            let start = end.saturating_sub(PAGE);
            let page = Self::history(self, &topic, start).map_err(failed)?;
            for entry in page.iter().rev() {
                match entry.event {
                    Event::Executed { nonce: got, tx, failure, .. } if got == nonce => {
                        return Ok(Some(Execution { tx, failure }));
                    }
                    Event::Executed { nonce: got, .. } if got < nonce => return Ok(None),
                    _ => {}
                }
            }
            end = start;
        }
        Ok(None)
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
            Err(SubmitError::Rejected(rejection)) => Err(MarketError::Rejected(rejection)),
            Err(error) => Err(MarketError::Unavailable(error.into())),
        }
    }
}

fn failed(error: Error) -> MarketError {
    MarketError::Unavailable(error.into())
}
