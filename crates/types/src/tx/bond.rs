//! Putting money at stake.

use super::typed::{Head, Typed, amount, contents};
use crate::Amount;
use crate::stake::Registration;
use assay_codec::to_hex;

/// Put money at stake, as a validator that is known, or as one that becomes known by this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bond {
    /// How much is added.
    pub amount: Amount,
    /// Who the validator is; of one that is known, where it has moved.
    pub registration: Option<Registration>,
}

assay_codec::record!(Bond { amount, registration });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Bond {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            uint256 amount;
            string validator;
            bytes32 contents;
        }
    }
}

impl Typed for Bond {
    type Message = message::Bond;

    fn message(&self, head: Head) -> Self::Message {
        let validator = self.registration.as_ref().map(|registration| {
            format!("{} at {}", to_hex(&registration.network), registration.endpoint)
        });
        message::Bond {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            amount: amount(self.amount),
            validator: validator.unwrap_or_default(),
            contents: contents(self),
        }
    }
}
