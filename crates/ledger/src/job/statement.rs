//! The statements that a job demands, made of the state alone. Whatever a prover is free to choose is
//! taken from its transaction and named here: an exactly disclosed score, the hash of the key, and the
//! ciphertext.

use super::{Job, Model, Rejection, Test};
use crate::State;
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Score};
use assay_types::{Disclosure, JobId};

fn context(id: &JobId, job: &Job, state: &State) -> Context {
    Context {
        chain: state.chain(),
        genesis: state.genesis(),
        job: *id,
        prover: job.owner,
        recipient: job.buyer,
        deadline: job.deadline,
    }
}

/// The score that a pass must prove.
pub(super) fn passing(job: &Job, asserted: Score) -> Score {
    match (job.request.disclosure, asserted) {
        (Disclosure::Exact, Score::Exactly(count))
            if (job.needed..=job.request.rows).contains(&count) =>
        {
            Score::Exactly(count)
        }
        (Disclosure::Exact, _) => Score::Exactly(job.needed),
        (Disclosure::Threshold, _) => Score::AtLeast(job.needed),
    }
}

/// The score that a miss must prove. Showing less than was agreed would do no harm, but one claim has
/// one form.
pub(super) fn missing(job: &Job, asserted: Score) -> Score {
    match (job.request.disclosure, asserted) {
        (Disclosure::Exact, Score::Exactly(count)) if count < job.needed => Score::Exactly(count),
        (Disclosure::Exact, _) => Score::Exactly(job.needed.saturating_sub(1)),
        (Disclosure::Threshold, _) => Score::Fewer(job.needed),
    }
}

/// Rule 83: `got` is what the job demands, with this score.
pub(super) fn accuracy(
    id: &JobId,
    (job, model, test): (&Job, &Model, &Test),
    state: &State,
    (got, score): (&Accuracy, Score),
) -> Result<(), Rejection> {
    let expected = Accuracy {
        context: context(id, job, state),
        modes: Modes { input: job.request.test_privacy, ..Modes::SCORED },
        architecture: model.architecture.clone(),
        schema: job.schema.clone(),
        model: model.commitment,
        data: test.table,
        rows: job.request.rows,
        score,
    };
    let (expected, got) = (expected.digest(), got.digest());
    if got == expected { Ok(()) } else { Err(Rejection::Accuracy { expected, got }) }
}

/// Rule 84: `got` is what the job demands.
pub(super) fn delivery(
    id: &JobId,
    (job, model): (&Job, &Model),
    state: &State,
    got: &Delivery,
) -> Result<(), Rejection> {
    let expected = Delivery {
        context: context(id, job, state),
        architecture: model.architecture.clone(),
        model: model.commitment,
        key_hash: got.key_hash,
        secret_hash: job.request.secret_hash,
        ciphertext: got.ciphertext,
    };
    let (expected, got) = (expected.digest(), got.digest());
    if got == expected { Ok(()) } else { Err(Rejection::Delivery { expected, got }) }
}
