//! Bodies of requests: neither too long nor too slow, and of the media type that is meant.

use assay_api::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use std::time::Duration;

/// Longest wait for a body.
const TIME: Duration = Duration::from_secs(60);

/// Reads a body of at most `limit` bytes. The router's own limit is the largest of all.
pub(super) async fn read(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let declared = request.headers().get(header::CONTENT_LENGTH).map(HeaderValue::to_str);
    let declared = declared.and_then(|length| length.ok()?.parse::<usize>().ok());
    // Known before a byte of it has come.
    if declared.is_some_and(|length| limit < length) {
        return Err(Problem::too_long(limit));
    }
    let read = tokio::time::timeout(TIME, Bytes::from_request(request, &())).await;
    let read = read.map_err(|_| Problem::malformed("the body did not come within a minute"))?;
    let bytes = read.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(_) => Problem::too_long(limit),
        _ => Problem::malformed("the body cannot be read"),
    })?;
    if limit < bytes.len() { Err(Problem::too_long(limit)) } else { Ok(bytes) }
}

/// The media type of a request, without parameters.
pub(super) fn media_of(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

/// Fails if the body is of another media type.
pub(super) fn media(request: &Request, meant: &str) -> Result<(), Problem> {
    if media_of(request) == Some(meant) { Ok(()) } else { Err(Problem::media(meant)) }
}
