//! Refusing a job. No reason is needed: nobody has lost anything yet.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to train | [`Rejection::NotOwner`] |
//! | 74 | it is opened | [`Rejection::Stage`] |
//!
//! Ends the job as Declined: P + E to the buyer.

use super::ending::end;
use super::{Ending, Job, lookup};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::Event;
use assay_types::tx::Decline;

#[cfg(doc)]
use super::Rejection;

impl Execute for Decline {
    type Plan = Job;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Job, crate::Rejection> {
        Ok(lookup::opened(&self.job, &sender.address, state)?.clone())
    }

    fn act(&self, job: Job, _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        let payout = end(self.job, job, Ending::Declined, state);
        Ok(Event::Declined { job: self.job, refund: payout.buyer })
    }
}
