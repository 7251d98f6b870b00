//! The one transaction of a party that is on its way, with its blobs, in one file.

use crate::disk::{self, Error as DiskError};
use assay_codec::{Decode, Digest, Encode, Error as CodecError, Reader, from_bytes, to_bytes};
use assay_types::{Blobs, SignedTx};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"assayob1";
/// A transaction, three blobs, and a little.
const FILE_BYTES_MAX: u64 = 24 << 20;

/// Why the outbox cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The file was changed.
    #[error("{} was changed", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CodecError,
    },
}

/// What is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) tx: SignedTx,
    pub(crate) blobs: Blobs,
}

impl Encode for Outgoing {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        check(&self.tx, &self.blobs).encode(out);
        self.tx.encode(out);
        self.blobs.encode(out);
    }
}

impl Decode for Outgoing {
    fn decode(from: &mut Reader<'_>) -> Result<Self, CodecError> {
        if from.array()? != MAGIC {
            return Err(CodecError::Invalid("not an outbox"));
        }
        let checked = Digest::decode(from)?;
        let (tx, blobs) = (SignedTx::decode(from)?, Blobs::decode(from)?);
        if check(&tx, &blobs) != checked {
            return Err(CodecError::Invalid("the outbox was changed"));
        }
        Ok(Self { tx, blobs })
    }
}

fn check(tx: &SignedTx, blobs: &Blobs) -> Digest {
    let mut bytes = to_bytes(tx);
    blobs.encode(&mut bytes);
    Digest::of_bytes("assay/outbox/1", &bytes)
}

#[derive(Debug)]
pub(crate) struct Outbox {
    path: PathBuf,
    current: Option<Outgoing>,
}

impl Outbox {
    /// Opens the outbox of a party.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let bytes = disk::read(path, FILE_BYTES_MAX)?;
        let current = bytes
            .map(|bytes| from_bytes(&bytes))
            .transpose()
            .map_err(|source| Error::Damaged { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), current })
    }

    /// What is on its way.
    pub(crate) fn current(&self) -> Option<&Outgoing> {
        self.current.as_ref()
    }

    /// Writes down what will be sent, durably.
    pub(crate) fn put(&mut self, outgoing: Outgoing) -> Result<(), Error> {
        disk::write(&self.path, &to_bytes(&outgoing))?;
        self.current = Some(outgoing);
        Ok(())
    }

    /// Forgets what was on its way.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        if self.current.is_some() {
            disk::remove(&self.path)?;
            self.current = None;
        }
        Ok(())
    }
}
