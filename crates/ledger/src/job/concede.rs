//! Giving up after the test set was shown, without proving a miss. Earns nothing, which is why an owner
//! whose model misses would rather prove it.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to prove | [`Rejection::NotOwner`] |
//! | 74 | it is being tested | [`Rejection::Stage`] |
//!
//! Ends the job as Conceded: P + E to the buyer.

use super::ending::end;
use super::{Ending, Job, lookup};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::Concede;
use assay_types::{Event, Manner};

#[cfg(doc)]
use super::Rejection;

impl Execute for Concede {
    type Plan = Job;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Job, crate::Rejection> {
        let (job, _, _) = lookup::testing(&self.job, &sender.address, state)?;
        Ok(job.clone())
    }

    fn act(&self, job: Job, _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        let payout = end(self.job, job, Ending::Conceded, state);
        Ok(Event::Conceded { job: self.job, manner: Manner::Word, refund: payout.buyer })
    }
}
