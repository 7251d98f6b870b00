//! What a wallet hands in.

use assay_codec::{Decode, Encode, Error, Reader, put_bytes, to_bytes};
use assay_types::tx::TX_BYTES_MAX;
use assay_types::{BLOB_BYTES_MAX, Blobs, SignedTx};

/// Most bytes of a transaction and its blobs.
pub const SUBMISSION_BYTES_MAX: usize = TX_BYTES_MAX + 4 * BLOB_BYTES_MAX;

/// A transaction, and the blobs that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The transaction.
    pub tx: SignedTx,
    /// Its blobs.
    pub blobs: Blobs,
}

impl Encode for Submission {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, &to_bytes(&self.tx));
        self.blobs.encode(out);
    }
}

impl Decode for Submission {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let tx = SignedTx::from_bytes(&from.bytes(TX_BYTES_MAX)?)?;
        Ok(Self { tx, blobs: Blobs::decode(from)? })
    }
}
