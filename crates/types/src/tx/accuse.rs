//! Showing that a validator has voted twice.

use super::typed::{Head, Typed, contents};
use crate::DoubleVote;

/// Show two votes that convict a validator. It loses its stake, of which the sender gets a small part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuse {
    /// Both votes.
    pub evidence: DoubleVote,
}

assay_codec::record!(Accuse { evidence });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Accuse {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            string guilty;
            uint64 epoch;
            uint64 view;
            bytes32 contents;
        }
    }
}

impl Typed for Accuse {
    type Message = message::Accuse;

    fn message(&self, head: Head) -> Self::Message {
        message::Accuse {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            guilty: self.evidence.guilty.to_string(),
            epoch: self.evidence.round.epoch,
            view: self.evidence.round.view,
            contents: contents(self),
        }
    }
}
