//! Showing the test set.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 71 | the job exists | [`Rejection::Unknown`] |
//! | 73 | the sender is its buyer | [`Rejection::NotBuyer`] |
//! | 74 | the model is fixed, and the test set still hidden | [`Rejection::Stage`] |
//! | 77 | the model was fixed in an earlier block | [`Rejection::TooEarly`] |
//! | 7 | the blob is here | `envelope::Rejection::Blob` |
//! | 78 | it holds a table, all of whose labels are classes | [`Rejection::Table`] |
//! | 79 | rows and salt open the commitment of the job | [`Rejection::Opening`] |
//! | 80 | the rows have the listing's schema | [`Rejection::Schema`] |
//! | 81 | there are as many as the job says | [`Rejection::RowCount`] |
//! | 82 | the buyer had not opened them in a block before the job's | [`Rejection::TestSeen`] |
//!
//! The rows go on record, for rule 82 of later jobs and for the mark `fresh` of all.
//!
//! Rows that are committed for proofs ([`Privacy::Committed`]) stay hidden: the blob is their encryption to
//! the owner and says nothing to the ledger. Of the rules from 78 on there is only 79, that no salt is
//! shown, and the job goes on with the commitment in the place of the rows' digest. Nobody can compare such
//! rows with others, so they are never `fresh`, and go on record by their commitment alone.

use super::{Job, Model, Rejection, Stage, Test, lookup};
use crate::State;
use crate::evidence::{Evidence, TableFacts};
use crate::execute::{Execute, Finding, Sender, need_blobs};
use assay_types::Event;
use assay_types::statement::Privacy;
use assay_types::tx::OpenTest;

impl Execute for OpenTest {
    type Plan = (Job, Model);

    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, crate::Rejection> {
        let (job, model) = lookup::committed(&self.job, &sender.address, state)?;
        if state.height() <= model.height {
            return Err(Rejection::TooEarly { committed: model.height }.into());
        }
        Ok((job.clone(), model))
    }

    fn find(
        &self,
        (job, _): &Self::Plan,
        state: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        need_blobs(&[self.table], evidence)?;
        if job.request.test_privacy != Privacy::Public {
            return Ok(sealed(&self.salt, job)?);
        }
        let facts = evidence.table(&self.table).ok_or(Rejection::Table { blob: self.table })?;
        if !evidence.opens_test(&job.request.test, &facts.table, &self.salt) {
            return Err(Rejection::Opening { test: job.request.test }.into());
        }
        admit(&facts, job, state)?;
        Ok(Finding::Test(facts))
    }

    fn act(
        &self,
        (mut job, model): Self::Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        let (table, fresh) = match found {
            Finding::Test(facts) => {
                admit(facts, &job, state)?;
                let first = state.first_opened(&facts.table);
                state.record_rows(job.buyer, facts.table);
                (facts.table, first.is_none_or(|opened| model.height < opened))
            }
            Finding::Sealed => (job.request.test.0, false),
            _ => return Err(Rejection::Table { blob: self.table }.into()),
        };
        state.spend(job.buyer, job.request.test);
        let window = job.windows.prove;
        let stage = Stage::Testing(model, Test { table, blob: self.table, fresh });
        job.enter(stage, state.height(), window);
        let deadline = job.deadline;
        state.put_job(self.job, job);
        Ok(Event::TestOpened { job: self.job, table, blob: self.table, fresh, deadline })
    }
}

/// Rule 79 for rows that stay hidden: the salt of their commitment is for the owner alone.
fn sealed(shown: &[u8; 32], job: &Job) -> Result<Finding, Rejection> {
    if *shown == [0; 32] {
        Ok(Finding::Sealed)
    } else {
        Err(Rejection::Opening { test: job.request.test })
    }
}

/// Rules 80 to 82.
fn admit(facts: &TableFacts, job: &Job, state: &State) -> Result<(), Rejection> {
    let expected = job.schema.digest();
    if facts.schema != expected {
        return Err(Rejection::Schema { expected, got: facts.schema });
    }
    if facts.rows != job.request.rows {
        return Err(Rejection::RowCount { expected: job.request.rows, got: facts.rows });
    }
    match state.opened_by(&facts.table, &job.buyer) {
        Some(opened) if opened < job.opened => Err(Rejection::TestSeen { opened }),
        _ => Ok(()),
    }
}
