//! Reading back.

use super::{
    BASE, BLOBS, BLOCKS, Base, ENTRIES, ENTRIES_OF_STATE, FORMAT, FORMAT_ROW, GENESIS, HANDOVERS,
    META, STATE, Store, TOPICS, key,
};
use crate::block::Block;
use crate::error::Error;
use assay_codec::{Decode, from_bytes, to_bytes};
use assay_ledger::{Misplaced, State};
use assay_types::state::Kind;
use assay_types::validators::{Handover, Handovers};
use assay_types::{BlobId, Genesis, Height, LogEntry, Topic};
use redb::{ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableError};

impl Store {
    /// Returns the genesis; `None` if the database is empty.
    pub(crate) fn genesis(&self) -> Result<Option<Genesis>, Error> {
        self.meta(GENESIS)?.as_deref().map(decode).transpose()
    }

    /// Returns what the chain began with, unless that was the genesis.
    pub(crate) fn base(&self) -> Result<Option<Base>, Error> {
        self.meta(BASE)?.as_deref().map(decode).transpose()
    }

    /// Returns how validators changed before the block that the chain began with.
    pub(crate) fn handovers(&self) -> Result<Vec<Handover>, Error> {
        let row = self.meta(HANDOVERS)?;
        Ok(row.as_deref().map(decode::<Handovers>).transpose()?.unwrap_or_default().0)
    }

    /// Returns the state after the last block; `None` before the first. Whether it is the right one is for the
    /// caller to find out.
    pub(crate) fn state(&self) -> Result<Option<State>, Error> {
        let Some(head) = self.meta(STATE)? else { return Ok(None) };
        let table = self.begin()?.open_table(ENTRIES_OF_STATE).map_err(Error::store)?;
        let rows = table.iter().map_err(Error::store)?.map(|row| {
            let (key, value) = row.map_err(Error::store)?;
            let (kind, key) = key.value().split_at_checked(1).ok_or(MALFORMED)?;
            Ok((decode::<Kind>(kind)?, key.to_vec(), value.value().to_vec()))
        });
        match State::from_entries(&head, rows) {
            Ok(state) => Ok(Some(state)),
            Err(Unreadable::Misplaced) => Err(MALFORMED),
            Err(Unreadable::Store(error)) => Err(error),
        }
    }

    /// Fails if the database holds a chain in another format.
    pub(super) fn is_readable(&self) -> Result<(), Error> {
        let meta = match self.begin()?.open_table(META) {
            Ok(table) => table,
            // It is empty.
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            Err(error) => return Err(Error::store(error)),
        };
        let Some(_) = meta.get(GENESIS).map_err(Error::store)? else { return Ok(()) };
        // The first format did not say that it was one.
        let row = meta.get(FORMAT_ROW).map_err(Error::store)?;
        let got = row.map_or(Ok(1), |row| decode::<u16>(row.value()))?;
        if got == FORMAT { Ok(()) } else { Err(Error::Format { expected: FORMAT, got }) }
    }

    /// Returns how many blocks are kept.
    pub(crate) fn block_count(&self) -> Result<u64, Error> {
        self.begin()?.open_table(BLOCKS).map_err(Error::store)?.len().map_err(Error::store)
    }

    /// Returns how many log entries are kept.
    pub(crate) fn entry_count(&self) -> Result<u64, Error> {
        self.begin()?.open_table(ENTRIES).map_err(Error::store)?.len().map_err(Error::store)
    }

    /// Returns a block.
    pub(crate) fn block(&self, height: Height) -> Result<Option<Block>, Error> {
        let table = self.begin()?.open_table(BLOCKS).map_err(Error::store)?;
        let row = table.get(height.get()).map_err(Error::store)?;
        row.map(|row| decode(row.value())).transpose()
    }

    /// Returns the entries from number `first` on, at most `limit`.
    pub(crate) fn entries(&self, first: u64, limit: usize) -> Result<Vec<LogEntry>, Error> {
        let table = self.begin()?.open_table(ENTRIES).map_err(Error::store)?;
        let rows = table.range(first..).map_err(Error::store)?;
        rows.take(limit).map(|row| decode(row.map_err(Error::store)?.1.value())).collect()
    }

    /// Returns the number of an entry of a topic.
    pub(crate) fn position(&self, topic: &Topic, sequence: u64) -> Result<Option<u64>, Error> {
        let table = self.begin()?.open_table(TOPICS).map_err(Error::store)?;
        let key = key(&to_bytes(topic), &sequence.to_be_bytes());
        let row = table.get(key.as_slice()).map_err(Error::store)?;
        Ok(row.map(|row| row.value()))
    }

    /// Returns the bytes behind `id`, if they are here; bytes that do not hash to it are an error.
    pub(crate) fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        let table = self.begin()?.open_table(BLOBS).map_err(Error::store)?;
        let Some(row) = table.get(id.0.0.as_slice()).map_err(Error::store)? else {
            return Ok(None);
        };
        if BlobId::of(row.value()) != *id {
            return Err(Error::Corrupt("a blob does not hash to its name"));
        }
        Ok(Some(row.value().to_vec()))
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let table = self.begin()?.open_table(META).map_err(Error::store)?;
        let row = table.get(name).map_err(Error::store)?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    fn begin(&self) -> Result<ReadTransaction, Error> {
        self.db.begin_read().map_err(Error::store)
    }
}

const MALFORMED: Error = Error::Corrupt("a row of the database is malformed");

/// Why there is no state.
enum Unreadable {
    Misplaced,
    Store(Error),
}

impl From<Misplaced> for Unreadable {
    fn from(_: Misplaced) -> Self {
        Self::Misplaced
    }
}

impl From<Error> for Unreadable {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

fn decode<T: Decode>(bytes: &[u8]) -> Result<T, Error> {
    from_bytes(bytes).map_err(|_| MALFORMED)
}
