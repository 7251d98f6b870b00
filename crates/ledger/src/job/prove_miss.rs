//! Proving that the model does not reach the threshold.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to prove | [`Rejection::NotOwner`] |
//! | 74 | it is being tested | [`Rejection::Stage`] |
//! | 83 | the statement is the one that the job demands, with fewer than needed | [`Rejection::Accuracy`] |
//! | 7 | the proof is here | `envelope::Rejection::Blob` |
//! | 85 | it proves the statement; otherwise the transaction is charged | [`Rejection::FalseProof`] |
//!
//! Ends the job as Missed: E to the owner, P to the buyer.

use super::ending::end;
use super::{Ending, Job, Rejection, Test, lookup, statement};
use crate::State;
use crate::evidence::Evidence;
use crate::execute::{Execute, Finding, Sender, need_blobs};
use assay_types::Event;
use assay_types::tx::ProveMiss;

impl Execute for ProveMiss {
    type Plan = (Job, Test);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        let (job, model, test) = lookup::testing(&self.job, &sender.address, state)?;
        let score = statement::missing(job, self.accuracy.score);
        statement::accuracy(&self.job, (job, &model, &test), state, (&self.accuracy, score))?;
        Ok((job.clone(), test))
    }

    fn find(
        &self,
        (_, test): &Self::Plan,
        _: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        need_blobs(&[self.proof], evidence)?;
        let holds = evidence.accuracy_holds(&self.accuracy, &test.blob, &self.proof);
        Ok(Finding::Proofs(holds))
    }

    fn act(
        &self,
        (job, _): Self::Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        if *found != Finding::Proofs(true) {
            return Err(Rejection::FalseProof.into());
        }
        let payout = end(self.job, job, Ending::Missed, state);
        Ok(Event::Missed {
            job: self.job,
            accuracy: self.accuracy.digest(),
            proof: self.proof,
            earned: payout.owner,
            refund: payout.buyer,
        })
    }
}
