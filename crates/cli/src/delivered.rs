//! What a sale has left with the buyer, as files.

use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    proof_file::{ProofFile, Statement},
    rows_opening::RowsOpening,
};
use assay_agent::Delivered;
use assay_codec::{from_bytes, to_bytes};
use assay_statements::commit::Salt;
use assay_types::statement::Privacy;
use std::path::Path;

/// The receipt; it is written last, so that where it is, the rest is too.
pub(crate) const RECEIPT: &str = "receipt.json";

/// Writes model, proofs and receipt into a folder.
///
/// After a sale about a private test set, what opens the commitment to it goes into `test.opening`.
pub(crate) fn write(delivered: &Delivered, rows_salt: Option<Salt>, dir: &Path) -> Result<()> {
    let accuracy = ProofFile {
        statement: Statement::Accuracy(delivered.receipt.accuracy.clone()),
        proof: delivered.accuracy_proof.clone(),
    };
    let delivery = ProofFile {
        statement: Statement::Delivery(delivered.receipt.delivery.clone()),
        proof: delivered.delivery_proof.clone(),
    };
    let receipt = delivered.receipt.to_json();
    let receipt = receipt.ok_or_else(|| Failure::new(Code::Unverified, "not a sale's receipt"))?;
    if let Some(onnx) = &delivered.onnx {
        files::write(&dir.join("model.onnx"), onnx, Readers::Owner)?;
    }
    let is_private = delivered.receipt.accuracy.modes.input != Privacy::Public;
    if let Some(salt) = rows_salt.filter(|_| is_private) {
        let rows = from_bytes(&delivered.receipt.accuracy.data.0)?;
        let opening = RowsOpening { commitment: rows, salt };
        files::write(&dir.join("test.opening"), &to_bytes(&opening), Readers::Owner)?;
    }
    let files: [(&str, &[u8], Readers); 5] = [
        ("model.assay", &delivered.model.to_file(), Readers::Owner),
        ("accuracy.proof", &to_bytes(&accuracy), Readers::All),
        ("delivery.proof", &to_bytes(&delivery), Readers::All),
        ("ciphertext.bin", &delivered.ciphertext, Readers::All),
        (RECEIPT, receipt.as_bytes(), Readers::All),
    ];
    files
        .into_iter()
        .try_for_each(|(name, bytes, readers)| files::write(&dir.join(name), bytes, readers))
}
