//! Receipts, verified and shown: by a node for those who cannot do it themselves, and by a browser that can.

use crate::{Problem, event, fields};
use assay_codec::from_bytes;
use assay_model::Table;
use assay_receipt::{ProofCheck, Receipt, Report, TRAINING_DATA};
use assay_types::{BlobId, Event, Genesis};
use serde_json::{Map, Value};

/// Reads a receipt's document. Code `receipt-form` if it is none, or was changed.
pub fn read(text: &[u8]) -> Result<Receipt, Problem> {
    Receipt::from_json(text).map_err(|error| {
        let detail = format!("this is no receipt, or was changed: {error}");
        Problem { status: 422, code: "receipt-form".into(), detail }
    })
}

/// The blobs with the proof of the score and with the test rows that a receipt names. `None` if it is not that of a sale.
pub fn blobs(receipt: &Receipt) -> Option<(BlobId, BlobId)> {
    let [_, _, opened, _, settled] = &receipt.history;
    match (&opened.event, &settled.event) {
        (Event::TestOpened { blob, .. }, Event::Settled { sale, .. }) => {
            Some((sale.accuracy_proof, *blob))
        }
        _ => None,
    }
}

/// Verifies a receipt, and with it the proof of the score and the `rows` that it is about, as far as they are given.
/// Rows that were sealed to the owner are no table to anybody else: then the proof is about a commitment to them.
///
/// The code of a problem is `receipt-` and the number of the rule ([`assay_receipt::Rejection`]).
pub fn verify(
    receipt: &Receipt,
    genesis: &Genesis,
    proof: Option<&[u8]>,
    rows: Option<&[u8]>,
) -> Result<Map<String, Value>, Problem> {
    let table = rows.and_then(|bytes| from_bytes::<Table>(bytes).ok());
    let report = receipt.verify(genesis, proof, table.as_ref()).map_err(|rejection| Problem {
        status: 422,
        code: format!("receipt-{}", rejection.code()),
        detail: rejection.to_string(),
    })?;
    Ok(shown(&report, genesis))
}

fn shown(report: &Report, genesis: &Genesis) -> Map<String, Value> {
    fields! {
        "is_valid": true,
        "genesis": genesis.digest().to_string(),
        "job": report.job.to_string(),
        "buyer": report.buyer.to_string(),
        "owner": report.owner.to_string(),
        "dataset": report.dataset.to_string(),
        "model_commitment": report.model.to_string(),
        "threshold": report.threshold.to_string(),
        "at_least": report.needed,
        "rows": report.rows,
        "score": event::score(&report.score),
        "fresh": report.fresh,
        "price": report.price.to_string(),
        "burned": report.burned.to_string(),
        "height": report.height.get(),
        "time_ms": report.time_ms,
        "proof": match report.proof {
            ProofCheck::Absent => "not looked at",
            ProofCheck::Same => "the one that the ledger verified",
            ProofCheck::Verified => "verified again",
        },
        "training_data": TRAINING_DATA,
    }
}
