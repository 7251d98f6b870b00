//! Appending a block.

use super::{
    BASE, BLOBS, BLOCKS, Base, ENTRIES, ENTRIES_OF_STATE, FORMAT, FORMAT_ROW, GENESIS, HANDOVERS,
    HELD, HOLDS, META, RELEASES, STATE, Store, TOPICS, key,
};
use crate::block::Block;
use crate::error::Error;
use assay_codec::{Digest, to_bytes};
use assay_ledger::State;
use assay_types::validators::Handovers;
use assay_types::{BlobId, Blobs, Genesis, LogEntry};
use redb::{ReadableTable, WriteTransaction};

/// Everything that one block adds.
#[derive(Debug)]
pub(crate) struct Addition<'a> {
    pub(crate) block: &'a Block,
    pub(crate) entries: &'a [LogEntry],
    /// Blobs that came with the block.
    pub(crate) blobs: Vec<&'a Blobs>,
    /// Who holds which blobs from now on.
    pub(crate) holds: Vec<(Digest, Vec<BlobId>)>,
    /// Holders that let go at a later height.
    pub(crate) releases: Vec<(u64, Digest)>,
}

impl Store {
    /// Keeps the genesis of an empty chain.
    pub(crate) fn put_genesis(&self, genesis: &Genesis) -> Result<(), Error> {
        let txn = self.db.begin_write().map_err(Error::store)?;
        write_genesis(&txn, genesis)?;
        txn.commit().map_err(Error::store)
    }

    /// Begins an empty chain with the state after a block, and how validators changed before it; `blob` returns what its live jobs need.
    pub(crate) fn put_base(
        &self,
        genesis: &Genesis,
        (base, handovers): (&Base, &Handovers),
        state: &State,
        blob: &mut dyn FnMut(&BlobId) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        let txn = self.db.begin_write().map_err(Error::store)?;
        write_genesis(&txn, genesis)?;
        let mut meta = txn.open_table(META).map_err(Error::store)?;
        meta.insert(BASE, to_bytes(base).as_slice()).map_err(Error::store)?;
        if !handovers.0.is_empty() {
            meta.insert(HANDOVERS, to_bytes(handovers).as_slice()).map_err(Error::store)?;
        }
        drop(meta);
        write_state(&txn, state, state)?;
        for (job, named) in state.held() {
            for id in &named {
                let bytes = blob(id)?;
                let mut blobs = txn.open_table(BLOBS).map_err(Error::store)?;
                blobs.insert(id.0.0.as_slice(), bytes.as_slice()).map_err(Error::store)?;
            }
            write_holds(&txn, &[(job.0, named)])?;
        }
        txn.commit().map_err(Error::store)
    }

