//! Revealing the key of a delivery.

use super::typed::{Head, Typed, digest, field};
use crate::{FieldDigest, JobId};

/// Reveal the key: the buyer can decrypt, nobody else, and the sale is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevealKey {
    /// The job.
    pub job: JobId,
    /// The preimage of the announced hash.
    pub key: FieldDigest,
}

assay_codec::record!(RevealKey { job, key });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct RevealKey {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
            bytes32 key;
        }
    }
}

impl Typed for RevealKey {
    type Message = message::RevealKey;

    fn message(&self, head: Head) -> Self::Message {
        message::RevealKey {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
            key: field(&self.key),
        }
    }
}
