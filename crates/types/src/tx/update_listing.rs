//! Replacing the content of a listing.

use super::typed::{Head, Typed, amount, contents, digest};
use crate::{DatasetId, Listing};

/// Make a new version; open jobs keep theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateListing {
    /// The listing.
    pub dataset: DatasetId,
    /// Its new content.
    pub listing: Listing,
}

assay_codec::record!(UpdateListing { dataset, listing });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct UpdateListing {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 dataset;
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

impl Typed for UpdateListing {
    type Message = message::UpdateListing;

    fn message(&self, head: Head) -> Self::Message {
        message::UpdateListing {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            dataset: digest(self.dataset.0),
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
