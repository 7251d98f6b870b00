//! Taking stake back.

use super::typed::{Head, Typed, amount};
use crate::Amount;

/// Take money back from stake. It is free after a while, and can be lost until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbond {
    /// How much.
    pub amount: Amount,
}

assay_codec::record!(Unbond { amount });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Unbond {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            uint256 amount;
        }
    }
}

impl Typed for Unbond {
    type Message = message::Unbond;

    fn message(&self, head: Head) -> Self::Message {
        message::Unbond {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            amount: amount(self.amount),
        }
    }
}
