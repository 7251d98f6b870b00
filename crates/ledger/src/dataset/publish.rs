//! Offering a data set.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 21-24 | the content is in order | see `content.rs` |
//! | 25 | the sender has the burned amount beside the fee | [`Rejection::Funds`] |
//!
//! The name is made of sender and nonce, so it is new.

use super::{Counters, Listed, Rejection, content};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::PublishDataset;
use assay_types::{Address, DatasetId, Event};

impl Execute for PublishDataset {
    type Plan = (DatasetId, Address);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        content::admit(&self.listing, state.parameters())?;
        let burn = state.parameters().listing_burn;
        if sender.funds < burn {
            return Err(Rejection::Funds { burn, funds: sender.funds }.into());
        }
        Ok((DatasetId::of(sender.address, sender.nonce), sender.address))
    }

    fn act(
        &self,
        (dataset, owner): Self::Plan,
        _: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        let burned = state.parameters().listing_burn;
        state.debit(&owner, burned);
        state.burn(burned);
        let listing = self.listing.clone();
        let digest = listing.digest();
        let counters = Counters::default();
        let listed = Listed { owner, version: 1, is_delisted: false, counters, listing };
        state.put_listing(dataset, listed);
        Ok(Event::Published { dataset, owner, listing: digest, burned })
    }
}
