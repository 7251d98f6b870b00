//! Who, what and when.

use crate::FieldDigest;
use assay_codec::{Digest, to_hex};
use std::fmt;

/// An account: the last 20 bytes of the Keccak hash of a secp256k1 public key, as in Ethereum.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The number of a block; the genesis is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Height(u64);

impl Height {
    /// The height of block `number`.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the block number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the height `blocks` later, or `None` on overflow.
    pub fn checked_add(self, blocks: u64) -> Option<Self> {
        self.0.checked_add(blocks).map(Self)
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A listing, across its versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetId(pub Digest);

/// A job: `H(buyer, nonce)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub Digest);

impl DatasetId {
    /// Names the listing that `owner` publishes with transaction `nonce`.
    pub fn of(owner: Address, nonce: u64) -> Self {
        Self(Digest::of("assay/dataset/1", &Origin { from: owner, nonce }))
    }
}

impl JobId {
    /// Names the job that `buyer` opens with transaction `nonce`.
    pub fn of(buyer: Address, nonce: u64) -> Self {
        Self(Digest::of("assay/job/1", &Origin { from: buyer, nonce }))
    }
}

/// A nonce is used once, so a name made of it is too.
struct Origin {
    from: Address,
    nonce: u64,
}

assay_codec::record!(Origin { from, nonce });

/// Salted Poseidon2 hash of a model's packed parameters, separated by its architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelCommitment(pub FieldDigest);

/// Hash of everything that a proof asserts, and of its context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementDigest(pub Digest);

assay_codec::transparent!(Address, Height, DatasetId, JobId, ModelCommitment, StatementDigest);

macro_rules! displayed {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
displayed!(DatasetId, JobId, ModelCommitment, StatementDigest);
