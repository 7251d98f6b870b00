//! Large payloads, named by hash and carried beside the block.

use assay_codec::{Decode, Digest, Encode, Error, Reader, put_bytes, put_len};
use assay_model::Architecture;
use std::collections::BTreeMap;
use std::fmt;

/// Most bytes of one blob.
pub const BLOB_BYTES_MAX: usize = 5 << 20;
/// Most blobs that travel together.
pub const BLOBS_MAX: usize = 64;

/// Returns how long the ciphertext of a model is: four bytes for each of its numbers, and for each of the eight
/// of the salt.
pub fn ciphertext_bytes(architecture: &Architecture) -> usize {
    const SALT_NUMBERS: usize = 8;
    architecture.cells().saturating_add(SALT_NUMBERS).saturating_mul(4)
}

/// Names the bytes of a proof, a ciphertext or a test table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub Digest);

assay_codec::transparent!(BlobId);

impl BlobId {
    /// Names `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Digest::of_bytes("assay/blob/1", bytes))
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Blobs under their names. A name always belongs to its bytes: there is no other way in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blobs(BTreeMap<BlobId, Vec<u8>>);

impl Blobs {
    /// Starts without a blob.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `bytes` and returns their name.
    pub fn insert(&mut self, bytes: Vec<u8>) -> Result<BlobId, &'static str> {
        if BLOB_BYTES_MAX < bytes.len() {
            return Err("a blob has at most 5 MiB");
        }
        let id = BlobId::of(&bytes);
        if BLOBS_MAX <= self.0.len() && !self.0.contains_key(&id) {
            return Err("at most 64 blobs travel together");
        }
        self.0.insert(id, bytes);
        Ok(id)
    }

    /// Returns the bytes behind `id`.
    pub fn get(&self, id: &BlobId) -> Option<&[u8]> {
        self.0.get(id).map(Vec::as_slice)
    }

    /// Walks over all blobs, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&BlobId, &[u8])> {
        self.0.iter().map(|(id, bytes)| (id, bytes.as_slice()))
    }

    /// Number of blobs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Encode for Blobs {
    fn encode(&self, out: &mut Vec<u8>) {
        put_len(out, self.0.len());
        for bytes in self.0.values() {
            put_bytes(out, bytes);
        }
    }
}

impl Decode for Blobs {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let len = from.len("blobs", BLOBS_MAX)?;
        let mut blobs = Self::new();
        let mut last = None;
        for _ in 0..len {
            let id = blobs.insert(from.bytes(BLOB_BYTES_MAX)?).map_err(Error::Invalid)?;
            if last.is_some_and(|last| id <= last) {
                return Err(Error::Invalid("blobs are not in the order of their names"));
            }
            last = Some(id);
        }
        Ok(blobs)
    }
}
