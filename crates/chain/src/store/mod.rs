//! Blocks, log and blobs in one database.
//!
//! | table | key | value |
//! |---|---|---|
//! | `meta` | `genesis`, `format`, `base`, `handovers`, `state` | the genesis; [`FORMAT`]; what it began with, if not with the genesis, and the [`Handover`]s before that, if there are some; the scalars of the state after the last block |
//! | `state` | kind and key | everything else of that state |
//! | `blocks` | height | [`Block`] |
//! | `entries` | number of entries before | [`LogEntry`] |
//! | `topics` | topic, sequence | number of the entry |
//! | `blobs` | name | bytes |
//! | `holds`, `held` | holder and blob, blob and holder | – |
//! | `releases` | height, holder | – |
//!
//! One write transaction of the database holds everything that belongs to a block, so that no crash can
//! part them. A block writes what it changes of the state. A blob is kept while somebody holds it: a job until so many blocks after its end, a failed
//! transaction for as many blocks.

mod read;
mod replay;
mod write;

use crate::error::Error;
use assay_types::{Certified, Height};
use redb::{Database, TableDefinition};

pub(crate) use write::Addition;

const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const ENTRIES_OF_STATE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("state");
const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");
const TOPICS: TableDefinition<'_, &[u8], u64> = TableDefinition::new("topics");
const BLOBS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("blobs");
const HOLDS: TableDefinition<'_, &[u8], ()> = TableDefinition::new("holds");
const HELD: TableDefinition<'_, &[u8], ()> = TableDefinition::new("held");
const RELEASES: TableDefinition<'_, &[u8], ()> = TableDefinition::new("releases");

const GENESIS: &str = "genesis";
const STATE: &str = "state";
const BASE: &str = "base";
const HANDOVERS: &str = "handovers";
const FORMAT_ROW: &str = "format";

/// The format of the database and of the state's root. Another one cannot be read.
pub const FORMAT: u16 = 2;

#[allow(unused_imports, reason = "the documentation names it")]
use crate::block::Block;
#[allow(unused_imports, reason = "the documentation names it")]
use assay_types::LogEntry;
#[allow(unused_imports, reason = "the documentation names it")]
use assay_types::validators::Handover;

/// What a chain has begun with that began with a snapshot. Blocks, log and index up to it are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// The block after which the snapshot was made.
    pub(crate) certified: Certified,
    /// Number of log entries up to it.
    pub(crate) entries: u64,
}

assay_codec::record!(Base { certified, entries });

impl Base {
    /// The number of its block.
    pub(crate) fn height(&self) -> Height {
        self.certified.header.height
    }
}

/// The database of a chain.
#[derive(Debug)]
pub struct Store {
    db: Database,
}

impl Store {
    /// Wraps an open database; checks every page of it, and creates the tables.
    pub(crate) fn new(mut db: Database) -> Result<Self, Error> {
        if !db.check_integrity().map_err(Error::store)? {
            return Err(Error::Corrupt("the database had to be repaired and is not complete"));
        }
        let store = Self { db };
        store.is_readable()?;
        store.create_tables()?;
        Ok(store)
    }

    fn create_tables(&self) -> Result<(), Error> {
        let txn = self.db.begin_write().map_err(Error::store)?;
        txn.open_table(META).map_err(Error::store)?;
        txn.open_table(ENTRIES_OF_STATE).map_err(Error::store)?;
        txn.open_table(BLOCKS).map_err(Error::store)?;
        txn.open_table(ENTRIES).map_err(Error::store)?;
        txn.open_table(TOPICS).map_err(Error::store)?;
        txn.open_table(BLOBS).map_err(Error::store)?;
        txn.open_table(HOLDS).map_err(Error::store)?;
        txn.open_table(HELD).map_err(Error::store)?;
        txn.open_table(RELEASES).map_err(Error::store)?;
        txn.commit().map_err(Error::store)
    }
}

/// Puts two parts of a key together. Parts are of fixed length, or the last one is.
fn key(first: &[u8], second: &[u8]) -> Vec<u8> {
    [first, second].concat()
}
