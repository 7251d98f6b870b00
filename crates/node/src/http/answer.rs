//! What handlers answer with, and how names in paths are read.

use assay_api::Problem;
use assay_codec::from_hex;
use assay_types::{Address, BlobId, DatasetId, JobId};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Why a request is not served.
#[derive(Debug)]
pub(super) struct Failure(pub(super) Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = [(header::CONTENT_TYPE, Problem::MEDIA)];
        (status, headers, self.0.to_json().to_string()).into_response()
    }
}

/// A document.
#[derive(Debug)]
pub(super) struct Document(pub(super) Value);

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/json")];
        (headers, self.0.to_string()).into_response()
    }
}

/// A header's value that is known to be one.
pub(super) fn named(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

/// Says that the chain itself has failed, without saying where; or that it does not keep what was asked for.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` calls")]
pub(super) fn failed(error: assay_chain::Error) -> Problem {
    if let assay_chain::Error::NotKept { .. } = error {
        return Problem::not_kept(error.to_string());
    }
    tracing::error!(error = &error as &dyn std::error::Error, "a question has no answer");
    Problem::failed("the ledger of this node has failed")
}

fn bytes<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Problem> {
    from_hex(text).map_err(|error| Problem::malformed(format!("not the name of {what}: {error}")))
}

/// Reads an account's name.
pub(super) fn address(text: &str) -> Result<Address, Problem> {
    bytes(text, "an account").map(Address)
}

/// Reads a listing's name.
pub(super) fn dataset(text: &str) -> Result<DatasetId, Problem> {
    digest(text, "a listing").map(DatasetId)
}

/// Reads a job's name.
pub(super) fn job(text: &str) -> Result<JobId, Problem> {
    digest(text, "a job").map(JobId)
}

/// Reads a blob's name.
pub(super) fn blob(text: &str) -> Result<BlobId, Problem> {
    digest(text, "a blob").map(BlobId)
}

/// Reads a digest.
pub(super) fn digest(text: &str, what: &str) -> Result<assay_codec::Digest, Problem> {
    bytes(text, what).map(assay_codec::Digest)
}

/// Reads a number.
pub(super) fn number(text: &str, what: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::malformed(format!("{what} is a whole number, not {text:?}")))
}
