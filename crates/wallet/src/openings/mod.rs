//! What opens commitments and ciphertexts: salts, keys, secrets, models.
//!
//! [`Openings`] is an append-only encrypted file. A name is written once; writing the same value again
//! does nothing and another value is refused, because what a commitment opens to does not change. `put`
//! returns when the value is on the disk.
//!
//! # Form of the file
//!
//! ```text
//! magic (8) | file id (16) | frame*
//! frame = length of body (4) | nonce (24) | check (32) | body
//! ```
//!
//! `check` authenticates the head of the frame and all frames before it; the body is XChaCha20-Poly1305
//! of name and value, with the same running hash as associated data. Frames cannot be changed, reordered,
//! left out or moved between files. A frame that was being written when the machine stopped is cut
//! off when the file is opened ([`Openings::torn_bytes`]); it had never been acknowledged.
//!
//! *Not covered:* who can write the file can put back an older copy of it, or cut it at the border of a
//! frame. Only a backup elsewhere helps against that.

pub(crate) mod backup;
mod log;
#[cfg(test)]
mod tests;

use crate::files::Error as FileError;
use assay_codec::{Decode, Digest, Encode, Error as CodecError, Reader};
use std::fmt;
use zeroize::Zeroizing;

pub use backup::Error as BackupError;
pub use log::Openings;

/// Longest value.
pub const VALUE_BYTES_MAX: usize = 64 << 20;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// The salt of a model's commitment, by the commitment.
    ModelSalt,
    /// The model itself, by its commitment.
    Model,
    /// The seller's key of a delivery, by the job.
    DeliveryKey,
    /// The buyer's secret, by the job.
    BuyerSecret,
    /// The salt of a test set's commitment, by the job.
    TestSalt,
    /// The salt of a listed data set's commitment, by the commitment or listing.
    DataSalt,
    /// The salt of a test set that stays hidden, by the job. Unlike [`Kind::TestSalt`] it is never shown.
    RowsSalt,
}

impl Encode for Kind {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::ModelSalt => 0,
            Self::Model => 1,
            Self::DeliveryKey => 2,
            Self::BuyerSecret => 3,
            Self::TestSalt => 4,
            Self::DataSalt => 5,
            Self::RowsSalt => 6,
        });
    }
}

impl Decode for Kind {
    fn decode(from: &mut Reader<'_>) -> Result<Self, CodecError> {
        match u8::decode(from)? {
            0 => Ok(Self::ModelSalt),
            1 => Ok(Self::Model),
            2 => Ok(Self::DeliveryKey),
            3 => Ok(Self::BuyerSecret),
            4 => Ok(Self::TestSalt),
            5 => Ok(Self::DataSalt),
            6 => Ok(Self::RowsSalt),
            got => Err(CodecError::Tag { what: "kind of opening", got }),
        }
    }
}

/// Names a secret: what it is, and the job or commitment that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// What it is.
    pub kind: Kind,
    /// The 32 bytes of a commitment, or of a job or a listing and its chain.
    pub of: Digest,
}

assay_codec::record!(Name { kind, of });

impl Name {
    /// Names the secret of `kind` that belongs to `id`: anything whose encoding has 32 bytes is its own
    /// name, anything else is named by its hash.
    pub fn new(kind: Kind, id: &impl Encode) -> Self {
        let bytes = assay_codec::to_bytes(id);
        let of = <[u8; 32]>::try_from(bytes.as_slice())
            .map_or_else(|_| Digest::of_bytes("assay/openings/name/1", &bytes), Digest);
        Self { kind, of }
    }

    /// Names the secret of `kind` that belongs to a job or a listing on the chain of `genesis`. Jobs of two
    /// chains may have one name, and a wallet may be used on both: what is shown on one is no secret on the
    /// other, and a key that serves twice hides nothing.
    pub fn on_chain(kind: Kind, genesis: &Digest, id: &impl Encode) -> Self {
        let mut bytes = assay_codec::to_bytes(genesis);
        id.encode(&mut bytes);
        Self { kind, of: Digest::of_bytes("assay/openings/name/on-chain/1", &bytes) }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {}", self.kind, self.of)
    }
}

/// A value that is wiped when dropped and not shown.
#[derive(Clone, PartialEq, Eq)]
struct Secret(Zeroizing<Vec<u8>>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} secret bytes]", self.0.len())
    }
}

/// Why an opening cannot be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a file of openings.
    #[error("not a file of openings")]
    Magic,
    /// A record was changed, or belongs to another wallet.
    #[error("record {record} of the openings was changed, or belongs to another wallet")]
    Damaged {
        /// The number of the record in the file, from 0.
        record: usize,
    },
    /// The name has another value already.
    #[error("{0} is known with another value")]
    Conflict(Name),
    /// The value is too long.
    #[error("an opening has at most {VALUE_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// The file would become too large.
    #[error("the file of openings is full")]
    Full,
    /// An earlier write failed half-way; the file has to be opened again.
    #[error("an earlier write failed, open the wallet again")]
    Poisoned,
    /// A kept value does not have the form that is asked for.
    #[error("{name} does not have the expected form")]
    Form {
        /// The value's name.
        name: Name,
        /// What is wrong with it.
        source: CodecError,
    },
}
