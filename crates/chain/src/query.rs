//! Questions about the chain.

use crate::block::{Block, log_leaves};
use crate::chain::Chain;
use crate::error::Error;
use assay_codec::Digest;
use assay_ledger::{BadKey, Proven};
use assay_receipt::{Anchor, HISTORY, Receipt};
use assay_types::state::{Answer, Kind};
use assay_types::tx::SubmitPass;
use assay_types::{
    Action, Address, Amount, BlobId, Certified, DatasetId, Event, Height, JobId, Listing, LogEntry,
    SignedTx, Topic, merkle,
};
use std::collections::BTreeMap;

/// Most entries that one question returns.
const ENTRIES_MAX: usize = 1024;

/// An entry of the log, and that it is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Number of entries before it.
    pub position: u64,
    /// The entry.
    pub entry: LogEntry,
    /// A final header, and the way to its log root.
    pub anchor: Anchor,
}

impl Chain {
    /// Returns a block; `None` if it is not made yet.
    pub fn block(&self, height: Height) -> Result<Option<Block>, Error> {
        if height < self.first() && 0 < height.get() {
            return Err(self.not_kept());
        }
        self.store.block(height)
    }

    /// The first block that is kept: 1, unless the chain began with a snapshot.
    pub fn first(&self) -> Height {
        let base = self.base.as_ref().map_or(0, |base| base.height().get());
        Height::new(base.saturating_add(1))
    }

    /// The block with whose state the chain began, unless that was the genesis.
    pub fn beginning(&self) -> Option<&Certified> {
        self.base.as_ref().map(|base| &base.certified)
    }

    /// Returns a header, and why it is final; `None` if it is not made yet. That of the block with which the chain
    /// began is kept too.
    pub fn certified(&self, height: Height) -> Result<Option<Certified>, Error> {
        match &self.base {
            Some(base) if base.height() == height => Ok(Some(base.certified.clone())),
            _ => Ok(self.block(height)?.map(|block| block.certified)),
        }
    }

    /// Returns what the state after the last block holds under a key, with everything that shows it to who has the
    /// genesis; `None` before the first block.
    pub fn prove(&self, kind: Kind, key: &[u8]) -> Result<Option<Answer>, BadKey> {
        let Proven { value, proof } = self.tip.state.prove(kind, key)?;
        Ok(self.last.clone().map(|certified| Answer { certified, value, proof }))
    }

    fn not_kept(&self) -> Error {
        Error::NotKept { first: self.first() }
    }

