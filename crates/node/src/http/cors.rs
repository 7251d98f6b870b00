//! Pages from elsewhere, which a browser lets ask a node only if the node says so.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue =
    HeaderValue::from_static("Content-Type, Idempotency-Key, Last-Event-ID");
/// How long a browser need not ask again, in seconds.
const AGE: HeaderValue = HeaderValue::from_static("600");

/// Whether a browser asks what it may do, before it does it.
pub(super) fn is_question<B>(request: &axum::http::Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What pages of the permitted origin may do.
pub(super) fn answer() -> Response {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, AGE),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
