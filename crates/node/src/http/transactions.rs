//! Handing in.

use super::answer::{Document, Failure, failed};
use super::idempotency::Answer;
use super::{Shared, body};
use crate::chain::Refused;
use crate::metrics::Counters;
use assay_api::{Problem, SUBMISSION_BYTES_MAX, typed};
use assay_chain::SubmitError;
use assay_types::Height;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Longest document that asks for typed data: an action, in hexadecimal, and a little.
const ASKED_BYTES_MAX: usize = 3 << 20;
/// Blocks that a transaction is valid for, unless another height is given.
const VALID_BLOCKS: u64 = 100;

/// A transaction names itself: it has a number, and is executed once however often it is handed in. Whoever gives a
/// key (`Idempotency-Key`) is also answered as the first time.
pub(super) async fn submit(
    State(shared): State<Shared>,
    request: Request,
) -> Result<Response, Failure> {
    let key = shared.keys.key(request.headers())?;
    let is_json = match body::media_of(&request) {
        Some("application/json") => true,
        Some("application/octet-stream") => false,
        _ => {
            return Err(Problem::media("application/octet-stream or application/json").into());
        }
    };
    let body = body::read(request, SUBMISSION_BYTES_MAX).await?;
    let Some(key) = key else { return Ok(accepted(&take(&shared, is_json, body).await?)) };
    let claim = match shared.keys.claim(key, &body)? {
        Answer::Known(tx) => return Ok(accepted(&tx)),
        Answer::New(claim) => claim,
    };
    let tx = take(&shared, is_json, body).await?;
    claim.answered(tx.clone());
    Ok(accepted(&tx))
}

fn accepted(tx: &str) -> Response {
    (StatusCode::ACCEPTED, Document(json!({ "tx": tx }))).into_response()
}

/// Reads and checks a transaction, and keeps it for the next block.
async fn take(shared: &Shared, is_json: bool, body: Bytes) -> Result<String, Failure> {
    let submission = if is_json {
        let genesis = shared.ask(|chain| Ok(chain.state().genesis())).await?;
        typed::submission(&document(&body)?, &genesis)?
    } else {
        assay_codec::from_bytes(&body)
            .map_err(|error| Problem::malformed(format!("not a transaction: {error}")))?
    };
    let told = shared.others.as_ref().map(|others| (&others.gossip, submission.clone()));
    let taken = shared.mailbox.submit(submission).await;
    let tx = taken.map_err(|gone| Problem::busy(gone.to_string()))?.map_err(refused)?;
    if let Some((gossip, submission)) = told {
        gossip.send(&submission);
    }
    Counters::add(&shared.counters.taken);
    Ok(tx.to_string())
}

fn document(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::malformed(format!("no JSON: {error}")))
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Chain(SubmitError::Rejected(rejection)) => {
            Problem::rule(rejection.code(), rejection.to_string())
        }
        Refused::Chain(SubmitError::Full) => Problem::busy("too much waits for the next block"),
        Refused::Chain(SubmitError::Chain(error)) => failed(error),
        Refused::Chain(error) => Problem::malformed(error.to_string()),
        Refused::Proofs(_) | Refused::Behind => Problem::proofs(refused.to_string()),
    }
}

/// What a wallet is to sign for an action: `{ from, action }`, and if wanted `nonce`, `validUntil`, `maxFee`; what is
/// not said is what would be admitted now.
pub(super) async fn typed(
    State(shared): State<Shared>,
    request: Request,
) -> Result<Document, Failure> {
    body::media(&request, "application/json")?;
    let body = body::read(request, ASKED_BYTES_MAX).await?;
    let mut asked = document(&body)?;
    let typed = shared.ask(move |chain| {
        let state = chain.state();
        let message = asked
            .as_object_mut()
            .ok_or_else(|| Problem::malformed("a document with `from` and `action` is wanted"))?;
        let action = message.remove("action").unwrap_or_default();
        let from = message.get("from").and_then(Value::as_str).unwrap_or_default();
        let account = state.account(&super::answer::address(from)?);
        message.entry("nonce").or_insert(account.nonce.into());
        let valid_until = state.height().checked_add(VALID_BLOCKS).map_or(u64::MAX, Height::get);
        message.entry("validUntil").or_insert(valid_until.into());
        let is_free = message.get("maxFee").is_none();
        message.entry("maxFee").or_insert(0.into());
        let typed = json!({ "domain": { "chainId": state.chain() }, "message": asked });
        let mut tx = typed::transaction(&typed, &action)?;
        if is_free {
            tx.max_fee = assay_ledger::fee(state.parameters(), &tx.action);
        }
        Ok(typed::document(&tx.typed_data(&state.genesis())))
    });
    typed.await.map(Document)
}

#[cfg(test)]
mod tests {
    use super::refused;
    use crate::chain::Refused;
    use crate::pool::Full;
    use assay_chain::SubmitError;

    #[test]
    fn what_waits_too_long_has_a_code_of_its_own() {
        let codes = [Refused::Proofs(Full), Refused::Behind, Refused::Chain(SubmitError::Full)]
            .map(refused)
            .map(|problem| (problem.status, problem.code));
        let expected = ["busy-proofs", "busy-proofs", "busy"].map(|code| (503, code.to_owned()));
        assert_eq!(codes, expected);
    }
}
