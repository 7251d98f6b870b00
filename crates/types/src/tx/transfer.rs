//! Paying somebody.

use super::typed::{Head, Typed, amount};
use crate::{Address, Amount};

/// Pay somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who is paid.
    pub to: Address,
    /// How much.
    pub amount: Amount,
}

assay_codec::record!(Transfer { to, amount });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Transfer {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            address to;
            uint256 amount;
        }
    }
}

impl Typed for Transfer {
    type Message = message::Transfer;

    fn message(&self, head: Head) -> Self::Message {
        message::Transfer {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            to: self.to.0.into(),
            amount: amount(self.amount),
        }
    }
}