    /// Returns the bytes behind `id`, while they are kept.
    pub fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        self.store.blob(id)
    }

    /// Number of log entries so far.
    pub fn entry_count(&self) -> u64 {
        self.tip.entries
    }

    /// Returns the log from entry number `first` on: at most `limit` entries, and never more than 1024.
    pub fn events_since(&self, first: u64, limit: usize) -> Result<Vec<LogEntry>, Error> {
        if self.base.as_ref().is_some_and(|base| first < base.entries) {
            return Err(self.not_kept());
        }
        self.store.entries(first, limit.min(ENTRIES_MAX))
    }

    /// Returns the entries of one topic from `sequence` on, at most 1024.
    pub fn history(&self, topic: &Topic, sequence: u64) -> Result<Vec<LogEntry>, Error> {
        let (count, _) = self.tip.state.tip(topic);
        (sequence..count).take(ENTRIES_MAX).map(|sequence| self.entry(topic, sequence)).collect()
    }

    /// Returns the entry that says what became of the transaction that a sender numbered `nonce`; `None`
    /// if it is in no block.
    pub fn executed(&self, from: &Address, nonce: u64) -> Result<Option<LogEntry>, Error> {
        let topic = Topic::Account(*from);
        let (count, _) = self.tip.state.tip(&topic);
        // From the end: what is asked about has mostly just happened.
        for sequence in (0..count).rev() {
            let entry = self.entry(&topic, sequence)?;
            match entry.event {
                Event::Executed { nonce: got, .. } if got == nonce => return Ok(Some(entry)),
                Event::Executed { nonce: got, .. } if got < nonce => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Returns an entry of a topic with the way to a final header; `None` if there is none.
    pub fn logged(&self, topic: &Topic, sequence: u64) -> Result<Option<Logged>, Error> {
        if self.tip.state.tip(topic).0 <= sequence {
            return Ok(None);
        }
        let position = self.position(topic, sequence)?;
        let entry = self.entry_at(position)?;
        let block = self.block_of(&entry)?;
        let entries = self.store.entries(block.first_entry, block.entries as usize)?;
        let index = position.checked_sub(block.first_entry);
        let inclusion = index
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| merkle::prove(&log_leaves(&entries), index))
            .ok_or(Error::Corrupt("an entry is not in its block"))?;
        let anchor = Anchor { certified: block.certified, inclusion };
        Ok(Some(Logged { position, entry, anchor }))
    }

    /// Returns what the sales of each listing have burned, from block `since` on.
    pub fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, Error> {
        let mut burned = BTreeMap::new();
        let first = Height::new(since.get().max(1));
        let Some(block) = self.block(first)? else { return Ok(burned) };
        let mut position = block.first_entry;
        loop {
            let entries = self.events_since(position, ENTRIES_MAX)?;
            if entries.is_empty() {
                return Ok(burned);
            }
            position = position.saturating_add(entries.len() as u64);
            for entry in entries {
                let Event::Settled { sale, .. } = entry.event else { continue };
                let sum = burned.entry(sale.dataset).or_insert(Amount::ZERO);
                let more = sum.checked_add(sale.burned);
                *sum = more.ok_or(Error::Corrupt("more was burned than there is"))?;
            }
        }
    }

    /// Collects what remains of a sale.
    pub fn receipt(&self, job: &JobId) -> Result<Receipt, Error> {
        let not_settled = || Error::NotSettled(*job);
        let topic = Topic::Job(*job);
        let history: [LogEntry; HISTORY] =
            self.history(&topic, 0)?.try_into().map_err(|_| not_settled())?;
        let [.., proven, settled] = &history;
        let Event::Settled { sale, .. } = &settled.event else { return Err(not_settled()) };
        let pass = self.pass(proven, job, sale.accuracy_proof)?;
        let (listed, listing) = self.listing(&sale.dataset, sale.version)?;
        let anchored = self.logged(&topic, settled.sequence)?.ok_or_else(not_settled)?;
        let last = settled.height.max(listed.entry.height);
        Ok(Receipt {
            settled: anchored.anchor,
            history,
            listing,
            listed: listed.entry,
            published: listed.anchor,
            accuracy: pass.accuracy,
            delivery: pass.delivery,
            // What stands in the last of its blocks itself is about those after it.
            handovers: self.handovers_up_to(Height::new(last.get().saturating_sub(1)))?,
        })
    }

    /// Finds the transaction that proved the score, with its statements.
    fn pass(
        &self,
        proven: &LogEntry,
        job: &JobId,
        proof: BlobId,
    ) -> Result<Box<SubmitPass>, Error> {
        let txs = self.block_of(proven)?.txs.into_iter();
        txs.filter_map(|signed| match signed.tx.action {
            Action::SubmitPass(pass) => Some(pass),
            _ => None,
        })
        .find(|pass| pass.job == *job && pass.accuracy_proof == proof)
        .ok_or(Error::Corrupt("a proof was logged that no transaction brought"))
    }

    /// Finds the entry that published a version of a listing, and what it published.
    fn listing(&self, dataset: &DatasetId, version: u32) -> Result<(Logged, Listing), Error> {
        const MISSING: Error = Error::Corrupt("a listing was sold that was not published");
        let topic = Topic::Dataset(*dataset);
        let (count, _) = self.tip.state.tip(&topic);
        for sequence in 0..count {
            let entry = self.entry(&topic, sequence)?;
            let Some(digest) = published(&entry.event, version) else { continue };
            let listing = content(self.block_of(&entry)?.txs, &digest).ok_or(MISSING)?;
            return Ok((self.logged(&topic, sequence)?.ok_or(MISSING)?, listing));
        }
        Err(MISSING)
    }

    fn entry(&self, topic: &Topic, sequence: u64) -> Result<LogEntry, Error> {
        self.entry_at(self.position(topic, sequence)?)
    }

    /// Finds an entry that the log has.
    fn position(&self, topic: &Topic, sequence: u64) -> Result<u64, Error> {
        match self.store.position(topic, sequence)? {
            Some(position) => Ok(position),
            None if self.base.is_some() => Err(self.not_kept()),
            None => Err(Error::Corrupt("a topic has a gap")),
        }
    }

    fn entry_at(&self, position: u64) -> Result<LogEntry, Error> {
        self.store.entries(position, 1)?.pop().ok_or(Error::Corrupt("the log has a gap"))
    }

    fn block_of(&self, entry: &LogEntry) -> Result<Block, Error> {
        self.block(entry.height)?.ok_or(Error::Corrupt("a block is missing"))
    }
}

/// Returns the digest of the listing's content, if this event published `version`.
fn published(event: &Event, version: u32) -> Option<Digest> {
    match event {
        Event::Published { listing, .. } if version == 1 => Some(*listing),
        Event::Updated { version: got, listing, .. } if *got == version => Some(*listing),
        _ => None,
    }
}

fn content(txs: Vec<SignedTx>, digest: &Digest) -> Option<Listing> {
    txs.into_iter()
        .filter_map(|signed| match signed.tx.action {
            Action::PublishDataset(action) => Some(action.listing),
            Action::UpdateListing(action) => Some(action.listing),
            _ => None,
        })
        .find(|listing| listing.digest() == *digest)
}
