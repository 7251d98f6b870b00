//! What a quorum of validators has signed.
//!
//! The validators agree on one proposal in each view. What they sign when a proposal is final is
//! [`Vote::Finalize`](super::Vote), in the epoch of the block. These are the
//! bytes of simplex in commonware 2026.10.0: `vectors/finality-1.json` holds certificates that this library
//! has made, and a test verifies them.
//!
//! A block is also final when one that descends from it is. Then the headers from its child to that one
//! stand in the certificate.

use super::VoteSignature;
use super::vote::{Proposed, Round, Vote};
use crate::header::Header;
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_bytes, put_seq};

/// Most blocks between one and the first after it that a quorum has finalised.
pub const DESCENDANTS_MAX: usize = 1024;
/// Names the protocol; the genesis' digest follows.
pub const CONSENSUS: &[u8] = b"assay/consensus/1";

/// That a quorum has finalised a block, or one of its descendants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The epoch in which it was signed, which is that of the block.
    pub epoch: u64,
    /// The headers after the block in question, up to the one that was signed. Mostly there is none.
    pub descendants: Vec<Header>,
    /// The view in which it was signed.
    pub view: u64,
    /// The view of that proposal's parent.
    pub parent_view: u64,
    /// Who signed: numbers of validators, strictly rising.
    pub signers: Vec<u8>,
    /// The sum of their votes.
    pub signature: VoteSignature,
}

impl Certificate {
    /// Returns the bytes that each signer has signed, on the chain that began with `genesis`.
    pub fn message(&self, genesis: &Digest, payload: &Digest) -> Vec<u8> {
        let proposed = Proposed { parent_view: self.parent_view, payload: *payload };
        Vote::Finalize(proposed).message(genesis, Round { epoch: self.epoch, view: self.view })
    }
}

// Certificates of the first epoch are written as they were when there was no other (`Finality` tells them apart).
impl Certificate {
    /// Appends all but the epoch.
    pub(crate) fn encode_rest(&self, out: &mut Vec<u8>) {
        put_seq(out, &self.descendants);
        self.view.encode(out);
        self.parent_view.encode(out);
        put_bytes(out, &self.signers);
        self.signature.encode(out);
    }
}

impl Certificate {
    /// Reads all but the epoch.
    pub(crate) fn decode_rest(epoch: u64, from: &mut Reader<'_>) -> Result<Self, Error> {
        let certificate = Self {
            epoch,
            descendants: from.seq(DESCENDANTS_MAX)?,
            view: u64::decode(from)?,
            parent_view: u64::decode(from)?,
            signers: from.bytes(super::VALIDATORS_MAX)?,
            signature: VoteSignature::decode(from)?,
        };
        if certificate.signers.windows(2).any(|pair| matches!(pair, [a, b] if b <= a)) {
            return Err(Error::Invalid("the signers of a certificate do not rise"));
        }
        Ok(certificate)
    }
}
