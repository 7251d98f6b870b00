//! Giving up after the test set is open.

use super::typed::{Head, Typed, digest};
use crate::JobId;

/// Give up; the buyer gets everything back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concede {
    /// The job.
    pub job: JobId,
}

assay_codec::record!(Concede { job });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Concede {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
        }
    }
}

impl Typed for Concede {
    type Message = message::Concede;

    fn message(&self, head: Head) -> Self::Message {
        message::Concede {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
        }
    }
}
