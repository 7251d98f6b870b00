//! Handing in.

use super::Shared;
use super::answer::{Document, Failure, failed};
use crate::metrics::Counters;
use assay_api::{Problem, SUBMISSION_BYTES_MAX, Submission};
use assay_chain::SubmitError;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// Longest wait for a body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// Reads a body that is neither too long nor too slow.
async fn body(request: Request) -> Result<Bytes, Problem> {
    let declared = request.headers().get(header::CONTENT_LENGTH).map(HeaderValue::to_str);
    let declared = declared.and_then(|length| length.ok()?.parse::<usize>().ok());
    // Known before a byte of it has come.
    if declared.is_some_and(|length| SUBMISSION_BYTES_MAX < length) {
        return Err(Problem::too_long(SUBMISSION_BYTES_MAX));
    }
    let read = tokio::time::timeout(BODY_TIME, Bytes::from_request(request, &())).await;
    let read = read.map_err(|_| Problem::malformed("the body did not come within a minute"))?;
    read.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(_) => Problem::too_long(SUBMISSION_BYTES_MAX),
        _ => Problem::malformed("the body cannot be read"),
    })
}

/// A transaction names itself: it has a number, and is executed once however often it is handed in.
pub(super) async fn submit(
    State(shared): State<Shared>,
    request: Request,
) -> Result<Response, Failure> {
    let media = request.headers().get(header::CONTENT_TYPE);
    if media.is_none_or(|media| media != "application/octet-stream") {
        let detail = "a transaction is handed in as application/octet-stream";
        return Err(Problem { status: 415, code: "media".into(), detail: detail.into() }.into());
    }
    let body = body(request).await?;
    let submission: Submission = assay_codec::from_bytes(&body)
        .map_err(|error| Problem::malformed(format!("not a transaction: {error}")))?;
    let tx = shared.ask(move |chain| {
        chain.submit(submission.tx, submission.blobs).map_err(|error| match error {
            SubmitError::Rejected(rejection) => {
                Problem::rule(rejection.code(), rejection.to_string())
            }
            SubmitError::Full => Problem::busy("too much waits for the next block"),
            SubmitError::Chain(error) => failed(error),
            error => Problem::malformed(error.to_string()),
        })
    });
    let tx = tx.await?;
    Counters::add(&shared.counters.taken);
    Ok((StatusCode::ACCEPTED, Document(json!({ "tx": tx.to_string() }))).into_response())
}
