//! Verifying what the ledger has verified already: the buyer takes nobody's word.

use super::Buyer;
use crate::error::Error;
use crate::journal::Entry;
use crate::statement;
use crate::step::{Act, Outside, phase};
use crate::test_set::TestSet;
use assay_ledger::job::{Job, Model, Proven, Stage, Test};
use assay_statements::delivery;
use assay_types::{Event, Height, JobId};

impl Buyer {
    /// Verifies both proofs of a job that is proven.
    pub(super) fn check(&mut self, id: &JobId, out: &mut Outside<'_>) -> Result<Act, Error> {
        let job = out.market.job(id)?.ok_or(Error::Job(*id))?;
        let Stage::Proven(model, test, proven) = &job.stage else {
            return Err(Error::Lie { job: *id, what: "its stage" });
        };
        let test_set = self.test(id, &job)?;
        (out.progress)(phase::VERIFYING);
        verify((id, &job), (model, test, proven), &test_set, out)?;
        self.party.append(Entry::Checked { job: *id })?;
        Ok(Act::Checked { job: *id })
    }
}

fn verify(
    (id, job): (&JobId, &Job),
    (model, test, proven): (&Model, &Test, &Proven),
    test_set: &TestSet,
    out: &Outside<'_>,
) -> Result<(), Error> {
    let lie = |what| Error::Lie { job: *id, what };
    let blob =
        |id| -> Result<Vec<u8>, Error> { out.market.blob(id)?.ok_or(lie("a proof is not kept")) };
    if test_set.name() != test.table {
        return Err(lie("the test set"));
    }
    let deadline = deadline(id, out)?;
    let context = statement::context(out.market, id, job, deadline);
    let ciphertext = blob(&proven.ciphertext)?;
    let sealed = delivery::ciphertext_digest(&ciphertext);
    let claim = statement::accuracy(context, job, model, test.table, proven.score);
    let delivered = statement::delivery(context, job, model, proven.key_hash, sealed);
    if claim.digest() != proven.accuracy || delivered.digest() != proven.delivery {
        return Err(lie("the statements"));
    }
    test_set
        .verify(&claim, &blob(&proven.accuracy_proof)?)
        .map_err(|_| lie("the proof of accuracy"))?;
    delivery::verify(&delivered, &ciphertext, &blob(&proven.delivery_proof)?)
        .map_err(|_| lie("the proof of delivery"))
}

/// The last height for the proofs: it was fixed when the test set was opened, and is in both statements.
fn deadline(id: &JobId, out: &Outside<'_>) -> Result<Height, Error> {
    let history = out.market.history(id)?;
    let opened = history.iter().find_map(|entry| match entry.event {
        Event::TestOpened { deadline, .. } => Some(deadline),
        _ => None,
    });
    opened.ok_or(Error::Lie { job: *id, what: "its history" })
}
