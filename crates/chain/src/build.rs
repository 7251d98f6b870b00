//! Making a block. Pure: what is made is not yet part of the chain.

use crate::block::{Block, log_leaves, tx_root};
use crate::error::Error;
use assay_codec::Digest;
use assay_ledger::{CheckedTx, Outcome, Rejection, State, apply};
use assay_types::{Certified, Event, Finality, Genesis, Header, JobId, LogEntry, header, merkle};
use assay_wallet::Keys;

/// The end of the chain.
#[derive(Clone, Debug)]
pub(crate) struct Tip {
    /// The last header; `None` before the first block.
    pub(crate) certified: Option<Certified>,
    /// The state after it.
    pub(crate) state: State,
    /// Number of log entries so far.
    pub(crate) entries: u64,
}

/// A block that was made, with everything that has to be written with it.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) block: Block,
    pub(crate) entries: Vec<LogEntry>,
    /// What became of each transaction that was offered: executed, or dropped from the block.
    pub(crate) results: Vec<Result<Outcome, Rejection>>,
    pub(crate) tip: Tip,
}

impl Tip {
    /// Before the first block.
    pub(crate) fn new(genesis: &Genesis) -> Self {
        Self { certified: None, state: State::new(genesis), entries: 0 }
    }

    /// Makes the next block of `txs`. A clock that was set back does not stop the chain: the block takes
    /// the time of the one before.
    pub(crate) fn build<'a>(
        &self,
        txs: impl IntoIterator<Item = &'a CheckedTx>,
        time_ms: u64,
        authority: &Keys,
    ) -> Result<Built, Error> {
        let mut state = self.state.clone();
        let mut entries = state.open_block(time_ms.max(state.time_ms()))?;
        let (mut executed, mut results) = (Vec::new(), Vec::new());
        for checked in txs {
            let result = apply(checked, &mut state);
            if let Ok(outcome) = &result {
                entries.extend_from_slice(&outcome.entries);
                executed.push(checked.signed().clone());
            }
            results.push(result);
        }
        let state_root = state.close_block()?;
        let header = Header {
            version: header::VERSION,
            genesis: state.genesis(),
            parent: self.parent(),
            height: state.height(),
            time_ms: state.time_ms(),
            tx_root: tx_root(&executed),
            log_root: merkle::root(&log_leaves(&entries)),
            state_root,
        };
        let finality = Finality::Authority(authority.sign(&header.digest().0));
        let certified = Certified { header, finality };
        let count = entries.len() as u64;
        let first_entry = self.entries;
        let tip = Self { certified: Some(certified), state, entries: first_entry + count };
        let own =
            u32::try_from(count).map_err(|_| Error::Corrupt("a block of too many entries"))?;
        let block = Block { certified, txs: executed, first_entry, entries: own };
        Ok(Built { block, entries, results, tip })
    }

    /// What the next block names as its parent.
    pub(crate) fn parent(&self) -> Digest {
        self.certified.map_or_else(|| self.state.genesis(), |certified| certified.header.digest())
    }
}

/// Returns the job that ended with this entry, if one did.
pub(crate) fn ended(event: &Event) -> Option<JobId> {
    match event {
        Event::Declined { job, .. }
        | Event::Expired { job, .. }
        | Event::BuyerDefaulted { job, .. }
        | Event::Conceded { job, .. }
        | Event::Missed { job, .. }
        | Event::OwnerDefaulted { job, .. }
        | Event::Settled { job, .. } => Some(*job),
        _ => None,
    }
}