    /// Appends blocks, and what they make of the state: all of it, or nothing.
    pub(crate) fn append(
        &self,
        additions: &[Addition<'_>],
        before: &State,
        after: &State,
    ) -> Result<(), Error> {
        let txn = self.db.begin_write().map_err(Error::store)?;
        for addition in additions {
            write_block(&txn, addition)?;
            write_blobs(&txn, addition)?;
            release(&txn, addition.block.certified.header.height.get())?;
        }
        write_state(&txn, before, after)?;
        txn.commit().map_err(Error::store)
    }
}

fn write_genesis(txn: &WriteTransaction, genesis: &Genesis) -> Result<(), Error> {
    let mut meta = txn.open_table(META).map_err(Error::store)?;
    meta.insert(GENESIS, to_bytes(genesis).as_slice()).map_err(Error::store)?;
    meta.insert(FORMAT_ROW, to_bytes(&FORMAT).as_slice()).map_err(Error::store)?;
    Ok(())
}

fn write_state(txn: &WriteTransaction, before: &State, after: &State) -> Result<(), Error> {
    let mut meta = txn.open_table(META).map_err(Error::store)?;
    let is_first = meta.insert(STATE, after.head().as_slice()).map_err(Error::store)?.is_none();
    let mut table = txn.open_table(ENTRIES_OF_STATE).map_err(Error::store)?;
    // The balances of the genesis were not written.
    let nothing = is_first.then(|| before.emptied());
    for changed in after.changes(nothing.as_ref().unwrap_or(before)) {
        let row = key(&to_bytes(&changed.kind), &changed.key);
        match changed.value {
            Some(value) => table.insert(row.as_slice(), value.as_slice()).map_err(Error::store)?,
            None => table.remove(row.as_slice()).map_err(Error::store)?,
        };
    }
    Ok(())
}

fn write_block(txn: &WriteTransaction, addition: &Addition<'_>) -> Result<(), Error> {
    let Addition { block, entries, .. } = addition;
    let height = block.certified.header.height.get();
    txn.open_table(BLOCKS)
        .map_err(Error::store)?
        .insert(height, to_bytes(*block).as_slice())
        .map_err(Error::store)?;
    let mut log = txn.open_table(ENTRIES).map_err(Error::store)?;
    let mut topics = txn.open_table(TOPICS).map_err(Error::store)?;
    for (position, entry) in (block.first_entry..).zip(*entries) {
        log.insert(position, to_bytes(entry).as_slice()).map_err(Error::store)?;
        let topic = key(&to_bytes(&entry.topic), &entry.sequence.to_be_bytes());
        topics.insert(topic.as_slice(), position).map_err(Error::store)?;
    }
    Ok(())
}

fn write_blobs(txn: &WriteTransaction, addition: &Addition<'_>) -> Result<(), Error> {
    let mut table = txn.open_table(BLOBS).map_err(Error::store)?;
    for (id, bytes) in addition.blobs.iter().flat_map(|blobs| blobs.iter()) {
        table.insert(id.0.0.as_slice(), bytes).map_err(Error::store)?;
    }
    write_holds(txn, &addition.holds)?;
    let mut releases = txn.open_table(RELEASES).map_err(Error::store)?;
    for (height, holder) in &addition.releases {
        let due = key(&height.to_be_bytes(), &holder.0);
        releases.insert(due.as_slice(), ()).map_err(Error::store)?;
    }
    Ok(())
}

fn write_holds(txn: &WriteTransaction, all: &[(Digest, Vec<BlobId>)]) -> Result<(), Error> {
    let mut holds = txn.open_table(HOLDS).map_err(Error::store)?;
    let mut held = txn.open_table(HELD).map_err(Error::store)?;
    for (holder, named) in all {
        for id in named {
            holds.insert(key(&holder.0, &id.0.0).as_slice(), ()).map_err(Error::store)?;
            held.insert(key(&id.0.0, &holder.0).as_slice(), ()).map_err(Error::store)?;
        }
    }
    Ok(())
}

/// Lets go of what is due at `height`, and drops the blobs that nobody holds any more.
fn release(txn: &WriteTransaction, height: u64) -> Result<(), Error> {
    let mut releases = txn.open_table(RELEASES).map_err(Error::store)?;
    let end = key(&height.to_be_bytes(), &[0xff; 32]);
    let mut due = Vec::new();
    for row in releases.range::<&[u8]>(..=end.as_slice()).map_err(Error::store)? {
        due.push(row.map_err(Error::store)?.0.value().to_vec());
    }
    for row in due {
        releases.remove(row.as_slice()).map_err(Error::store)?;
        let holder = row.get(8..).unwrap_or_default();
        for blob in held_by(txn, holder)? {
            let mut holds = txn.open_table(HOLDS).map_err(Error::store)?;
            let mut held = txn.open_table(HELD).map_err(Error::store)?;
            holds.remove(key(holder, &blob.0.0).as_slice()).map_err(Error::store)?;
            held.remove(key(&blob.0.0, holder).as_slice()).map_err(Error::store)?;
            let (first, last) = (key(&blob.0.0, &[0; 32]), key(&blob.0.0, &[0xff; 32]));
            let others = held.range(first.as_slice()..=last.as_slice()).map_err(Error::store)?;
            if others.count() == 0 {
                let mut blobs = txn.open_table(BLOBS).map_err(Error::store)?;
                blobs.remove(blob.0.0.as_slice()).map_err(Error::store)?;
            }
        }
    }
    Ok(())
}

fn held_by(txn: &WriteTransaction, holder: &[u8]) -> Result<Vec<BlobId>, Error> {
    let holds = txn.open_table(HOLDS).map_err(Error::store)?;
    let (first, last) = (key(holder, &[0; 32]), key(holder, &[0xff; 32]));
    let mut blobs = Vec::new();
    for row in holds.range(first.as_slice()..=last.as_slice()).map_err(Error::store)? {
        let (key, _) = row.map_err(Error::store)?;
        let id = key.value().get(32..).and_then(|id| <[u8; 32]>::try_from(id).ok());
        blobs.push(BlobId(Digest(id.ok_or(Error::Corrupt("a hold of the wrong length"))?)));
    }
    Ok(blobs)
}
