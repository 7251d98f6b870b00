//! The rules that every step of a job begins with.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 72, 73 | the step is the sender's | [`Rejection::NotOwner`], [`Rejection::NotBuyer`] |
//! | 74 | the job is in the step's stage | [`Rejection::Stage`] |
//!
//! A deadline needs no rule of its own: whatever was due has left its stage when the block was opened.

use super::{Job, Model, Proven, Rejection, Stage, StageName, Test};
use crate::State;
use assay_types::{Address, JobId};

fn of_owner<'a>(id: &JobId, sender: &Address, state: &'a State) -> Result<&'a Job, Rejection> {
    let job = state.job(id).ok_or(Rejection::Unknown { job: *id })?;
    if job.owner == *sender { Ok(job) } else { Err(Rejection::NotOwner { owner: job.owner }) }
}

fn of_buyer<'a>(id: &JobId, sender: &Address, state: &'a State) -> Result<&'a Job, Rejection> {
    let job = state.job(id).ok_or(Rejection::Unknown { job: *id })?;
    if job.buyer == *sender { Ok(job) } else { Err(Rejection::NotBuyer { buyer: job.buyer }) }
}

fn wrong(job: &Job, expected: StageName) -> Rejection {
    Rejection::Stage { expected, got: job.stage.name() }
}

/// Returns the owner's opened job.
pub(super) fn opened<'a>(
    id: &JobId,
    sender: &Address,
    state: &'a State,
) -> Result<&'a Job, Rejection> {
    let job = of_owner(id, sender, state)?;
    match job.stage {
        Stage::Opened => Ok(job),
        _ => Err(wrong(job, StageName::Opened)),
    }
}

/// Returns the buyer's committed job.
pub(super) fn committed<'a>(
    id: &JobId,
    sender: &Address,
    state: &'a State,
) -> Result<(&'a Job, Model), Rejection> {
    let job = of_buyer(id, sender, state)?;
    match &job.stage {
        Stage::Committed(model) => Ok((job, model.clone())),
        _ => Err(wrong(job, StageName::Committed)),
    }
}

/// Returns the owner's job that is being tested.
pub(super) fn testing<'a>(
    id: &JobId,
    sender: &Address,
    state: &'a State,
) -> Result<(&'a Job, Model, Test), Rejection> {
    let job = of_owner(id, sender, state)?;
    match &job.stage {
        Stage::Testing(model, test) => Ok((job, model.clone(), *test)),
        _ => Err(wrong(job, StageName::Testing)),
    }
}

/// Returns the owner's proven job.
pub(super) fn proven<'a>(
    id: &JobId,
    sender: &Address,
    state: &'a State,
) -> Result<(&'a Job, Model, Test, Proven), Rejection> {
    let job = of_owner(id, sender, state)?;
    match &job.stage {
        Stage::Proven(model, test, proven) => Ok((job, model.clone(), *test, *proven)),
        _ => Err(wrong(job, StageName::Proven)),
    }
}
