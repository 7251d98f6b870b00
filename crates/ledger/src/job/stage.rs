//! How far a job has come, and what became known on the way.

use super::Ending;
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_types::Architecture;
use assay_types::statement::Score;
use assay_types::{BlobId, FieldDigest, Height, ModelCommitment, StatementDigest};
use std::fmt;

/// The model, from `CommitModel` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its commitment.
    pub commitment: ModelCommitment,
    /// Its shape and declared bounds.
    pub architecture: Architecture,
    /// When it was fixed.
    pub height: Height,
}

assay_codec::record!(Model { commitment, architecture, height });

/// The test set, from `OpenTest` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// Digest of the rows; their commitment, if they stay hidden.
    pub table: Digest,
    /// Their bytes, or the encryption of those to the owner.
    pub blob: BlobId,
    /// Whether they had not been opened on this ledger when the model was fixed. Of rows that stay hidden
    /// nobody can tell.
    pub fresh: bool,
}

assay_codec::record!(Test { table, blob, fresh });

/// What is proven, from `SubmitPass` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What was asserted about the score.
    pub score: Score,
    /// The statement about it.
    pub accuracy: StatementDigest,
    /// Its proof.
    pub accuracy_proof: BlobId,
    /// The statement about the ciphertext.
    pub delivery: StatementDigest,
    /// Its proof.
    pub delivery_proof: BlobId,
    /// The ciphertext.
    pub ciphertext: BlobId,
    /// Hash of the key to be revealed.
    pub key_hash: FieldDigest,
}

assay_codec::record!(Proven {
    score,
    accuracy,
    accuracy_proof,
    delivery,
    delivery_proof,
    ciphertext,
    key_hash,
});

/// How far a job has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "the large stage is the one that a job ends up in")]
pub enum Stage {
    /// The owner may train.
    Opened,
    /// The model is fixed; the buyer must show the test set.
    Committed(Model),
    /// The test set is shown; the owner must prove.
    Testing(Model, Test),
    /// The score is proven and the model delivered; the owner must reveal the key.
    Proven(Model, Test, Proven),
    /// Nothing will happen any more.
    Ended(Ending),
}

/// The name of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageName {
    /// [`Stage::Opened`].
    Opened,
    /// [`Stage::Committed`].
    Committed,
    /// [`Stage::Testing`].
    Testing,
    /// [`Stage::Proven`].
    Proven,
    /// [`Stage::Ended`].
    Ended(Ending),
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened => f.write_str("opened"),
            Self::Committed => f.write_str("committed"),
            Self::Testing => f.write_str("testing"),
            Self::Proven => f.write_str("proven"),
            Self::Ended(ending) => ending.fmt(f),
        }
    }
}

impl Stage {
    /// Its name.
    pub fn name(&self) -> StageName {
        match self {
            Self::Opened => StageName::Opened,
            Self::Committed(_) => StageName::Committed,
            Self::Testing(..) => StageName::Testing,
            Self::Proven(..) => StageName::Proven,
            Self::Ended(ending) => StageName::Ended(*ending),
        }
    }
}

impl Encode for Stage {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Opened => 0_u8.encode(out),
            Self::Committed(model) => {
                1_u8.encode(out);
                model.encode(out);
            }
            Self::Testing(model, test) => {
                2_u8.encode(out);
                model.encode(out);
                test.encode(out);
            }
            Self::Proven(model, test, proven) => {
                3_u8.encode(out);
                model.encode(out);
                test.encode(out);
                proven.encode(out);
            }
            Self::Ended(ending) => {
                4_u8.encode(out);
                ending.encode(out);
            }
        }
    }
}

impl Decode for Stage {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::decode(from)? {
            0 => Self::Opened,
            1 => Self::Committed(Model::decode(from)?),
            2 => Self::Testing(Model::decode(from)?, Test::decode(from)?),
            3 => Self::Proven(Model::decode(from)?, Test::decode(from)?, Proven::decode(from)?),
            4 => Self::Ended(Ending::decode(from)?),
            got => return Err(Error::Tag { what: "stage", got }),
        })
    }
}
