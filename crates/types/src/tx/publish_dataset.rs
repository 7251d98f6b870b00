//! Offering a data set.

use super::typed::{Head, Typed, amount, contents};
use crate::Listing;

/// Offer the use of a table. Its name is [`DatasetId::of`](crate::DatasetId::of) sender and nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishDataset {
    /// The offer.
    pub listing: Listing,
}

assay_codec::record!(PublishDataset { listing });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct PublishDataset {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            string name;
            string licence;
            string target;
            uint32 rows;
            string price;
            uint256 evaluationFee;
            bytes32 contents;
        }
    }
}

impl Typed for PublishDataset {
    type Message = message::PublishDataset;

    fn message(&self, head: Head) -> Self::Message {
        message::PublishDataset {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            name: self.listing.card.pretty_name.to_string(),
            licence: self.listing.licence.to_string(),
            target: self.listing.schema.target().to_owned(),
            rows: self.listing.rows,
            price: self.listing.curve.to_string(),
            evaluationFee: amount(self.listing.evaluation_fee),
            contents: contents(self),
        }
    }
}
