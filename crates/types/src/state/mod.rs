//! What a header's state root is made of, and proofs of what the state holds.
//!
//! ```text
//! head       = H("assay/state/head/1", the scalars of the state)
//! state root = H("assay/state/2", head ‖ the root of each kind's map but that of stakes), if nothing is at stake
//!            = H("assay/state/3", head ‖ the root of each kind's map), otherwise
//! ```
//!
//! Each [`Kind`] of entry has a [`map`] of its own. A [`Proof`] carries all their roots and the way from
//! one of them to the key, so it shows of every account, listing or job what the validators have agreed on, or
//! that there is none.

mod answer;
mod verify;

pub use answer::{Answer, AnswerRejection, VALUE_BYTES_MAX};
pub use verify::{Rejection, verify, verify_head};

use crate::map;
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use std::fmt;

/// What the state holds of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Accounts, by address.
    Account,
    /// Listings, by name.
    Listing,
    /// Jobs, also those that have ended, by name.
    Job,
    /// When a buyer first opened the rows of a table, by digest of the table and address.
    Opening,
    /// Commitments to test sets that were opened, by address of the buyer and commitment.
    Spent,
    /// How long the log of a topic is, and its running hash, by topic.
    Tip,
    /// What validators have at stake, by the address of the account behind them.
    Stake,
}

impl Kind {
    /// All of them, in the order of their roots.
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::Listing,
        Self::Job,
        Self::Opening,
        Self::Spent,
        Self::Tip,
        Self::Stake,
    ];

    /// Its name, as in paths of the interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Listing => "listing",
            Self::Job => "job",
            Self::Opening => "opening",
            Self::Spent => "spent",
            Self::Tip => "tip",
            Self::Stake => "stake",
        }
    }

    /// Returns the kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its number, from 0.
    pub fn number(self) -> u8 {
        match self {
            Self::Account => 0,
            Self::Listing => 1,
            Self::Job => 2,
            Self::Opening => 3,
            Self::Spent => 4,
            Self::Tip => 5,
            Self::Stake => 6,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Encode for Kind {
    fn encode(&self, out: &mut Vec<u8>) {
        self.number().encode(out);
    }
}

impl Decode for Kind {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let got = u8::decode(from)?;
        let kind = Self::ALL.into_iter().find(|kind| kind.number() == got);
        kind.ok_or(Error::Tag { what: "kind of entry", got })
    }
}

/// What the state root is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Digest of the scalars.
    pub head: Digest,
    /// The roots of the maps, in the order of [`Kind::ALL`].
    pub maps: [Digest; Kind::ALL.len()],
}

impl Roots {
    /// The state root.
    ///
    /// There were states before there were stakes: where nothing is at stake, their root is left out.
    pub fn root(&self) -> Digest {
        let [rest @ .., stakes] = &self.maps;
        if *stakes != map::root(0, None) {
            return Digest::of("assay/state/3", self);
        }
        let mut bytes = self.head.0.to_vec();
        rest.iter().for_each(|root| bytes.extend_from_slice(&root.0));
        Digest::of_bytes("assay/state/2", &bytes)
    }
}

impl Encode for Roots {
    fn encode(&self, out: &mut Vec<u8>) {
        self.head.encode(out);
        self.maps.iter().for_each(|root| root.encode(out));
    }
}

impl Decode for Roots {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let mut roots = Self { head: Digest::decode(from)?, maps: Default::default() };
        for root in &mut roots.maps {
            *root = Digest::decode(from)?;
        }
        Ok(roots)
    }
}

/// Returns the digest of the scalars, from their encoding.
pub fn head(bytes: &[u8]) -> Digest {
    Digest::of_bytes("assay/state/head/1", bytes)
}

/// What leads from a state root to the place of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What the state root is made of.
    pub roots: Roots,
    /// The way through the map of the kind.
    pub path: map::Proof,
}

assay_codec::record!(Proof { roots, path });
