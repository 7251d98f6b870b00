//! Refusing a job.

use super::typed::{Head, Typed, digest};
use crate::JobId;

/// Refuse an opened job; the buyer gets everything back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The job.
    pub job: JobId,
}

assay_codec::record!(Decline { job });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Decline {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
        }
    }
}

impl Typed for Decline {
    type Message = message::Decline;

    fn message(&self, head: Head) -> Self::Message {
        message::Decline {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
        }
    }
}
