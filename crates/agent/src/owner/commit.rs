//! Training, and fixing the model before its test is known.

use super::Owner;
use super::train::train;
use crate::error::Error;
use crate::journal::Entry;
use crate::party::uniform;
use crate::proofs;
use crate::statement;
use crate::step::{Act, Outside, Reason, phase};
use assay_codec::{Digest, from_bytes};
use assay_ledger::job::{Job, Model};
use assay_model::{Architecture, Graph};
use assay_statements::commit::Salt;
use assay_statements::{accuracy, delivery};
use assay_types::ciphertext_bytes;
use assay_types::statement::Score;
use assay_types::tx::CommitModel;
use assay_types::{BLOB_BYTES_MAX, Blobs, FieldDigest, Height, JobId, ModelCommitment};
use assay_wallet::envelope::{self, Purpose};
use assay_wallet::openings::Kind;

impl Owner {
    /// Trains for a job that is opened, and commits to the model; declines what cannot be served.
    pub(super) fn commit(
        &mut self,
        id: &JobId,
        job: &Job,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let model = match self.trained(id) {
            Some(model) => model,
            None => match self.train(id, job, out)? {
                Ok(model) => model,
                Err(reason) => return self.refuse(id, job, reason, out),
            },
        };
        let architecture = self.model(id, &model)?.architecture();
        let action = CommitModel { job: *id, model, architecture: architecture.clone() }.into();
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, Blobs::new(), job.deadline, private, out)?;
        Ok(Act::Committed { job: *id, model, architecture })
    }

    /// The model that was trained for a job.
    fn trained(&self, id: &JobId) -> Option<ModelCommitment> {
        self.party.journal().entries().iter().rev().find_map(|entry| match entry {
            Entry::Trained { job, model } if job == id => Some(*model),
            _ => None,
        })
    }

    /// The parameters behind a commitment.
    pub(super) fn model(&self, id: &JobId, model: &ModelCommitment) -> Result<Graph, Error> {
        let missing = Error::Missing { what: "the model", job: *id };
        self.party.kept_model(model)?.ok_or(missing)
    }

    /// The salt of a commitment.
    pub(super) fn salt(&self, id: &JobId, model: &ModelCommitment) -> Result<Salt, Error> {
        let missing = Error::Missing { what: "the salt", job: *id };
        self.party.kept(Kind::ModelSalt, model)?.map(Salt).ok_or(missing)
    }

    fn train(
        &mut self,
        id: &JobId,
        job: &Job,
        out: &mut Outside<'_>,
    ) -> Result<Result<ModelCommitment, Reason>, Error> {
        let listed = out.market.listing(&job.request.dataset)?;
        let sold = listed.map(|listed| listed.listing.commitment);
        let own = self.tables.get(&job.request.dataset);
        let table = match own {
            Some((commitment, table)) if Some(*commitment) == sold => table,
            _ => return Ok(Err(Reason::Rows)),
        };
        if self.secret(id, job).is_none() {
            return Ok(Err(Reason::Secret));
        }
        if let Some(reason) = self.policy.refuses(job) {
            return Ok(Err(reason));
        }
        (out.progress)(phase::TRAINING);
        let graph = match train(&job.request.algorithm, table) {
            Ok(graph) => graph,
            Err(reason) => return Ok(Err(reason)),
        };
        if !is_provable(job, graph.architecture()) {
            return Ok(Err(Reason::TooLarge));
        }
        let salt = Salt(uniform(out));
        let model = proofs::commit(&graph, &salt);
        // Both before the entry, and the entry before the transaction: whoever knows of a model can open it.
        self.party.keep(Kind::ModelSalt, &model, &salt, out)?;
        self.party.keep(Kind::Model, &model, &graph, out)?;
        self.party.append(Entry::Trained { job: *id, model })?;
        Ok(Ok(model))
    }

    /// Opens the buyer's secret, if it is the one that the job names.
    pub(super) fn secret(&self, id: &JobId, job: &Job) -> Option<FieldDigest> {
        let sealed = job.request.sealed_secret.as_slice();
        let opened = envelope::open(sealed, self.party.keys(), Purpose::BuyerSecret, &id.0).ok()?;
        let secret = from_bytes(&opened).ok()?;
        (delivery::secret_hash(&secret, id) == job.request.secret_hash).then_some(secret)
    }
}

/// Whether model and test set fit into the proofs that will be due, and the ciphertext into its blob.
fn is_provable(job: &Job, architecture: Architecture) -> bool {
    if BLOB_BYTES_MAX < ciphertext_bytes(&architecture) {
        return false;
    }
    let commitment = ModelCommitment(job.request.secret_hash);
    let model = Model { commitment, architecture, height: Height::new(0) };
    let context = assay_types::statement::Context::default();
    let score = Score::AtLeast(job.needed);
    let accuracy = statement::accuracy(context, job, &model, Digest::default(), score);
    let delivery =
        statement::delivery(context, job, &model, job.request.secret_hash, Digest::default());
    accuracy::security(&accuracy).is_ok() && delivery::security(&delivery).is_ok()
}
