//! The interface: one file per noun. Every handler asks the chain one question.

mod accounts;
mod answer;
mod assets;
mod blobs;
mod blocks;
mod body;
mod bounds;
mod cors;
mod datasets;
mod events;
mod facets;
mod idempotency;
mod jobs;
mod page;
mod rate;
mod receipts;
mod sales;
pub(crate) mod server;
mod stakes;
mod state;
mod status;
mod transactions;

pub use bounds::Bounds;

use crate::chain::{Gone, Mailbox};
use crate::consensus::faults::Faults;
use crate::consensus::gossip::Gossip;
use crate::consensus::standing::Standing;
use crate::metrics::Counters;
use answer::{Failure, named};
use assay_api::{Problem, SUBMISSION_BYTES_MAX};
use assay_chain::Chain;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use idempotency::Keys;
use rate::Rates;
use server::Peer;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Semaphore, watch};

/// What handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    mailbox: Mailbox,
    /// The other validators, if there are some.
    others: Option<Others>,
    /// Whether the server is about to end.
    stopping: watch::Receiver<bool>,
    counters: Arc<Counters>,
    keys: Keys,
    rates: Arc<Rates>,
    /// Streams of events that may still begin.
    streams: Arc<Semaphore>,
    /// What browsers are told about pages that may ask.
    origin: Option<HeaderValue>,
}

impl Shared {
    /// Asks the chain a question that has an answer or a problem.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Failure> {
        let answer = self.mailbox.ask(question).await;
        Ok(answer.map_err(|gone: Gone| Problem::busy(gone.to_string()))??)
    }
}

/// What a validator's node knows of the others.
#[derive(Clone, Debug)]
pub struct Others {
    /// Tells them of transactions.
    pub gossip: Gossip,
    /// What was found against them.
    pub faults: Faults,
    /// What they have and this node does not get.
    pub standing: Standing,
}

/// The routes of a chain. `others` are told of transactions that were taken, and watched; `stopping` becomes true when streams are to end; `origin` is what pages in a
/// browser may ask it, if any.
pub fn router(
    mailbox: Mailbox,
    others: Option<Others>,
    stopping: watch::Receiver<bool>,
    origin: Option<&str>,
    bounds: &Bounds,
) -> Router {
    let shared = Shared {
        mailbox,
        others,
        stopping,
        counters: Arc::default(),
        keys: Keys::default(),
        rates: Arc::new(Rates::new(bounds.requests_of_peer)),
        streams: Arc::new(Semaphore::new(bounds.streams)),
        origin: origin.and_then(|origin| HeaderValue::from_str(origin).ok()),
    };
    Router::new()
        .route("/v1/status", get(status::status))
        .route("/v1/genesis", get(status::genesis))
        .route("/v1/openapi.json", get(status::openapi))
        .route("/v1/accounts/{address}", get(accounts::account))
        .route("/v1/accounts/{address}/history", get(accounts::history))
        .route("/v1/accounts/{address}/transactions/{nonce}", get(accounts::executed))
        .route("/v1/datasets", get(datasets::list))
        .route("/v1/datasets/{dataset}", get(datasets::show))
        .route("/v1/datasets/{dataset}/sales", get(sales::list))
        .route("/v1/datasets/{dataset}/quote", get(sales::quote))
        .route("/v1/facets", get(facets::show))
        .route("/v1/burned", get(datasets::burned))
        .route("/v1/jobs", get(jobs::list))
        .route("/v1/jobs/{job}", get(jobs::show))
        .route("/v1/jobs/{job}/history", get(jobs::history))
        .route("/v1/jobs/{job}/receipt", get(jobs::receipt))
        .route("/v1/test-sets/{table}/openings/{buyer}", get(jobs::opened))
        .route("/v1/blobs/{blob}", get(blobs::show))
        .route("/v1/blocks", get(blocks::list))
        .route("/v1/blocks/{height}", get(blocks::show))
        .route("/v1/state/{kind}/{key}", get(state::show))
        .route("/v1/snapshot", get(state::snapshot))
        .route("/v1/snapshot/{height}/{kind}", get(state::piece))
        .route("/v1/stakes", get(stakes::list))
        .route("/v1/handovers", get(stakes::handovers))
        .route("/v1/evidence", get(stakes::evidence))
        .route("/v1/events", get(events::stream))
        .route("/v1/transactions", post(transactions::submit))
        .route("/v1/typed-data", post(transactions::typed))
        .route("/v1/receipts/verify", post(receipts::verify))
        .route("/healthz", get(status::lives))
        .route("/readyz", get(status::is_ready))
        .route("/metrics", get(status::metrics))
        .merge(assets::router())
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(SUBMISSION_BYTES_MAX))
        .layer(middleware::from_fn_with_state(shared.clone(), finish))
        .with_state(shared)
}

async fn nowhere() -> Failure {
    Problem::not_found("path").into()
}

/// Counts, and adds the headers that every answer has.
async fn finish(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = match admit(&shared, &request) {
        Some(response) => response,
        None => next.run(request).await,
    };
    let counters = &shared.counters;
    let is_fine = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    Counters::add(if is_fine { &counters.served } else { &counters.refused });
    let media = response.headers().get(header::CONTENT_TYPE);
    if !is_fine && media.is_none_or(|media| media != Problem::MEDIA) {
        // The library's own refusals: another method, a query that cannot be read.
        let (status, detail) = (response.status().as_u16(), response.status().to_string());
        let code = if status == 405 { "method" } else { "malformed" };
        response = Failure(Problem { status, code: code.into(), detail }).into_response();
    }
    let is_busy = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if is_busy {
        headers.entry(header::RETRY_AFTER).or_insert(named("1"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, named("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(named("no-store"));
    if let Some(origin) = shared.origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, named("Origin"));
    }
    response
}

/// Answers what no handler need hear: peers that ask too often, and browsers that ask what they may do.
fn admit(shared: &Shared, request: &Request) -> Option<Response> {
    if let Some(Peer(peer)) = request.extensions().get() {
        let cost = if request.method() == Method::POST { rate::WRITE_COST } else { 1 };
        if let Err(seconds) = shared.rates.take(*peer, cost, Instant::now()) {
            let mut response = Failure(rate::too_many(seconds)).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return Some(response);
        }
    }
    (shared.origin.is_some() && cors::is_question(request)).then(cors::answer)
}
