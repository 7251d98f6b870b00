//! A block on its way to being final, as validators send it to each other.
//!
//! A proposal is its header and what the header binds: the transactions, by their root, and the blobs, by the names
//! in the transactions. So the header's digest names the whole of it, and a signature over that digest is one
//! over every byte. Whoever decodes a proposal has checked that; what its header says about state and log is found
//! out by executing it.

use crate::block::{TXS_MAX, tx_root};
use assay_codec::{Decode, Digest, Encode, Error, Reader, from_bytes, put_seq, to_bytes};
use assay_types::header::VERSION;
use assay_types::tx::TX_BYTES_MAX;
use assay_types::{BlobId, Blobs, Header, SignedTx};
use std::collections::BTreeSet;

/// Most bytes of a proposal.
pub const PROPOSAL_BYTES_MAX: usize = 8 << 20;
/// Most proofs that the transactions of one proposal carry: about half a second of verification.
pub const PROPOSAL_PROOFS_MAX: u32 = 32;

/// A header, its transactions, and the blobs that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    header: Header,
    txs: Vec<SignedTx>,
    blobs: Blobs,
}

impl Proposal {
    /// Puts a proposal together, if it is one.
    pub fn new(header: Header, txs: Vec<SignedTx>, blobs: Blobs) -> Result<Self, &'static str> {
        if header.version != VERSION {
            return Err("the version of the header is unknown");
        }
        if TXS_MAX < txs.len() || txs.iter().any(|tx| TX_BYTES_MAX < to_bytes(tx).len()) {
            return Err("a block has at most 256 transactions of at most 1 MiB");
        }
        if PROPOSAL_PROOFS_MAX < txs.iter().map(|tx| tx.tx.action.proofs()).sum() {
            return Err("a block carries at most 32 proofs");
        }
        if header.tx_root != tx_root(&txs) {
            return Err("the transactions are not those of the header");
        }
        let named: BTreeSet<BlobId> = txs.iter().flat_map(|tx| tx.tx.action.blobs()).collect();
        if !named.iter().eq(blobs.iter().map(|(id, _)| id)) {
            return Err("the blobs are not those that the transactions name");
        }
        let proposal = Self { header, txs, blobs };
        if PROPOSAL_BYTES_MAX < to_bytes(&proposal).len() {
            return Err("a block has at most 8 MiB");
        }
        Ok(proposal)
    }

    /// Reads a proposal of at most [`PROPOSAL_BYTES_MAX`] bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if PROPOSAL_BYTES_MAX < bytes.len() {
            let (limit, got) = (PROPOSAL_BYTES_MAX, bytes.len());
            return Err(Error::TooLong { what: "proposal", limit, got });
        }
        from_bytes(bytes)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The transactions, in order.
    pub fn txs(&self) -> &[SignedTx] {
        &self.txs
    }

    /// The blobs.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Names the proposal: what validators sign.
    pub fn digest(&self) -> Digest {
        self.header.digest()
    }
}

impl Encode for Proposal {
    fn encode(&self, out: &mut Vec<u8>) {
        self.header.encode(out);
        put_seq(out, &self.txs);
        self.blobs.encode(out);
    }
}

impl Decode for Proposal {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let header = Header::decode(from)?;
        let (txs, blobs) = (from.seq(TXS_MAX)?, Blobs::decode(from)?);
        Self::new(header, txs, blobs).map_err(Error::Invalid)
    }
}
