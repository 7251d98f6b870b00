//! Taking a listing off the market.

use super::typed::{Head, Typed, digest};
use crate::DatasetId;

/// Take no more jobs. Open ones go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delist {
    /// The listing.
    pub dataset: DatasetId,
}

assay_codec::record!(Delist { dataset });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Delist {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 dataset;
        }
    }
}

impl Typed for Delist {
    type Message = message::Delist;

    fn message(&self, head: Head) -> Self::Message {
        message::Delist {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            dataset: digest(self.dataset.0),
        }
    }
}
