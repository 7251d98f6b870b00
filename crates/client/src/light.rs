//! A node that is not believed: everything that it says of the state is checked against the genesis.
//!
//! An answer carries a header with the certificate that makes it final, and the way from the header's state root to the
//! entry. Where the validators change, the node is asked how they did, and each change is verified from those of the genesis on. What such an answer shows was so after that block. That there is no later block, nobody can show: a
//! [`Light`] never goes back behind a block that it has seen, and says which one it speaks of.

use crate::transport::{Fault, Transport};
use crate::trust::Trust;
use assay_api::canonical;
use assay_codec::{Decode, from_bytes, to_bytes};
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_ledger::{Account, Tip};
use assay_types::state::{Answer, AnswerRejection, Kind};
use assay_types::validators::succession::Foreign;
use assay_types::validators::{Checkpoint, Handovers, Succession, succession};
use assay_types::{Address, DatasetId, Genesis, Header, Height, JobId, Topic};

/// Why there is no answer that counts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The node cannot be reached, refuses, or says what cannot be read.
    #[error("the node gives no answer")]
    Node(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What it says is not shown by what it brings along.
    #[error("the node's answer is not proven")]
    Unproven(#[from] AnswerRejection),
    /// The validators did not change as it says.
    #[error("the node's answer is not proven: change {index} of the validators does not hold")]
    Handover {
        /// Its number, from 0.
        index: u64,
        /// Why.
        source: succession::Rejection,
    },
    /// It speaks of an earlier block than it did before.
    #[error("the node speaks of block {got}, after block {seen}")]
    Stale {
        /// The last block that it spoke of.
        seen: Height,
        /// The block of this answer.
        got: Height,
    },
    /// It does not show all changes of validators that the state has counted.
    #[error("the node does not show all changes of validators")]
    Hidden,
    /// There are more than a checkpoint holds.
    #[error("{0}")]
    Checkpoint(&'static str),
    /// What is proven is not an entry that this program can read.
    #[error("what is proven cannot be read")]
    Value(#[source] assay_codec::Error),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Node(fault.into())
    }
}

/// What was so after a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// What was so.
    pub value: T,
    /// The block.
    pub height: Height,
    /// When it was made, in milliseconds since 1970, as its makers say.
    pub time_ms: u64,
}

/// Asks for changes of validators, from number `first` on: some of them, or none if there are no more.
pub(crate) fn handovers(transport: &Transport, first: u64) -> Result<Handovers, Fault> {
    let document = transport.document(&format!("/v1/handovers?first={first}"))?;
    let document = document.ok_or_else(|| Fault::Answer("a path is missing".into()))?;
    canonical(&document).map_err(|error| Fault::Answer(error.to_string()))
}

/// A node, and the chain that it is asked about.
#[derive(Debug)]
pub struct Light {
    transport: Transport,
    /// The validators up to those of the epoch `known`, at least.
    succession: Succession,
    known: u64,
    seen: Height,
}

impl Light {
    /// The same as [`Self::new`], by somebody who also trusts a checkpoint: no other past is believed, and nothing that was so before its block.
    pub fn since(
        url: &str,
        genesis: &Genesis,
        checkpoint: &Checkpoint,
        trust: &Trust,
    ) -> Result<Self, Foreign> {
        let succession = Succession::since(genesis, checkpoint)?;
        Ok(Self { succession, seen: checkpoint.height(), ..Self::new(url, genesis, trust) })
    }

    /// Asks the node at `url`. `genesis` is the one thing that is trusted: it names the chain, and who makes its blocks
    /// final. `trust` says who may vouch for a node at `https://`.
    pub fn new(url: &str, genesis: &Genesis, trust: &Trust) -> Self {
        Self {
            transport: Transport::new(url, trust),
            succession: Succession::new(genesis),
            known: 0,
            seen: Height::new(0),
        }
    }

    /// The last block that the node spoke of.
    pub fn seen(&self) -> Height {
        self.seen
    }

    /// Returns an account; one that never was is empty.
    pub fn account(&mut self, address: &Address) -> Result<Told<Account>, Error> {
        let told = self.entry::<Account>(Kind::Account, &to_bytes(address))?;
        let Told { value, height, time_ms } = told;
        Ok(Told { value: value.unwrap_or_default(), height, time_ms })
    }

    /// Returns a listing, or that there is none.
    pub fn listing(&mut self, dataset: &DatasetId) -> Result<Told<Option<Listed>>, Error> {
        self.entry(Kind::Listing, &to_bytes(dataset))
    }

    /// Returns a job, or that there is none.
    pub fn job(&mut self, job: &JobId) -> Result<Told<Option<Job>>, Error> {
        self.entry(Kind::Job, &to_bytes(job))
    }

    /// Returns how the log of a topic ends; one that never had an entry is empty.
    pub fn log_end(&mut self, topic: &Topic) -> Result<Told<Tip>, Error> {
        let told = self.entry::<Tip>(Kind::Tip, &to_bytes(topic))?;
        let Told { value, height, time_ms } = told;
        Ok(Told { value: value.unwrap_or_default(), height, time_ms })
    }

    /// Makes a checkpoint of the last block that the node knows, and of all changes of validators up to it: as many as the state after it
    /// has counted.
    pub fn checkpoint(&mut self) -> Result<Checkpoint, Error> {
        let (tip, header) = self.ask::<Tip>(Kind::Tip, &to_bytes(&Topic::Validators))?;
        if let Some(next) = header.height.get().checked_add(1) {
            // The block itself may be the last one of its epoch.
            self.follow(Height::new(next))?;
        }
        let counted = tip.map(|Tip { sequence, digest }| (sequence, digest)).unwrap_or_default();
        if counted != self.succession.tip_at(header.height) {
            return Err(Error::Hidden);
        }
        self.succession.checkpoint(&header).map_err(Error::Checkpoint)
    }

    /// Follows the validators to those of a block, which may be made up.
    ///
    /// That a change is missing shows when certificates do not hold.
    fn follow(&mut self, height: Height) -> Result<(), Error> {
        let epoch = self.succession.epoch(height);
        while self.known < epoch {
            let more = handovers(&self.transport, self.succession.changes())?.0;
            let is_end = more.is_empty();
            for handover in more {
                let index = self.succession.changes();
                let followed = self.succession.follow(&handover);
                followed.map_err(|source| Error::Handover { index, source })?;
                self.known = self.succession.epoch(handover.entry.height).saturating_add(1);
            }
            if is_end {
                break;
            }
        }
        Ok(())
    }

    /// Returns what stands under the encoding of a key, or that nothing does.
    pub fn entry<T: Decode>(&mut self, kind: Kind, key: &[u8]) -> Result<Told<Option<T>>, Error> {
        let (value, header) = self.ask(kind, key)?;
        Ok(Told { value, height: header.height, time_ms: header.time_ms })
    }

    /// The same, with the header of the block after which it was so.
    fn ask<T: Decode>(&mut self, kind: Kind, key: &[u8]) -> Result<(Option<T>, Header), Error> {
        let path = format!("/v1/state/{}/{}", kind.name(), assay_codec::to_hex(key));
        let document = self.transport.document(&path)?;
        let document = document.ok_or_else(|| Fault::Answer("a path is missing".into()))?;
        let answer: Answer =
            canonical(&document).map_err(|error| Fault::Answer(error.to_string()))?;
        self.follow(answer.certified.header.height)?;
        let header = *answer.verify(&self.succession, kind, key)?;
        if header.height < self.seen {
            return Err(Error::Stale { seen: self.seen, got: header.height });
        }
        let value = answer.value.as_deref().map(from_bytes).transpose().map_err(Error::Value)?;
        self.seen = header.height;
        self.known = self.known.max(self.succession.epoch(header.height));
        Ok((value, header))
    }
}
