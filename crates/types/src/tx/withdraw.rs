//! Fetching stake that is free.

use super::typed::{Head, Typed};
use assay_codec::{Decode, Encode, Error, Reader};

/// Fetch all stake that is free by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdraw;

impl Encode for Withdraw {
    fn encode(&self, _: &mut Vec<u8>) {}
}

impl Decode for Withdraw {
    fn decode(_: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
}

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct Withdraw {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
        }
    }
}

impl Typed for Withdraw {
    type Message = message::Withdraw;

    fn message(&self, head: Head) -> Self::Message {
        message::Withdraw {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
        }
    }
}
