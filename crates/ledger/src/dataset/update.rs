//! Replacing the content of a listing. Open jobs keep what they were opened with.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 31 | the listing exists | [`Rejection::Unknown`] |
//! | 32 | it is the sender's | [`Rejection::NotOwner`] |
//! | 33 | it is on the market | [`Rejection::Delisted`] |
//! | 21-24 | the new content is in order | see `content.rs` |
//!
//! The counters go on: a new version is not a new reputation, nor a lower price. The count is never
//! priced backwards: what has decayed under one half-life does not come back under another, and silence
//! before a new half-life does not count for it. A version that keeps the half-life does not touch the
//! count, so that the price cannot be held up by updates.

use super::{Counters, Listed, content, owned};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::Event;
use assay_types::tx::UpdateListing;

#[cfg(doc)]
use super::Rejection;

impl Execute for UpdateListing {
    type Plan = Listed;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Listed, crate::Rejection> {
        let before = owned(&self.dataset, &sender.address, state)?;
        content::admit(&self.listing, state.parameters())?;
        let version = before.version.saturating_add(1);
        let mut counters = before.counters;
        if before.listing.curve.half_life() != self.listing.curve.half_life() {
            let now = state.height();
            counters = Counters { count: before.count(now), counted: now, ..counters };
        }
        let listing = self.listing.clone();
        Ok(Listed { version, counters, listing, ..*before })
    }

    fn act(
        &self,
        listed: Listed,
        _: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        let (dataset, version) = (self.dataset, listed.version);
        let listing = listed.listing.digest();
        state.put_listing(dataset, listed);
        Ok(Event::Updated { dataset, version, listing })
    }
}
