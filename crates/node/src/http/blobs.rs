//! Proofs, ciphertexts, test rows.

use super::Shared;
use super::answer::{Failure, blob, failed, named};
use assay_api::Problem;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

pub(super) async fn show(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let id = blob(&name)?;
    let bytes = shared.ask(move |chain| {
        chain.blob(&id).map_err(failed)?.ok_or_else(|| Problem::not_found("blob any more"))
    });
    // The name is the hash of the bytes: they never change.
    let headers = [
        (header::CONTENT_TYPE, named("application/octet-stream")),
        (header::CACHE_CONTROL, named("public, max-age=31536000, immutable")),
    ];
    Ok((headers, bytes.await?).into_response())
}
