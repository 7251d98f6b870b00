//! Taking what was paid for.

use super::Buyer;
use crate::disk;
use crate::error::Error;
use crate::journal::Entry;
use crate::proofs;
use crate::step::{Act, Outside, phase};
use assay_codec::to_hex;
use assay_import::export_onnx;
use assay_ledger::job::Job;
use assay_model::Model;
use assay_receipt::{JSON_BYTES_MAX, ProofCheck, Receipt};
use assay_statements::commit::Salt;
use assay_statements::delivery;
use assay_types::{BLOB_BYTES_MAX, Event, JobId, Sale};
use assay_wallet::openings::Kind;
use std::path::PathBuf;

/// Longest model or ONNX file.
const MODEL_BYTES_MAX: u64 = 1 << 28;

const MODEL: &str = "model.assay";
const ONNX: &str = "model.onnx";
const RECEIPT: &str = "receipt.json";
const ACCURACY: &str = "accuracy.bytes";
const DELIVERY: &str = "delivery.bytes";
const CIPHERTEXT: &str = "ciphertext.bytes";

/// What a sale has left with the buyer. The salt of the model's commitment is in the wallet's openings.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The model.
    pub model: Model,
    /// The same model for onnxruntime. A model may answer every row and be no tree (two slots may lead to a third), or have one
    /// class only; it was proven and delivered all the same, and has no such file.
    pub onnx: Option<Vec<u8>>,
    /// The receipt; its statements are those of the proofs.
    pub receipt: Receipt,
    /// The proof of accuracy.
    pub accuracy_proof: Vec<u8>,
    /// The proof of delivery.
    pub delivery_proof: Vec<u8>,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

impl Buyer {
    /// Returns what the sale of this job has left; `None` if it was not received (yet).
    pub fn delivered(&self, id: &JobId) -> Result<Option<Delivered>, Error> {
        let Some(receipt) = self.receipt(id)? else { return Ok(None) };
        let read = |name: &str, limit: u64| disk::read(&self.file(id, name), limit);
        let whole = |found: Option<Vec<u8>>| found.ok_or(Error::Damaged("the folder of a job"));
        let model = Model::from_file(&whole(read(MODEL, MODEL_BYTES_MAX)?)?);
        Ok(Some(Delivered {
            model: model.map_err(|_| Error::Damaged("a delivered model"))?,
            onnx: read(ONNX, MODEL_BYTES_MAX)?,
            receipt,
            accuracy_proof: whole(read(ACCURACY, BLOB_BYTES_MAX as u64)?)?,
            delivery_proof: whole(read(DELIVERY, BLOB_BYTES_MAX as u64)?)?,
            ciphertext: whole(read(CIPHERTEXT, BLOB_BYTES_MAX as u64)?)?,
        }))
    }

    /// The salt that opens the commitment to a private test set. Whoever has it and the rows can see that a receipt is
    /// about them.
    pub fn rows_salt(&self, id: &JobId) -> Result<Option<Salt>, Error> {
        self.party.kept(Kind::RowsSalt, id)
    }

    /// The receipt of a sale that was received.
    pub(super) fn receipt(&self, id: &JobId) -> Result<Option<Receipt>, Error> {
        if !self.party.has_closed(id) {
            return Ok(None);
        }
        let bytes = disk::read(&self.file(id, RECEIPT), JSON_BYTES_MAX as u64)?;
        let receipt = bytes.map(|bytes| Receipt::from_json(&bytes)).transpose();
        receipt.map_err(|_| Error::Damaged("a receipt"))
    }

