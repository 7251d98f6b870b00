//! What the state holds, for those who do not believe this node, and snapshots of all of it.

use super::Shared;
use super::answer::{Document, Failure, number};
use assay_api::{Problem, block, bytes, state as view, with_canonical};
use assay_codec::to_bytes;
use assay_ledger::Wanted;
use assay_types::Height;
use assay_types::state::Kind;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// The header, its certificate, what stands under the key (or that nothing does), and the proof.
pub(super) async fn show(
    State(shared): State<Shared>,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Document, Failure> {
    let (kind, key) = (kind_of(&kind)?, key_of(&key)?);
    let asked = key.clone();
    let answer = shared.ask(move |chain| match chain.prove(kind, &asked) {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(Problem::not_found("block yet")),
        Err(error) => Err(Problem::malformed(error.to_string())),
    });
    let answer = answer.await?;
    Ok(Document(with_canonical(view::shown(kind, &key, &answer), &answer)))
}

/// What the latest snapshot begins with.
pub(super) async fn snapshot(State(shared): State<Shared>) -> Result<Document, Failure> {
    let beginning = shared
        .ask(|chain| chain.snapshot().ok_or_else(|| Problem::not_found("snapshot yet")))
        .await?;
    let fields = block::header(&beginning.certified);
    Ok(Document(with_canonical(fields, &beginning)))
}

/// The entries of a kind after a key, as bytes.
pub(super) async fn piece(
    State(shared): State<Shared>,
    Path((height, kind)): Path<(String, String)>,
    Query(query): Query<After>,
) -> Result<Response, Failure> {
    let height = Height::new(number(&height, "the number of a block")?);
    let after = query.after.as_deref().map(key_of).transpose()?;
    let wanted = Wanted { kind: kind_of(&kind)?, after };
    let piece = shared.ask(move |chain| {
        let piece = chain.piece(height, &wanted);
        piece.ok_or_else(|| Problem::not_found("entry of a snapshot that is kept"))
    });
    let headers = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((headers, to_bytes(&piece.await?)).into_response())
}

fn kind_of(name: &str) -> Result<Kind, Problem> {
    let names = Kind::ALL.map(Kind::name).join(", ");
    Kind::of(name).ok_or_else(|| Problem::malformed(format!("a kind is one of {names}")))
}

fn key_of(text: &str) -> Result<Vec<u8>, Problem> {
    bytes(text).map_err(|error| Problem::malformed(format!("not a key: {error}")))
}
