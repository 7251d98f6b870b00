//! Proving that the model reaches the threshold, and that the ciphertext holds it.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to prove | [`Rejection::NotOwner`] |
//! | 74 | it is being tested | [`Rejection::Stage`] |
//! | 83 | the statement about the score is the one that the job demands | [`Rejection::Accuracy`] |
//! | 84 | so is the one about the ciphertext | [`Rejection::Delivery`] |
//! | 7 | proofs and ciphertext are here | `envelope::Rejection::Blob` |
//! | 85 | both proofs hold; otherwise the transaction is charged | [`Rejection::FalseProof`] |
//!
//! No money moves yet: the buyer has a ciphertext and no key. But from here on nothing can be disputed.

use super::{Job, Proven, Rejection, Stage, Test, lookup, statement};
use crate::State;
use crate::evidence::Evidence;
use crate::execute::{Execute, Finding, Sender, need_blobs};
use assay_types::Event;
use assay_types::tx::SubmitPass;

impl Execute for SubmitPass {
    type Plan = (Job, Test, Proven);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        let (job, model, test) = lookup::testing(&self.job, &sender.address, state)?;
        let score = statement::passing(job, self.accuracy.score);
        statement::accuracy(&self.job, (job, &model, &test), state, (&self.accuracy, score))?;
        statement::delivery(&self.job, (job, &model), state, &self.delivery)?;
        let proven = Proven {
            score,
            accuracy: self.accuracy.digest(),
            accuracy_proof: self.accuracy_proof,
            delivery: self.delivery.digest(),
            delivery_proof: self.delivery_proof,
            ciphertext: self.ciphertext,
            key_hash: self.delivery.key_hash,
        };
        let mut job = job.clone();
        let window = job.windows.reveal;
        job.enter(Stage::Proven(model, test, proven), state.height(), window);
        Ok((job, test, proven))
    }

    fn find(
        &self,
        (_, test, _): &Self::Plan,
        _: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        need_blobs(&[self.accuracy_proof, self.delivery_proof, self.ciphertext], evidence)?;
        let holds = evidence.accuracy_holds(&self.accuracy, &test.blob, &self.accuracy_proof)
            && evidence.delivery_holds(&self.delivery, &self.ciphertext, &self.delivery_proof);
        Ok(Finding::Proofs(holds))
    }

    fn act(
        &self,
        (job, _, proven): Self::Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        if *found != Finding::Proofs(true) {
            return Err(Rejection::FalseProof.into());
        }
        let deadline = job.deadline;
        state.put_job(self.job, job);
        Ok(Event::Proven {
            job: self.job,
            accuracy: proven.accuracy,
            accuracy_proof: proven.accuracy_proof,
            delivery: proven.delivery,
            delivery_proof: proven.delivery_proof,
            ciphertext: proven.ciphertext,
            key_hash: proven.key_hash,
            deadline,
        })
    }
}
