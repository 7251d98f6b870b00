//! Revealing the key of the delivery, and being paid.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to reveal | [`Rejection::NotOwner`] |
//! | 74 | it is proven | [`Rejection::Stage`] |
//! | 86 | the key is the preimage of the announced hash | [`Rejection::Key`] |
//!
//! Ends the job as Settled: P without the burned part, and E, to the owner. The key may be public: the
//! cipher needs the buyer's secret too.

use super::ending::end;
use super::{Ending, Job, Model, Proven, Rejection, Test, lookup};
use crate::State;
use crate::evidence::Evidence;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::RevealKey;
use assay_types::{Event, Sale};

impl Execute for RevealKey {
    type Plan = (Job, Model, Test, Proven);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        let (job, model, test, proven) = lookup::proven(&self.job, &sender.address, state)?;
        Ok((job.clone(), model, test, proven))
    }

    fn find(
        &self,
        (_, _, _, proven): &Self::Plan,
        _: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        if evidence.opens_key(&proven.key_hash, &self.key) {
            Ok(Finding::Key(proven.key_hash))
        } else {
            Err(Rejection::Key.into())
        }
    }

    fn act(
        &self,
        (job, model, test, proven): Self::Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        if *found != Finding::Key(proven.key_hash) {
            return Err(Rejection::Key.into());
        }
        let dataset = job.request.dataset;
        let mut sale = Sale {
            buyer: job.buyer,
            owner: job.owner,
            dataset,
            version: job.request.version,
            model: model.commitment,
            architecture: model.architecture,
            table: test.table,
            rows: job.request.rows,
            needed: job.needed,
            score: proven.score,
            fresh: test.fresh,
            accuracy: proven.accuracy,
            accuracy_proof: proven.accuracy_proof,
            delivery: proven.delivery,
            delivery_proof: proven.delivery_proof,
            ciphertext: proven.ciphertext,
            key: self.key,
            price: job.price,
            evaluation_fee: job.evaluation_fee,
            burned: job.price,
            count: 0,
        };
        sale.burned = end(self.job, job, Ending::Settled, state).burned;
        sale.count = state.listing(&dataset).map_or(0, |listed| listed.counters.count);
        Ok(Event::Settled { job: self.job, sale: Box::new(sale) })
    }
}
