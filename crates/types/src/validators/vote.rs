//! The bytes that a single validator signs when it votes.
//!
//! | part | bytes |
//! |---|---|
//! | length of the namespace | varint (1) |
//! | namespace | `assay/consensus/1`, the genesis' digest (32), `_NOTARIZE`, `_FINALIZE` or `_NULLIFY` |
//! | epoch | varint (1 to 10) |
//! | view | varint (1 to 10) |
//! | view of the proposal's parent; not if the view is nullified | varint (1 to 10) |
//! | payload, the header's digest; not if the view is nullified | 32 |
//!
//! Varints carry seven bits a byte, the lowest first.

use super::bls::{put_varint, under};
use super::namespace;
use assay_codec::Digest;

/// When a vote is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// The epoch: a time in which the set of validators stays as it is.
    pub epoch: u64,
    /// The view, from 1 in each epoch.
    pub view: u64,
}

/// What is voted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proposed {
    /// The view of its parent.
    pub parent_view: u64,
    /// The digest of its header.
    pub payload: Digest,
}

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// That the proposal is valid, and the only one of its view that this validator votes for.
    Notarize(Proposed),
    /// That the view shall have no block.
    Nullify,
    /// That the proposal is final; not from a validator that has nullified the view.
    Finalize(Proposed),
}

impl Vote {
    /// Returns the bytes that are signed under [`VOTE_DST`](super::VOTE_DST), on the chain that began with `genesis`.
    pub fn message(&self, genesis: &Digest, round: Round) -> Vec<u8> {
        let (suffix, proposed): (&[u8], _) = match self {
            Self::Notarize(proposed) => (b"_NOTARIZE", Some(proposed)),
            Self::Nullify => (b"_NULLIFY", None),
            Self::Finalize(proposed) => (b"_FINALIZE", Some(proposed)),
        };
        let mut message = Vec::new();
        put_varint(&mut message, round.epoch);
        put_varint(&mut message, round.view);
        if let Some(proposed) = proposed {
            put_varint(&mut message, proposed.parent_view);
            message.extend_from_slice(&proposed.payload.0);
        }
        under(&[&namespace(genesis), suffix].concat(), &message)
    }
}
