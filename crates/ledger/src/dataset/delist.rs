//! Taking a listing off the market. Open jobs go on.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 31 | the listing exists | [`Rejection::Unknown`] |
//! | 32 | it is the sender's | [`Rejection::NotOwner`] |
//! | 33 | it is on the market | [`Rejection::Delisted`] |

use super::{Listed, owned};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::Event;
use assay_types::tx::Delist;

#[cfg(doc)]
use super::Rejection;

impl Execute for Delist {
    type Plan = Listed;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Listed, crate::Rejection> {
        Ok(owned(&self.dataset, &sender.address, state)?.clone())
    }

    fn act(
        &self,
        listed: Listed,
        _: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        state.put_listing(self.dataset, Listed { is_delisted: true, ..listed });
        Ok(Event::Delisted { dataset: self.dataset })
    }
}
