//! Proving that the model does not reach the threshold.

use super::typed::{Head, Typed, contents, digest};
use crate::statement::Accuracy;
use crate::{BlobId, JobId};

/// Prove a miss; the owner earns the evaluation fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProveMiss {
    /// The job.
    pub job: JobId,
    /// The statement.
    pub accuracy: Accuracy,
    /// Its proof.
    pub proof: BlobId,
}

assay_codec::record!(ProveMiss { job, accuracy, proof });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct ProveMiss {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
            bytes32 accuracy;
            bytes32 proof;
            bytes32 contents;
        }
    }
}

impl Typed for ProveMiss {
    type Message = message::ProveMiss;

    fn message(&self, head: Head) -> Self::Message {
        message::ProveMiss {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
            accuracy: digest(self.accuracy.digest().0),
            proof: digest(self.proof.0),
            contents: contents(self),
        }
    }
}