    /// Decrypts the model of a settled job, finds it to be the committed one, and keeps all that remains.
    pub(super) fn receive(
        &mut self,
        id: &JobId,
        job: &Job,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        (out.progress)(phase::DECRYPTING);
        let delivered = self.collect(id, job, out)?;
        let receipt =
            delivered.receipt.to_json().ok_or(Error::Lie { job: *id, what: "the receipt" })?;
        disk::create_dir(&self.folder(id))?;
        if let Some(onnx) = &delivered.onnx {
            disk::write(&self.file(id, ONNX), onnx)?;
        }
        let files: [(&str, &[u8]); 5] = [
            (MODEL, &delivered.model.to_file()),
            (ACCURACY, &delivered.accuracy_proof),
            (DELIVERY, &delivered.delivery_proof),
            (CIPHERTEXT, &delivered.ciphertext),
            (RECEIPT, receipt.as_bytes()),
        ];
        for (name, bytes) in files {
            disk::write(&self.file(id, name), bytes)?;
        }
        self.party.append(Entry::Closed { job: *id })?;
        Ok(Act::Received { job: *id })
    }

    fn collect(
        &mut self,
        id: &JobId,
        job: &Job,
        out: &mut Outside<'_>,
    ) -> Result<Delivered, Error> {
        let lie = |what| Error::Lie { job: *id, what };
        let receipt = out.market.receipt(id)?.ok_or(lie("the receipt"))?;
        let sale = sale(&receipt).ok_or(lie("the receipt"))?.clone();
        let blob = |id| -> Result<Vec<u8>, Error> {
            out.market.blob(id)?.ok_or(lie("a proof is not kept"))
        };
        let accuracy_proof = blob(&sale.accuracy_proof)?;
        let delivery_proof = blob(&sale.delivery_proof)?;
        let ciphertext = blob(&sale.ciphertext)?;
        let test_set = self.test(id, job)?;
        let genesis = out.market.genesis();
        let report = receipt.verify(genesis, Some(&accuracy_proof), test_set.public());
        let report = report.map_err(|_| lie("the receipt"))?;
        // Of public rows the receipt has compared the digest itself.
        if receipt.accuracy.data != test_set.name() {
            return Err(lie("the test set"));
        }
        if (report.job, report.buyer, report.proof) != (*id, self.address(), ProofCheck::Verified) {
            return Err(lie("the receipt"));
        }
        delivery::verify(&receipt.delivery, &ciphertext, &delivery_proof)
            .map_err(|_| lie("the proof of delivery"))?;

        let model = self.decrypt(id, (job, &sale), &ciphertext, out)?;
        let onnx = export_onnx(&model).ok();
        Ok(Delivered { model, onnx, receipt, accuracy_proof, delivery_proof, ciphertext })
    }

    /// Opens the ciphertext, and keeps model and salt in the wallet.
    fn decrypt(
        &mut self,
        id: &JobId,
        (job, sale): (&Job, &Sale),
        ciphertext: &[u8],
        out: &mut Outside<'_>,
    ) -> Result<Model, Error> {
        let lie = |what| Error::Lie { job: *id, what };
        let missing = Error::Missing { what: "the buyer's secret", job: *id };
        let secret = self.party.kept(Kind::BuyerSecret, id)?.ok_or(missing)?;
        let keys = (&sale.key, &secret);
        let (graph, salt) = proofs::open(ciphertext, &sale.architecture, keys, id)
            .map_err(|_| lie("the ciphertext"))?;
        if proofs::commit(&graph, &salt) != sale.model {
            return Err(lie("the model"));
        }
        self.party.keep(Kind::ModelSalt, &sale.model, &salt, out)?;
        self.party.keep(Kind::Model, &sale.model, &graph, out)?;
        Model::new(job.schema.clone(), graph).map_err(|_| lie("the schema"))
    }

    fn folder(&self, id: &JobId) -> PathBuf {
        self.party.path("jobs").join(&to_hex(&id.0.0)[2..])
    }

    fn file(&self, id: &JobId, name: &str) -> PathBuf {
        self.folder(id).join(name)
    }
}

fn sale(receipt: &Receipt) -> Option<&Sale> {
    match &receipt.history.last()?.event {
        Event::Settled { sale, .. } => Some(sale),
        _ => None,
    }
}
