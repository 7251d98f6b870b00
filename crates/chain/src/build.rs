//! Making a block. Pure: what is made is not yet part of the chain.

use crate::block::{Block, log_leaves, tx_root};
use crate::error::Error;
use assay_codec::Digest;
use assay_ledger::{CheckedTx, Outcome, Rejection, State, apply};
use assay_types::{
    Certified, Event, Finality, Genesis, Header, JobId, LogEntry, SignedTx, header, merkle,
};

/// The end of a chain.
#[derive(Clone, Debug)]
pub(crate) struct Tip {
    /// The last header; `None` before the first block.
    pub(crate) header: Option<Header>,
    /// The state after it.
    pub(crate) state: State,
    /// Number of log entries so far.
    pub(crate) entries: u64,
}

/// A block that takes transactions.
#[derive(Debug)]
pub(crate) struct Open {
    parent: Digest,
    first_entry: u64,
    state: State,
    entries: Vec<LogEntry>,
    outcomes: Vec<Outcome>,
    executed: Vec<SignedTx>,
}

/// A block that was made, with everything that has to be written with it.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) header: Header,
    /// What was executed, in order, and what became of it.
    pub(crate) txs: Vec<SignedTx>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) first_entry: u64,
    pub(crate) tip: Tip,
}

impl Tip {
    /// Before the first block.
    pub(crate) fn new(genesis: &Genesis) -> Self {
        Self { header: None, state: State::new(genesis), entries: 0 }
    }

    /// Begins the next block. A clock that was set back does not stop the chain: the block takes the time of the
    /// one before.
    pub(crate) fn open(&self, time_ms: u64) -> Result<Open, Error> {
        let mut state = self.state.clone();
        let entries = state.open_block(time_ms.max(state.time_ms()))?;
        Ok(Open {
            parent: self.parent(),
            first_entry: self.entries,
            state,
            entries,
            outcomes: Vec::new(),
            executed: Vec::new(),
        })
    }

    /// What the next block names as its parent.
    pub(crate) fn parent(&self) -> Digest {
        self.header.map_or_else(|| self.state.genesis(), |header| header.digest())
    }
}

impl Open {
    /// The state in which the next transaction is executed.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Executes a transaction; one that is inadmissible has changed nothing and is not in the block.
    pub(crate) fn execute(&mut self, checked: &CheckedTx) -> Result<Outcome, Rejection> {
        let outcome = apply(checked, &mut self.state)?;
        self.entries.extend_from_slice(&outcome.entries);
        self.outcomes.push(outcome.clone());
        self.executed.push(checked.signed().clone());
        Ok(outcome)
    }

    /// Ends the block.
    pub(crate) fn close(self) -> Result<Built, Error> {
        let Self { parent, first_entry, state, entries, outcomes, executed } = self;
        let state_root = state.close_block()?;
        let header = Header {
            version: header::VERSION,
            genesis: state.genesis(),
            parent,
            height: state.height(),
            time_ms: state.time_ms(),
            tx_root: tx_root(&executed),
            log_root: merkle::root(&log_leaves(&entries)),
            state_root,
        };
        if u32::try_from(entries.len()).is_err() {
            return Err(Error::Corrupt("a block of too many entries"));
        }
        let after = first_entry + entries.len() as u64;
        let tip = Tip { header: Some(header), state, entries: after };
        Ok(Built { header, txs: executed, outcomes, entries, first_entry, tip })
    }
}

impl Built {
    /// The block, once it is final.
    pub(crate) fn block(&self, finality: Finality) -> Block {
        Block {
            certified: Certified { header: self.header, finality },
            txs: self.txs.clone(),
            first_entry: self.first_entry,
            entries: u32::try_from(self.entries.len()).expect("counted when the block was closed"),
        }
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
