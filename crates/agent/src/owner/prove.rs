//! Proving the score, and delivering.

use super::{OnMiss, Owner};
use crate::error::Error;
use crate::proofs::{self, Secrets};
use crate::statement;
use crate::step::{Act, Outside, Reason, phase};
use crate::test_set::{self, TestSet};
use assay_codec::from_bytes;
use assay_ledger::job::{Job, Model, Test};
use assay_model::{Graph, Table};
use assay_statements::delivery;
use assay_types::statement::{Accuracy, Context, Delivery, Privacy, Score};
use assay_types::tx::{ProveMiss, SubmitPass};
use assay_types::{BlobId, Blobs, JobId};
use assay_wallet::openings::Kind;

/// A proof, and what it proves.
struct Proven<S> {
    statement: S,
    proof: Vec<u8>,
}

impl Owner {
    /// Proves what the model does on the test set.
    pub(super) fn prove(
        &mut self,
        id: &JobId,
        job: &Job,
        (model, test): (&Model, &Test),
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let Some(test_set) = self.test_set(id, job, test, out)? else {
            return self.concede(id, job, Reason::TestSet, out);
        };
        let graph = self.model(id, &model.commitment)?;
        let correct = correct(&graph, &test_set.table);
        let is_miss = correct < job.needed;
        if is_miss && self.policy.on_miss == OnMiss::Concede {
            return self.concede(id, job, Reason::Miss, out);
        }
        let context = statement::context(out.market, id, job, job.deadline);
        let score = statement::score(job, correct);
        let claim = statement::accuracy(context, job, model, test.table, score);
        let accuracy = self.accuracy(claim, (&graph, &test_set), out)?;
        if is_miss {
            return self.submit_miss((id, job), accuracy, &test_set, out);
        }
        let (delivery, ciphertext) = self.delivery(context, (job, model), &graph, out)?;
        self.submit_pass((id, job), (accuracy, delivery, ciphertext), &test_set, out)
    }

    /// The rows that the buyer has shown; `None` if it has sealed something else than the job names. Of public ones
    /// the ledger has seen to that.
    fn test_set(
        &self,
        id: &JobId,
        job: &Job,
        test: &Test,
        out: &Outside<'_>,
    ) -> Result<Option<TestSet>, Error> {
        let lie = |what| Error::Lie { job: *id, what };
        let bytes = out.market.blob(&test.blob)?.ok_or(lie("the test set is not kept"))?;
        // Nobody but the buyer is to make an owner concede.
        if BlobId::of(&bytes) != test.blob {
            return Err(lie("the test set is another"));
        }
        if job.request.test_privacy != Privacy::Public {
            if test.table != job.request.test.0 {
                return Err(lie("the commitment to the test set"));
            }
            return Ok(test_set::open(&bytes, self.party.keys(), id, job));
        }
        let table = from_bytes::<Table>(&bytes).map_err(|_| lie("the test set is no table"))?;
        if table.digest() != test.table {
            return Err(lie("the test set is another"));
        }
        Ok(Some(TestSet { table, salt: None }))
    }

    fn accuracy(
        &self,
        statement: Accuracy,
        (graph, test_set): (&Graph, &TestSet),
        out: &mut Outside<'_>,
    ) -> Result<Proven<Accuracy>, Error> {
        (out.progress)(phase::SCORE);
        let salt = self.salt(&statement.context.job, &statement.model)?;
        let proof = proofs::prove_score(&statement, (graph, &salt), test_set, out);
        Ok(Proven { proof: proof.map_err(Error::Accuracy)?, statement })
    }

    /// Encrypts the model, and proves it. The key is drawn after the buyer's secret is known, and once: two
    /// models under one key and secret would give both away.
    fn delivery(
        &mut self,
        context: Context,
        (job, model): (&Job, &Model),
        graph: &Graph,
        out: &mut Outside<'_>,
    ) -> Result<(Proven<Delivery>, Vec<u8>), Error> {
        (out.progress)(phase::DELIVERY);
        let id = context.job;
        let missing = Error::Missing { what: "the buyer's secret", job: id };
        let secret = self.secret(&id, job).ok_or(missing)?;
        let salt = self.salt(&id, &model.commitment)?;
        let key = self.party.field(Kind::DeliveryKey, &id, out)?;
        let secrets = Secrets { salt: &salt, key: &key, secret: &secret };
        let ciphertext = proofs::seal(graph, secrets, &id);
        let digest = delivery::ciphertext_digest(&ciphertext);
        let key_hash = delivery::key_hash(&key);
        let statement = statement::delivery(context, job, model, key_hash, digest);
        let proof = proofs::prove_delivery(&statement, graph, secrets, out);
        let proof = proof.map_err(Error::Delivery)?;
        Ok((Proven { statement, proof }, ciphertext))
    }

    fn submit_miss(
        &mut self,
        (id, job): (&JobId, &Job),
        Proven { statement, proof }: Proven<Accuracy>,
        test_set: &TestSet,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let (score, proof_bytes) = (statement.score, proof.len());
        let mut blobs = Blobs::new();
        let proof = insert(&mut blobs, proof)?;
        let action = ProveMiss { job: *id, accuracy: statement, proof }.into();
        let private = self.tables.values().map(|(_, table)| table).chain(test_set.private());
        self.party.send(action, blobs, job.deadline, private, out)?;
        Ok(Act::Missed { job: *id, score, proof_bytes })
    }

    fn submit_pass(
        &mut self,
        (id, job): (&JobId, &Job),
        (accuracy, delivery, ciphertext): (Proven<Accuracy>, Proven<Delivery>, Vec<u8>),
        test_set: &TestSet,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let score: Score = accuracy.statement.score;
        let (accuracy_bytes, delivery_bytes) = (accuracy.proof.len(), delivery.proof.len());
        let ciphertext_bytes = ciphertext.len();
        let mut blobs = Blobs::new();
        let pass = SubmitPass {
            job: *id,
            accuracy: accuracy.statement,
            accuracy_proof: insert(&mut blobs, accuracy.proof)?,
            delivery: delivery.statement,
            delivery_proof: insert(&mut blobs, delivery.proof)?,
            ciphertext: insert(&mut blobs, ciphertext)?,
        };
        let private = self.tables.values().map(|(_, table)| table).chain(test_set.private());
        self.party.send(pass.into(), blobs, job.deadline, private, out)?;
        Ok(Act::Passed { job: *id, score, accuracy_bytes, delivery_bytes, ciphertext_bytes })
    }
}

fn insert(blobs: &mut Blobs, bytes: Vec<u8>) -> Result<BlobId, Error> {
    blobs.insert(bytes).map_err(Error::Blob)
}

fn correct(graph: &Graph, table: &Table) -> u32 {
    let answers = (0..table.rows()).map(|row| graph.exec(table.row(row)));
    answers.zip(table.labels()).map(|(answer, label)| u32::from(answer == Some(*label))).sum()
}
