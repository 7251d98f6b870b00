//! Fixing the model, once, before its test is known.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72 | it is the sender's to train | [`Rejection::NotOwner`] |
//! | 74 | it is opened | [`Rejection::Stage`] |
//! | 87 | the model is of the kind that the algorithm makes | [`Rejection::Kind`] |
//! | 75 | the model reads the schema's features and answers with its classes | [`Rejection::Shape`] |
//! | 76 | it declares no more depth, slots, trees or weights than was asked for | [`Rejection::Size`] |
//! | 88 | a network has the layers that were asked for | [`Rejection::Layers`] |
//! | 89 | its ciphertext fits into a blob | [`Rejection::Ciphertext`] |
//!
//! The owner has opened the buyer's sealed secret before: whoever commits without has to deliver under a
//! secret that it does not know, and loses E.

use super::{Job, Model, Rejection, Stage, lookup};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::CommitModel;
use assay_types::{
    Algorithm, Architecture, BLOB_BYTES_MAX, Event, Misfit, Schema, ciphertext_bytes,
};

impl Execute for CommitModel {
    type Plan = Job;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Job, crate::Rejection> {
        let job = lookup::opened(&self.job, &sender.address, state)?;
        admit(&self.architecture, &job.schema, &job.request.algorithm)?;
        let mut job = job.clone();
        let height = state.height();
        let architecture = self.architecture.clone();
        let model = Model { commitment: self.model, architecture, height };
        let window = job.windows.open;
        job.enter(Stage::Committed(model), height, window);
        Ok(job)
    }

    fn act(&self, job: Job, _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        let deadline = job.deadline;
        state.put_job(self.job, job);
        let (job, model, architecture) = (self.job, self.model, self.architecture.clone());
        Ok(Event::Committed { job, model, architecture, deadline })
    }
}

/// Rules 87, 75, 76, 88 and 89.
fn admit(
    architecture: &Architecture,
    schema: &Schema,
    algorithm: &Algorithm,
) -> Result<(), Rejection> {
    let expected = (schema.features().len(), schema.classes().len());
    algorithm.admit(architecture, expected).map_err(|misfit| match misfit {
        Misfit::Kind => Rejection::Kind,
        Misfit::Shape { expected, got } => Rejection::Shape { expected, got },
        Misfit::Size { what, max, got } => Rejection::Size { what, max, got },
        Misfit::Layers => Rejection::Layers,
    })?;
    let (max, got) = (BLOB_BYTES_MAX, ciphertext_bytes(architecture));
    if max < got { Err(Rejection::Ciphertext { max, got }) } else { Ok(()) }
}
