//! Proving the score, and delivering.

use super::{OnMiss, Owner};
use crate::error::Error;
use crate::statement;
use crate::step::{Act, Outside, phase};
use assay_codec::from_bytes;
use assay_ledger::job::{Job, Model, Test};
use assay_model::Table;
use assay_model::ops::tree::NodeTable;
use assay_statements::accuracy::{self, Witness};
use assay_statements::delivery;
use assay_types::statement::{Accuracy, Context, Delivery, Score};
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
        let lie = |what| Error::Lie { job: *id, what };
        let bytes = out.market.blob(&test.blob)?.ok_or(lie("the test set is not kept"))?;
        let table = from_bytes::<Table>(&bytes).map_err(|_| lie("the test set is no table"))?;
        if table.digest() != test.table {
            return Err(lie("the test set is another"));
        }
        let nodes = self.model(id, &model.commitment)?;
        let correct = correct(&nodes, &table);
        let is_miss = correct < job.needed;
        if is_miss && self.on_miss == OnMiss::Concede {
            return self.concede(id, job, out);
        }
        let context = statement::context(out.market, id, job, job.deadline);
        let score = statement::score(job, correct);
        let claim = statement::accuracy(context, job, model, test.table, score);
        let accuracy = self.accuracy(claim, (&nodes, &table), out)?;
        if is_miss {
            return self.submit_miss(id, job, accuracy, out);
        }
        let (delivery, ciphertext) = self.delivery(context, (job, model), &nodes, out)?;
        self.submit_pass(id, job, (accuracy, delivery, ciphertext), out)
    }

    fn accuracy(
        &self,
        statement: Accuracy,
        (nodes, table): (&NodeTable, &Table),
        out: &mut Outside<'_>,
    ) -> Result<Proven<Accuracy>, Error> {
        (out.progress)(phase::SCORE);
        let salt = self.salt(&statement.context.job, &statement.model)?;
        let witness = Witness { model: nodes, salt: &salt, table };
        let proof = accuracy::prove(&statement, &witness, out.draw(), out.progress);
        Ok(Proven { proof: proof.map_err(Error::Accuracy)?, statement })
    }

    /// Encrypts the model, and proves it. The key is drawn after the buyer's secret is known, and once: two
    /// models under one key and secret would give both away.
    fn delivery(
        &mut self,
        context: Context,
        (job, model): (&Job, &Model),
        nodes: &NodeTable,
        out: &mut Outside<'_>,
    ) -> Result<(Proven<Delivery>, Vec<u8>), Error> {
        (out.progress)(phase::DELIVERY);
        let id = context.job;
        let missing = Error::Missing { what: "the buyer's secret", job: id };
        let secret = self.secret(&id, job).ok_or(missing)?;
        let salt = self.salt(&id, &model.commitment)?;
        let key = self.party.field(Kind::DeliveryKey, &id, out)?;
        let witness = delivery::Witness { model: nodes, salt: &salt, key: &key, secret: &secret };
        let ciphertext = delivery::seal(&witness, &id);
        let digest = delivery::ciphertext_digest(&ciphertext);
        let key_hash = delivery::key_hash(&key);
        let statement = statement::delivery(context, job, model, key_hash, digest);
        let proof = delivery::prove(&statement, &witness, out.draw(), out.progress);
        let proof = proof.map_err(Error::Delivery)?;
        Ok((Proven { statement, proof }, ciphertext))
    }

    fn submit_miss(
        &mut self,
        id: &JobId,
        job: &Job,
        Proven { statement, proof }: Proven<Accuracy>,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let (score, proof_bytes) = (statement.score, proof.len());
        let mut blobs = Blobs::new();
        let proof = insert(&mut blobs, proof)?;
        let action = ProveMiss { job: *id, accuracy: statement, proof }.into();
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, blobs, job.deadline, private, out)?;
        Ok(Act::Missed { job: *id, score, proof_bytes })
    }

    fn submit_pass(
        &mut self,
        id: &JobId,
        job: &Job,
        (accuracy, delivery, ciphertext): (Proven<Accuracy>, Proven<Delivery>, Vec<u8>),
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
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(pass.into(), blobs, job.deadline, private, out)?;
        Ok(Act::Passed { job: *id, score, accuracy_bytes, delivery_bytes, ciphertext_bytes })
    }
}

fn insert(blobs: &mut Blobs, bytes: Vec<u8>) -> Result<BlobId, Error> {
    blobs.insert(bytes).map_err(Error::Blob)
}

fn correct(nodes: &NodeTable, table: &Table) -> u32 {
    let answers = (0..table.rows()).map(|row| nodes.exec(table.row(row)));
    answers.zip(table.labels()).map(|(answer, label)| u32::from(answer == Some(*label))).sum()
}
