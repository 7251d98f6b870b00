//! Asking for a model, paid in advance.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 51 | the listing exists | [`Rejection::Listing`] |
//! | 52 | it is on the market | [`Rejection::Delisted`] |
//! | 53 | the buyer has read its current version | [`Rejection::Version`] |
//! | 54 | it is not the sender's own | [`Rejection::OwnListing`] |
//! | 55 | its limits admit the hyper-parameters | [`Rejection::Limits`] |
//! | 56 | the test set has rows, not too many | [`Rejection::Rows`] |
//! | 57 | the threshold is above zero | [`Rejection::Threshold`] |
//! | 58 | the test set will be public, or is committed for proofs | [`Rejection::TestPrivacy`] |
//! | 64 | a commitment for proofs has the form that they open | [`Rejection::TestForm`] |
//! | 59 | the score is disclosed no more than the listing allows | [`Rejection::Disclosure`] |
//! | 60 | the window to commit is within the ledger's bounds | [`Rejection::Window`] |
//! | 61 | the buyer has not opened this test commitment before | [`Rejection::TestSpent`] |
//! | 62 | the price is at most what the buyer allows | [`Rejection::Price`] |
//! | 63 | the buyer has price and evaluation fee beside the fee | [`Rejection::Funds`] |
//!
//! The name is made of sender and nonce, so it is new. *Invariant:* the escrow is P + E with E ≤ P, and
//! `needed = ⌈rows · threshold⌉` lies in 1..=rows.
//!
//! An owner who does not want to rely on a sealed test set, which nobody but the owner can read, declines.

use super::{Job, Rejection, Stage};
use crate::State;
use crate::dataset::Listed;
use crate::execute::{Execute, Finding, Sender};
use assay_codec::from_bytes;
use assay_types::statement::Privacy;
use assay_types::tx::OpenJob;
use assay_types::{Address, Amount, Event, FieldDigest, Height, JobId, Listing};

impl Execute for OpenJob {
    type Plan = (JobId, Job);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        let listed = listed(self, &sender.address, state)?;
        admit(self, &listed.listing)?;
        let (min, max) = (state.parameters().window_min, state.parameters().window_max);
        if !(min..=max).contains(&self.commit_window) {
            return Err(Rejection::Window { min, max, got: self.commit_window }.into());
        }
        if state.has_spent(&sender.address, &self.test) {
            return Err(Rejection::TestSpent { test: self.test }.into());
        }
        let (price, max_price) = (listed.price(state.height()), self.max_price);
        if max_price < price {
            return Err(Rejection::Price { price, max_price }.into());
        }
        let evaluation_fee = listed.listing.evaluation_fee.min(price);
        // A price is at most 2^96, so the sum fits.
        let escrow = price.checked_add(evaluation_fee).unwrap_or(Amount::new(u128::MAX));
        if sender.funds < escrow {
            return Err(Rejection::Funds { escrow, funds: sender.funds }.into());
        }
        let mut job = Job {
            buyer: sender.address,
            owner: listed.owner,
            request: self.clone(),
            schema: listed.listing.schema.clone(),
            windows: listed.listing.windows,
            needed: self.threshold.of(self.rows),
            price,
            evaluation_fee,
            escrow,
            opened: state.height(),
            deadline: Height::new(0),
            stage: Stage::Opened,
        };
        job.enter(Stage::Opened, state.height(), self.commit_window);
        Ok((JobId::of(sender.address, sender.nonce), job))
    }

    fn act(
        &self,
        (id, job): Self::Plan,
        _: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        state.debit(&job.buyer, job.escrow);
        let event = Event::Opened {
            job: id,
            buyer: job.buyer,
            owner: job.owner,
            request: Box::new(self.clone()),
            needed: job.needed,
            price: job.price,
            evaluation_fee: job.evaluation_fee,
            deadline: job.deadline,
        };
        state.put_job(id, job);
        Ok(event)
    }
}

/// Rules 51 to 54.
fn listed<'a>(asked: &OpenJob, buyer: &Address, state: &'a State) -> Result<&'a Listed, Rejection> {
    let dataset = asked.dataset;
    let listed = state.listing(&dataset).ok_or(Rejection::Listing { dataset })?;
    if listed.is_delisted {
        return Err(Rejection::Delisted { dataset });
    }
    if listed.version != asked.version {
        return Err(Rejection::Version { expected: listed.version, got: asked.version });
    }
    if listed.owner == *buyer {
        return Err(Rejection::OwnListing);
    }
    Ok(listed)
}

/// Rules 55 to 59, and 64.
fn admit(asked: &OpenJob, listing: &Listing) -> Result<(), Rejection> {
    listing.admit(&asked.algorithm).map_err(|why| Rejection::Limits { why })?;
    let limits = &listing.limits;
    if !(1..=limits.test_rows_max).contains(&asked.rows) {
        return Err(Rejection::Rows { max: limits.test_rows_max, got: asked.rows });
    }
    if asked.threshold.num() == 0 {
        return Err(Rejection::Threshold);
    }
    match asked.test_privacy {
        Privacy::Public => {}
        Privacy::Committed if from_bytes::<FieldDigest>(&asked.test.0.0).is_ok() => {}
        Privacy::Committed => return Err(Rejection::TestForm { test: asked.test }),
        Privacy::Hidden => return Err(Rejection::TestPrivacy),
    }
    if limits.disclosure < asked.disclosure {
        return Err(Rejection::Disclosure);
    }
    Ok(())
}
