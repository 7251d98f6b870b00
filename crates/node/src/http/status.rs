//! The node itself.

use super::Shared;
use super::answer::{Document, Failure};
use crate::metrics::{self, Number, of_pool, text};
use assay_api::{Problem, openapi};
use assay_chain::Chain;
use assay_receipt::genesis_to_json;
use assay_types::validators::Succession;
use assay_types::{Address, Finality, Height};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(super) async fn status(State(shared): State<Shared>) -> Result<Document, Failure> {
    let document = shared.ask(|chain| {
        let state = chain.state();
        Ok(json!({
            "chain": state.chain(),
            "genesis": state.genesis().to_string(),
            "height": state.height().get(),
            "time_ms": state.time_ms(),
            "state_root": state.root().to_string(),
            "log_entries": chain.entry_count(),
            "waiting": chain.pending(),
            "burned": state.burned().to_string(),
            "order": order(chain),
            "version": env!("CARGO_PKG_VERSION"),
        }))
    });
    document.await.map(Document)
}

/// Who orders the blocks, and who signed the last one.
fn order(chain: &Chain) -> Value {
    let (succession, height) = (chain.succession(), chain.height());
    let next = succession.epoch(Height::new(height.get().saturating_add(1)));
    let Some(validators) = succession.validators(next) else {
        return json!({ "kind": "authority" });
    };
    let last = chain.block(chain.height()).ok().flatten().map(|block| block.certified.finality);
    let (view, signers) = match last {
        Some(Finality::Validators(certificate)) => {
            (Some(certificate.view), certificate.signers.clone())
        }
        _ => (None, Vec::new()),
    };
    json!({
        "kind": "validators",
        "validators": validators.count(),
        "quorum": validators.quorum(),
        "view": view,
        "signers": signers,
        "candidates": chain.candidates(),
        // Of the next block; the certificate is the last block's.
        "epoch": next,
        "epoch_ends": Some(succession.last(next).get()).filter(|last| *last != u64::MAX),
        "signed_in": succession.epoch(height),
        "changes": succession.changes(),
        // Those of the last block too, and since when.
        "seated_since": seated_since(succession, succession.epoch(height)),
        "seated": names(chain.state().seated()),
        "seated_next": names(&chain.state().successors()),
    })
}

/// The first block of the first epoch in which those who order the blocks of `epoch` did.
fn seated_since(succession: &Succession, epoch: u64) -> u64 {
    let first = succession.sets().map(|(first, _)| first).filter(|first| *first <= epoch).max();
    let before = first.unwrap_or(0).checked_sub(1);
    before.map_or(0, |before| succession.last(before).get()).saturating_add(1)
}

fn names(owners: &[Address]) -> Vec<String> {
    owners.iter().map(Address::to_string).collect()
}

pub(super) async fn genesis(State(shared): State<Shared>) -> Result<Response, Failure> {
    let text = shared.ask(|chain| Ok(genesis_to_json(chain.genesis()))).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

pub(super) async fn openapi() -> Document {
    Document(openapi::document())
}

pub(super) async fn lives() -> &'static str {
    "ok\n"
}

/// A node whose chain does not answer is not ready, nor is one that does not get what the others have.
pub(super) async fn is_ready(State(shared): State<Shared>) -> Result<&'static str, Failure> {
    let lack = shared.others.as_ref().and_then(|others| others.standing.lack());
    if let Some(lack) = lack {
        return Err(Problem::behind(lack.to_string()).into());
    }
    shared.ask(|_| Ok("ok\n")).await
}

pub(super) async fn metrics(State(shared): State<Shared>) -> Result<Response, Failure> {
    let of_chain = shared.ask(|chain| {
        let state = chain.state();
        let gauge = |name, help, value| {
            let value = metrics::Value::Count(value);
            Number { name, kind: "gauge", help, value }
        };
        let in_place = chain.verifications_in_place();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok([
            gauge("assay_height", "The last block", state.height().get()),
            gauge("assay_log_entries", "Entries of the log", chain.entry_count()),
            gauge("assay_waiting", "Transactions that wait", count(chain.pending())),
            gauge("assay_verifications", "Proofs verified", chain.verifications()),
            gauge("assay_verifications_in_place", "Of these, on the chain's thread", in_place),
            gauge("assay_listings", "Listings", count(state.listings().count())),
            gauge("assay_jobs", "Jobs", count(state.jobs().count())),
        ])
    });
    let mut numbers = of_chain.await?.into_iter().collect::<Vec<_>>();
    if let Some(others) = &shared.others {
        numbers.push(Number {
            name: "assay_behind",
            kind: "gauge",
            help: "1: the others have what does not come here; /readyz says what",
            value: metrics::Value::Count(others.standing.lack().is_some().into()),
        });
    }
    numbers.extend(shared.counters.numbers());
    numbers.extend(of_pool(&shared.mailbox.verifications()));
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((headers, text(&numbers)).into_response())
}
