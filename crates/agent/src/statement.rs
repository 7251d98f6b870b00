//! The statements of a job, made of what the market says about it. Both sides make them on their own: the
//! owner to prove, the buyer to verify.

use crate::error::Error;
use crate::market::Market;
use assay_codec::Digest;
use assay_ledger::job::{Job, Model};
use assay_model::Table;
use assay_statements::accuracy;
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Score};
use assay_types::{Disclosure, FieldDigest, Height, JobId};

/// Where the proofs of a job count. `deadline` is that of the stage in which they were due.
pub(crate) fn context(market: &dyn Market, id: &JobId, job: &Job, deadline: Height) -> Context {
    let genesis = market.genesis();
    Context {
        chain: genesis.chain(),
        genesis: genesis.digest(),
        job: *id,
        prover: job.owner,
        recipient: job.buyer,
        deadline,
    }
}

/// The statement about the score of `model` on the rows that `data` names, their digest or their commitment.
pub(crate) fn accuracy(
    context: Context,
    job: &Job,
    model: &Model,
    data: Digest,
    score: Score,
) -> Accuracy {
    Accuracy {
        context,
        modes: Modes { input: job.request.test_privacy, ..accuracy::MODES },
        architecture: model.architecture.clone(),
        schema: job.schema.clone(),
        model: model.commitment,
        data,
        rows: job.request.rows,
        score,
    }
}

/// The statement about the delivery of `model` as `ciphertext`.
pub(crate) fn delivery(
    context: Context,
    job: &Job,
    model: &Model,
    key_hash: FieldDigest,
    ciphertext: Digest,
) -> Delivery {
    Delivery {
        context,
        architecture: model.architecture.clone(),
        model: model.commitment,
        key_hash,
        secret_hash: job.request.secret_hash,
        ciphertext,
    }
}

/// What a proof shows of `correct` rows: as much as was agreed.
pub(crate) fn score(job: &Job, correct: u32) -> Score {
    match job.request.disclosure {
        Disclosure::Exact => Score::Exactly(correct),
        Disclosure::Threshold if job.needed <= correct => Score::AtLeast(job.needed),
        Disclosure::Threshold => Score::Fewer(job.needed),
    }
}

/// The number of rows of a table, of which there must be one.
pub(crate) fn rows(table: &Table) -> Result<u32, Error> {
    u32::try_from(table.rows()).ok().filter(|&rows| 0 < rows).ok_or(Error::Rows)
}
