//! What people ask of the ledger. One file per action, with its fields and what a wallet shows of them.
//!
//! A transaction is signed as EIP-712 typed data. The domain is `{ name: "Assay", version: "1", chainId,
//! salt: digest of the genesis }`; the message is the action under its own name, led by `from`, `nonce`,
//! `validUntil` and `maxFee`. What is too large or too structured for a wallet's window is shown as a
//! sentence and bound by `contents`, the digest of the action's canonical encoding: no two transactions
//! share a signing digest.

mod accuse;
mod bond;
mod commit_model;
mod concede;
mod decline;
mod delist;
mod open_job;
mod open_test;
mod prove_miss;
mod publish_dataset;
mod reveal_key;
mod submit_pass;
mod transfer;
mod typed;
mod unbond;
mod update_listing;
mod withdraw;

pub use accuse::Accuse;
pub use bond::Bond;
pub use commit_model::CommitModel;
pub use concede::Concede;
pub use decline::Decline;
pub use delist::Delist;
pub use open_job::{OpenJob, SEALED_BYTES_MAX};
pub use open_test::OpenTest;
pub use prove_miss::ProveMiss;
pub use publish_dataset::PublishDataset;
pub use reveal_key::RevealKey;
pub use submit_pass::SubmitPass;
pub use transfer::Transfer;
pub use typed::{TypedData, TypedField};
pub use unbond::Unbond;
pub use update_listing::UpdateListing;
pub use withdraw::Withdraw;

use crate::{Address, Amount, BlobId, Height, Signature};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use typed::{Head, Signed};

/// Most bytes of a signed transaction; a schema with the longest names fits.
pub const TX_BYTES_MAX: usize = 1 << 20;

/// An action, and who asks for it, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tx {
    /// EIP-155 number of the chain.
    pub chain: u64,
    /// Who signs and pays the fee.
    pub from: Address,
    /// Number of the sender's transactions before this one.
    pub nonce: u64,
    /// Last height at which it may be executed.
    pub valid_until: Height,
    /// The most that the sender pays for the execution.
    pub max_fee: Amount,
    /// What is asked.
    pub action: Action,
}

assay_codec::record!(Tx { chain, from, nonce, valid_until, max_fee, action });

impl Tx {
    /// Returns what the sender signs on the chain that began with `genesis`.
    pub fn signing_digest(&self, genesis: &Digest) -> [u8; 32] {
        let domain = typed::domain(self.chain, genesis);
        self.action.signed().signing_hash(Head::new(self), &domain).0
    }

    /// Returns what the sender is shown before it signs [`Tx::signing_digest`].
    pub fn typed_data(&self, genesis: &Digest) -> TypedData {
        TypedData {
            chain: self.chain,
            salt: *genesis,
            primary_type: self.action.name(),
            fields: self.action.signed().fields(Head::new(self)),
        }
    }
}

/// A transaction with the signature that a wallet made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTx {
    /// The transaction.
    pub tx: Tx,
    /// The sender's signature over [`Tx::signing_digest`].
    pub signature: Signature,
}

assay_codec::record!(SignedTx { tx, signature });

impl SignedTx {
    /// Reads a transaction of at most [`TX_BYTES_MAX`] bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if TX_BYTES_MAX < bytes.len() {
            let (limit, got) = (TX_BYTES_MAX, bytes.len());
            return Err(Error::TooLong { what: "transaction", limit, got });
        }
        assay_codec::from_bytes(bytes)
    }

    /// Names this transaction, signature included.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/tx/1", self)
    }
}

/// What is asked. Large ones are boxed: most are small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Pay somebody.
    Transfer(Transfer),
    /// Offer a data set.
    PublishDataset(Box<PublishDataset>),
    /// Replace the content of a listing.
    UpdateListing(Box<UpdateListing>),
    /// Take no more jobs.
    Delist(Delist),
    /// Ask for a model.
    OpenJob(Box<OpenJob>),
    /// Refuse a job.
    Decline(Decline),
    /// Fix the model.
    CommitModel(CommitModel),
    /// Show the test set.
    OpenTest(OpenTest),
    /// Give up.
    Concede(Concede),
    /// Prove that the model does not reach the threshold.
    ProveMiss(Box<ProveMiss>),
    /// Prove that it does, and deliver it encrypted.
    SubmitPass(Box<SubmitPass>),
    /// Reveal the key of the delivery.
    RevealKey(RevealKey),
    /// Put money at stake.
    Bond(Box<Bond>),
    /// Take it back.
    Unbond(Unbond),
    /// Fetch what is free.
    Withdraw(Withdraw),
    /// Convict a validator.
    Accuse(Box<Accuse>),
}

impl Action {
    /// Returns the blobs that must travel with the action.
    pub fn blobs(&self) -> Vec<BlobId> {
        match self {
            Self::OpenTest(action) => vec![action.table],
            Self::ProveMiss(action) => vec![action.proof],
            Self::SubmitPass(action) => {
                vec![action.accuracy_proof, action.delivery_proof, action.ciphertext]
            }
            _ => Vec::new(),
        }
    }

    /// Returns how many proofs must be verified for the action.
    pub fn proofs(&self) -> u32 {
        match self {
            Self::ProveMiss(_) => 1,
            Self::SubmitPass(_) => 2,
            Self::Bond(action) if action.registration.is_some() => 1,
            Self::Accuse(_) => 1,
            _ => 0,
        }
    }
}

macro_rules! tagged {
    (@inner $action:ident) => { $action };
    (@inner $action:ident Box) => { $action.as_ref() };
    ($($tag:literal $name:ident $(as $boxed:ident)?,)*) => {
        impl Encode for Action {
            fn encode(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$name(action) => {
                        let tag: u8 = $tag;
                        tag.encode(out);
                        action.encode(out);
                    })*
                }
            }
        }

        impl Decode for Action {
            fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
                match u8::decode(from)? {
                    $($tag => $name::decode(from)$(.map($boxed::new))?.map(Self::$name),)*
                    got => Err(Error::Tag { what: "action", got }),
                }
            }
        }

        impl Action {
            /// Its name, which is that of its typed data.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            fn signed(&self) -> &dyn Signed {
                match self {
                    $(Self::$name(action) => tagged!(@inner action $($boxed)?),)*
                }
            }
        }

        // So that one line makes an action of its fields.
        $(impl From<$name> for Action {
            fn from(action: $name) -> Self {
                Self::$name($($boxed::new)?(action))
            }
        })*
    };
}

// Tags are part of the wire format: append, never renumber.
tagged! {
    0 Transfer,
    1 PublishDataset as Box,
    2 UpdateListing as Box,
    3 Delist,
    4 OpenJob as Box,
    5 Decline,
    6 CommitModel,
    7 OpenTest,
    8 Concede,
    9 ProveMiss as Box,
    10 SubmitPass as Box,
    11 RevealKey,
    12 Bond as Box,
    13 Unbond,
    14 Withdraw,
    15 Accuse as Box,
}
