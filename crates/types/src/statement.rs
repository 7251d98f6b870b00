//! What proofs assert. The verifier knows nothing but the statement, the public data it names, and the
//! proof; everything else is derived.

mod best;
mod figure;
mod inference;
mod parts;
mod regression;

pub use best::{Count, TopScore};
pub use figure::{ClassScore, Figure};
pub use inference::{Answered, Estimate, Inference, Part};
pub use parts::{PARTS_MAX, Parted};
pub use regression::{ErrorMetric, ErrorScore, Regression};

use crate::{Address, FieldDigest, Height, JobId, ModelCommitment, StatementDigest};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_model::{Architecture, Schema};

/// Who may see a part of the computation. Bound into every statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Everybody.
    Public,
    /// Nobody but its holder; a long-lived commitment to it is opened inside the proof.
    Committed,
    /// Nobody but its holder, and nothing outside this proof refers to it.
    Hidden,
}

impl Encode for Privacy {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Public => 0,
            Self::Committed => 1,
            Self::Hidden => 2,
        });
    }
}

impl Decode for Privacy {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Public),
            1 => Ok(Self::Committed),
            2 => Ok(Self::Hidden),
            got => Err(Error::Tag { what: "privacy", got }),
        }
    }
}

/// The privacy of each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// The rows that the model reads.
    pub input: Privacy,
    /// The parameters of the model.
    pub weights: Privacy,
    /// The single answers.
    pub output: Privacy,
}

assay_codec::record!(Modes { input, weights, output });

impl Modes {
    /// A committed model, scored on rows that everybody sees.
    pub const SCORED: Self =
        Self { input: Privacy::Public, weights: Privacy::Committed, output: Privacy::Hidden };
}

/// Where a proof counts, so that it cannot be replayed elsewhere or by somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// EIP-155 number of the chain; 0 outside a market.
    pub chain: u64,
    /// Digest of the chain's genesis; zero outside a market.
    pub genesis: Digest,
    /// The job; zero outside a market.
    pub job: JobId,
    /// Who proves; zero if nobody in particular.
    pub prover: Address,
    /// Whom it is proven to; zero if everybody.
    pub recipient: Address,
    /// Last height at which the proof may be used; zero outside a market.
    pub deadline: Height,
}

assay_codec::record!(Context { chain, genesis, job, prover, recipient, deadline });

/// How well a model answers: how many rows correctly, or how it does for one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// This many or more; the exact number stays hidden.
    AtLeast(u32),
    /// Fewer than this; the exact number stays hidden.
    Fewer(u32),
    /// Exactly this many.
    Exactly(u32),
    /// Precision, recall or F1 of one class.
    Class(ClassScore),
    /// How many rows have their label among the best answers.
    Top(TopScore),
}

impl Encode for Score {
    fn encode(&self, out: &mut Vec<u8>) {
        let (tag, count) = match *self {
            Self::AtLeast(count) => (0_u8, count),
            Self::Fewer(count) => (1, count),
            Self::Exactly(count) => (2, count),
            Self::Class(score) => {
                3_u8.encode(out);
                return score.encode(out);
            }
            Self::Top(score) => {
                4_u8.encode(out);
                return score.encode(out);
            }
        };
        tag.encode(out);
        count.encode(out);
    }
}

impl Decode for Score {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => u32::decode(from).map(Self::AtLeast),
            1 => u32::decode(from).map(Self::Fewer),
            2 => u32::decode(from).map(Self::Exactly),
            3 => ClassScore::decode(from).map(Self::Class),
            4 => TopScore::decode(from).map(Self::Top),
            got => Err(Error::Tag { what: "score", got }),
        }
    }
}

/// The model behind `model` has this score on the rows behind `data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// Where the proof counts.
    pub context: Context,
    /// What is hidden.
    pub modes: Modes,
    /// Shape and declared bounds of the model.
    pub architecture: Architecture,
    /// Names of the columns and classes of the rows.
    pub schema: Schema,
    /// The committed model.
    pub model: ModelCommitment,
    /// Digest of the public rows ([`assay_model::Table::digest`]).
    pub data: Digest,
    /// Number of rows, at least 1.
    pub rows: u32,
    /// What is asserted about them.
    pub score: Score,
}

assay_codec::record!(Accuracy { context, modes, architecture, schema, model, data, rows, score });

/// `ciphertext` decrypts, under the key behind `key_hash` and the secret behind `secret_hash`, to the
/// parameters and the salt of the model behind `model`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Where the proof counts.
    pub context: Context,
    /// Shape and declared bounds of the model.
    pub architecture: Architecture,
    /// The committed model.
    pub model: ModelCommitment,
    /// Poseidon2 hash of the seller's key, which is published later.
    pub key_hash: FieldDigest,
    /// Poseidon2 hash of the buyer's secret and the job.
    pub secret_hash: FieldDigest,
    /// Blake3 digest of the ciphertext's bytes.
    pub ciphertext: Digest,
}

assay_codec::record!(Delivery { context, architecture, model, key_hash, secret_hash, ciphertext });

impl Accuracy {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/accuracy/1", self))
    }
}

impl Delivery {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/delivery/1", self))
    }
}
