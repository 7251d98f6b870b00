//! Taking a listing off the market. Open jobs go on.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 31 | the listing exists | [`Rejection::Unknown`] |
//! | 32 | it is the sender's | [`Rejection::NotOwner`] |
//! | 33 | it is on the market | [`Rejection::Delisted`] |

use super::owned;
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::Event;
use assay_types::tx::Delist;

#[cfg(doc)]
use super::Rejection;

impl Execute for Delist {
    type Plan = ();

    fn plan(&self, sender: &Sender, state: &State) -> Result<(), crate::Rejection> {
        owned(&self.dataset, &sender.address, state)?;
        Ok(())
    }

    fn act(&self, (): (), _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        if let Some(listed) = state.listing_mut(&self.dataset) {
            listed.is_delisted = true;
        }
        Ok(Event::Delisted { dataset: self.dataset })
    }
}
