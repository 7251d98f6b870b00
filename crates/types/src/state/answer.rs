//! What a node answers to who does not believe it.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Kind, Proof, Rejection};
use crate::Header;
use crate::header::{self, Certified};
use crate::validators::Succession;
use assay_codec::{Decode, Encode, Error, Reader, put_bytes};

/// Most bytes of one value: a job holds parts of several transactions, each of which has at most 1 MiB.
pub const VALUE_BYTES_MAX: usize = 4 << 20;

/// What the state after a final block holds under a key, and why that is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The block.
    pub certified: Certified,
    /// The encoding of what is there; `None`: nothing is.
    pub value: Option<Vec<u8>>,
    /// What leads from the header's state root to the key.
    pub proof: Proof,
}

/// Why an answer shows nothing; the first rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerRejection {
    /// Rule 1: the header is final on this chain.
    #[error("the header is not final")]
    Header(#[source] header::Rejection),
    /// Rule 2: the proof leads from its state root to the answer.
    #[error("the state does not say so")]
    State(#[source] Rejection),
}

impl Answer {
    /// Checks the answer to a question about `key`, and returns the header of which it is true.
    ///
    /// # Closing the protocol
    ///
    /// `succession` MUST know the validators of the header's epoch. It was true after that block. How old the block is, the caller MUST judge: nothing here shows that there is no
    /// later one.
    pub fn verify(
        &self,
        succession: &Succession,
        kind: Kind,
        key: &[u8],
    ) -> Result<&Header, AnswerRejection> {
        let Self { certified, value, proof } = self;
        succession.verify(certified).map_err(AnswerRejection::Header)?;
        super::verify(&certified.header.state_root, kind, key, value.as_deref(), proof)
            .map_err(AnswerRejection::State)?;
        Ok(&certified.header)
    }
}

impl Encode for Answer {
    fn encode(&self, out: &mut Vec<u8>) {
        self.certified.encode(out);
        self.value.is_some().encode(out);
        if let Some(value) = &self.value {
            put_bytes(out, value);
        }
        self.proof.encode(out);
    }
}

impl Decode for Answer {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            certified: Certified::decode(from)?,
            value: bool::decode(from)?.then(|| from.bytes(VALUE_BYTES_MAX)).transpose()?,
            proof: Proof::decode(from)?,
        })
    }
}
