//! Proving that the model reaches the threshold, and delivering it encrypted.

use super::typed::{Head, Typed, contents, digest};
use crate::statement::{Accuracy, Delivery};
use crate::{BlobId, JobId};

/// Prove the score, and that the ciphertext holds the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitPass {
    /// The job.
    pub job: JobId,
    /// The statement about the score.
    pub accuracy: Accuracy,
    /// Its proof.
    pub accuracy_proof: BlobId,
    /// The statement about the ciphertext; announces the hash of the key.
    pub delivery: Delivery,
    /// Its proof.
    pub delivery_proof: BlobId,
    /// The ciphertext.
    pub ciphertext: BlobId,
}

assay_codec::record!(SubmitPass {
    job,
    accuracy,
    accuracy_proof,
    delivery,
    delivery_proof,
    ciphertext
});

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct SubmitPass {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
            bytes32 accuracy;
            bytes32 accuracyProof;
            bytes32 delivery;
            bytes32 deliveryProof;
            bytes32 ciphertext;
            bytes32 contents;
        }
    }
}

impl Typed for SubmitPass {
    type Message = message::SubmitPass;

    fn message(&self, head: Head) -> Self::Message {
        message::SubmitPass {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
            accuracy: digest(self.accuracy.digest().0),
            accuracyProof: digest(self.accuracy_proof.0),
            delivery: digest(self.delivery.digest().0),
            deliveryProof: digest(self.delivery_proof.0),
            ciphertext: digest(self.ciphertext.0),
            contents: contents(self),
        }
    }
}
