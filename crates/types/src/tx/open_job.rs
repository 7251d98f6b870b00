//! Asking for a model.

use super::typed::{Head, Typed, amount, contents, digest, field};
use crate::bounded::Bytes;
use crate::statement::Privacy;
use crate::{
    Algorithm, Amount, DatasetId, Disclosure, FieldDigest, Metric, TestCommitment, Threshold,
};
use assay_codec::{Decode, Encode, Error, Reader};

/// Most bytes of a sealed secret.
pub const SEALED_BYTES_MAX: usize = 1024;

/// Ask for a model and pay in advance. Its name is [`JobId::of`](crate::JobId::of) sender and nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenJob {
    /// The listing.
    pub dataset: DatasetId,
    /// The version of it that the buyer has read.
    pub version: u32,
    /// What is trained, within the listing's limits.
    pub algorithm: Algorithm,
    /// The test set, still hidden.
    pub test: TestCommitment,
    /// How many rows it has.
    pub rows: u32,
    /// What is counted.
    pub metric: Metric,
    /// The part of the rows that must be answered correctly.
    pub threshold: Threshold,
    /// Whether everybody will see the test set.
    pub test_privacy: Privacy,
    /// How much of the score is shown.
    pub disclosure: Disclosure,
    /// Poseidon2 hash of the buyer's secret and the job.
    pub secret_hash: FieldDigest,
    /// The secret, sealed to the listing's encryption key by HPKE.
    pub sealed_secret: Bytes<SEALED_BYTES_MAX>,
    /// The most that the buyer pays, the evaluation fee not counted.
    pub max_price: Amount,
    /// Blocks that the owner has for training.
    pub commit_window: u64,
}

assay_codec::record!(OpenJob {
    dataset,
    version,
    algorithm,
    test,
    rows,
    metric,
    threshold,
    test_privacy,
    disclosure,
    secret_hash,
    sealed_secret,
    max_price,
    commit_window
});

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct OpenJob {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 dataset;
            uint32 version;
            string algorithm;
            bytes32 test;
            uint32 rows;
            string threshold;
            uint256 maxPrice;
            uint64 commitWindow;
            bytes32 secretHash;
            bytes32 contents;
        }
    }
}

impl Typed for OpenJob {
    type Message = message::OpenJob;

    fn message(&self, head: Head) -> Self::Message {
        message::OpenJob {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            dataset: digest(self.dataset.0),
            version: self.version,
            algorithm: self.algorithm.to_string(),
            test: digest(self.test.0),
            rows: self.rows,
            threshold: self.threshold.to_string(),
            maxPrice: amount(self.max_price),
            commitWindow: self.commit_window,
            secretHash: field(&self.secret_hash),
            contents: contents(self),
        }
    }
}

impl Encode for Box<OpenJob> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_ref().encode(out);
    }
}

impl Decode for Box<OpenJob> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        OpenJob::decode(from).map(Self::new)
    }
}
