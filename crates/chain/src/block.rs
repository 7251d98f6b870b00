//! What is kept of a block.

use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq, to_bytes};
use assay_types::{Certified, LogEntry, SignedTx, merkle};

/// Most transactions of a block.
pub const TXS_MAX: usize = 256;

/// A block: its final header and its transactions. Its log entries and blobs are kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header, and why it is final.
    pub certified: Certified,
    /// The transactions, in order; the failed ones too.
    pub txs: Vec<SignedTx>,
    /// Number of log entries of all blocks before.
    pub first_entry: u64,
    /// Number of its own log entries.
    pub entries: u32,
}

impl Encode for Block {
    fn encode(&self, out: &mut Vec<u8>) {
        self.certified.encode(out);
        put_seq(out, &self.txs);
        self.first_entry.encode(out);
        self.entries.encode(out);
    }
}

impl Decode for Block {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            certified: Certified::decode(from)?,
            txs: from.seq(TXS_MAX)?,
            first_entry: u64::decode(from)?,
            entries: u32::decode(from)?,
        })
    }
}

/// Returns the root over transactions, signatures included.
pub(crate) fn tx_root(txs: &[SignedTx]) -> Digest {
    merkle::root(&txs.iter().map(to_bytes).collect::<Vec<_>>())
}

/// Returns the leaves of the log root: the canonical encodings of the entries, in their order.
pub(crate) fn log_leaves(entries: &[LogEntry]) -> Vec<Vec<u8>> {
    entries.iter().map(to_bytes).collect()
}
