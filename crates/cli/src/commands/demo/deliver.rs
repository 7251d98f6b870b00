//! What the demo leaves: the model, the proofs, the receipt, and a report.

use super::sale::Sale;
use super::story::Story;
use crate::{
    delivered::{self, RECEIPT},
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    output::report,
};
use assay_agent::{Delivered, Market as _, phase};
use assay_receipt::{Report as Verified, TRAINING_DATA};
use assay_statements::{accuracy, delivery};
use assay_types::JobId;
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Instant;

/// Files, and what they are.
const FILES: [(&str, &str); 8] = [
    ("model.assay", "the model that was delivered"),
    ("model.onnx", "the same for onnxruntime"),
    ("accuracy.proof", "that it reaches the threshold"),
    ("delivery.proof", "that the ciphertext holds it"),
    ("ciphertext.bin", "the ciphertext"),
    ("test.csv", "the rows that it was scored on"),
    (RECEIPT, "what anyone can verify offline"),
    ("genesis.json", "what a verifier has to trust: the first facts of the chain"),
];

/// Those that are there: not every model has a form for onnxruntime.
pub(super) fn files(dir: &Path) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.into_iter().filter(|(name, _)| dir.join(name).exists())
}

/// What a program is told.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) entries: Map<String, Value>,
    pub(super) verify_ms: u64,
}

/// Writes everything into the folder of the demo, and verifies it once more.
pub(super) fn deliver(sale: &Sale, job: &JobId, story: &Story<'_>) -> Result<Report> {
    let delivered = sale.buyer.delivered(job)?.ok_or_else(|| {
        Failure::new(Code::NotFound, "the model was paid for and is not in the buyer's folder")
    })?;
    let start = Instant::now();
    let (proof, table) = (Some(delivered.accuracy_proof.as_slice()), Some(&sale.test));
    let verified = delivered.receipt.verify(sale.node.genesis(), proof, table);
    let verify_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let verified = verified.code(Code::Unverified)?;
    files::write(&story.dir().join("test.csv"), sale.data.test, Readers::All)?;
    delivered::write(&delivered, None, story.dir())?;
    let mut entries = sold(sale, &verified)?;
    entries.extend(proven(&delivered, story, verify_ms));
    let files = self::files(story.dir());
    let files: Vec<_> =
        files.map(|(name, _)| story.dir().join(name).display().to_string()).collect();
    entries.extend(report! { "files": files, "total_ms": story.total_ms() });
    Ok(Report { entries, verify_ms })
}

/// Who sold what to whom, for how much.
fn sold(sale: &Sale, verified: &Verified) -> Result<Map<String, Value>> {
    Ok(report! {
        "dataset": sale.data.name,
        "algorithm": sale.asked.algorithm.to_string(),
        "training_data": TRAINING_DATA,
        "training_rows": sale.train.rows(),
        "rows": verified.rows,
        "at_least": verified.needed,
        "threshold": verified.threshold.to_string(),
        "fresh": verified.fresh,
        "job": verified.job.to_string(),
        "listing": verified.dataset.to_string(),
        "owner": verified.owner.to_string(),
        "buyer": verified.buyer.to_string(),
        "price": verified.price.to_string(),
        "evaluation_fee": sale.prices(&verified.job)?.1.to_string(),
        "burned": verified.burned.to_string(),
        "owner_balance": sale.balance(verified.owner)?.to_string(),
        "buyer_balance": sale.balance(verified.buyer)?.to_string(),
        "height": verified.height.get(),
    })
}

/// What was proven, and what it cost. Times of what an earlier run has done are null.
fn proven(delivered: &Delivered, story: &Story<'_>, verify_ms: u64) -> Map<String, Value> {
    let receipt = &delivered.receipt;
    let accuracy_bits = accuracy::security_bits(&receipt.accuracy);
    let delivery_bits = delivery::security_bits(&receipt.delivery);
    report! {
        "model_commitment": receipt.accuracy.model.to_string(),
        "statement": receipt.accuracy.digest().to_string(),
        "delivery_statement": receipt.delivery.digest().to_string(),
        "proof_bytes": delivered.accuracy_proof.len(),
        "delivery_proof_bytes": delivered.delivery_proof.len(),
        "ciphertext_bytes": delivered.ciphertext.len(),
        "security_bits": accuracy_bits.min(delivery_bits),
        "train_ms": story.phase_ms(phase::TRAINING),
        "prove_ms": story.phase_ms(phase::SCORE),
        "delivery_prove_ms": story.phase_ms(phase::DELIVERY),
        "verify_ms": verify_ms,
        "model_digest": delivered.model.digest().to_string(),
    }
}
