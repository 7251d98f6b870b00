//! Verifying receipts for those who cannot do it themselves. Nothing is kept.

use super::Shared;
use super::answer::{Document, Failure, failed};
use super::body;
use super::page::flag;
use assay_api::{Problem, receipt};
use assay_receipt::JSON_BYTES_MAX;
use axum::extract::{Query, Request, State};
use serde::Deserialize;
use serde_json::Value;

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
    let receipt = receipt::read(&text)?;
    let asked = receipt.clone();
    let (genesis, kept) = shared
        .ask(move |chain| {
            let genesis = chain.genesis().clone();
            let Some((proof, rows)) = receipt::blobs(&asked).filter(|_| wants_proof) else {
                return Ok((genesis, Kept::default()));
            };
            let proof = chain.blob(&proof).map_err(failed)?;
            let proof = proof.ok_or_else(|| Problem::not_found("proof of this sale any more"))?;
            let rows = chain.blob(&rows).map_err(failed)?;
            Ok((genesis, Kept { proof: Some(proof), rows }))
        })
        .await?;
    let check =
        move || receipt::verify(&receipt, &genesis, kept.proof.as_deref(), kept.rows.as_deref());
    let checked = tokio::task::spawn_blocking(check).await;
    let report = checked.map_err(|_| Problem::failed("the verification was interrupted"))??;
    Ok(Document(Value::Object(report)))
}
