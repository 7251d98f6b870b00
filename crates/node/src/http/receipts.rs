//! Verifying receipts for those who cannot do it themselves. Nothing is kept.

use super::Shared;
use super::answer::{Document, Failure, failed};
use super::body;
use super::page::flag;
use assay_api::{Problem, event};
use assay_codec::from_bytes;
use assay_model::Table;
use assay_receipt::{JSON_BYTES_MAX, ProofCheck, Receipt, Report, TRAINING_DATA};
use assay_types::{Event, Genesis};
use axum::extract::{Query, Request, State};
use serde::Deserialize;
use serde_json::{Value, json};

/// A receipt of the largest sale is far shorter than what its decoder would take.
const RECEIPT_BYTES_MAX: usize = JSON_BYTES_MAX / 4;

#[derive(Debug, Deserialize)]
pub(super) struct How {
    proofs: Option<String>,
}

/// The proof of the score and the rows that it is about, as far as this node still has them.
#[derive(Debug, Default)]
struct Kept {
    proof: Option<Vec<u8>>,
    rows: Option<Vec<u8>>,
}

/// Verifies a receipt against this node's own genesis; with `proofs`, the proof of the score as well. The work is
/// done outside of the chain's thread.
pub(super) async fn verify(
    State(shared): State<Shared>,
    Query(how): Query<How>,
    request: Request,
) -> Result<Document, Failure> {
    let wants_proof = flag(how.proofs.as_deref(), "proofs")?;
    body::media(&request, "application/json")?;
    let text = body::read(request, RECEIPT_BYTES_MAX).await?;
    let receipt = Receipt::from_json(&text).map_err(|error| {
        let detail = format!("this is no receipt, or was changed: {error}");
        Problem { status: 422, code: "receipt-form".into(), detail }
    })?;
    let asked = receipt.clone();
    let (genesis, kept) = shared
        .ask(move |chain| {
            let genesis = chain.genesis().clone();
            let Some((proof, rows)) = blobs(&asked).filter(|_| wants_proof) else {
                return Ok((genesis, Kept::default()));
            };
            let proof = chain.blob(&proof).map_err(failed)?;
            let proof = proof.ok_or_else(|| Problem::not_found("proof of this sale any more"))?;
            let rows = chain.blob(&rows).map_err(failed)?;
            Ok((genesis, Kept { proof: Some(proof), rows }))
        })
        .await?;
    let checked = tokio::task::spawn_blocking(move || check(&receipt, &genesis, &kept)).await;
    Ok(checked.map_err(|_| Problem::failed("the verification was interrupted"))??)
}

/// The blobs of proof and test rows that a sale names.
fn blobs(receipt: &Receipt) -> Option<(assay_types::BlobId, assay_types::BlobId)> {
    let [_, _, opened, _, settled] = &receipt.history;
    match (&opened.event, &settled.event) {
        (Event::TestOpened { blob, .. }, Event::Settled { sale, .. }) => {
            Some((sale.accuracy_proof, *blob))
        }
        _ => None,
    }
}

fn check(receipt: &Receipt, genesis: &Genesis, kept: &Kept) -> Result<Document, Problem> {
    // Rows that were sealed to the owner are no table to anybody else; the proof is about a commitment to them.
    let rows = kept.rows.as_deref().and_then(|bytes| from_bytes::<Table>(bytes).ok());
    let report = receipt.verify(genesis, kept.proof.as_deref(), rows.as_ref());
    let report = report.map_err(|rejection| Problem {
        status: 422,
        code: format!("receipt-{}", rejection.code()),
        detail: rejection.to_string(),
    })?;
    Ok(Document(shown(&report, genesis)))
}

fn shown(report: &Report, genesis: &Genesis) -> Value {
    json!({
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
    })
}
