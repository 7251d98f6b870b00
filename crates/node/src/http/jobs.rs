//! Jobs and what remains of them.

use super::Shared;
use super::answer::{Document, Failure, address, digest, failed, job};
use super::page::{Page, flag};
use assay_api::{Problem, block, job as view, page, with_canonical};
use assay_ledger::job::Job;
use assay_types::{JobId, Topic};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, json};

#[derive(Debug, Deserialize)]
pub(super) struct Jobs {
    after: Option<String>,
    limit: Option<String>,
    party: Option<String>,
    live: Option<String>,
}

pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<Jobs>,
) -> Result<Document, Failure> {
    let party = query.party.as_deref().map(address).transpose()?;
    let live = flag(query.live.as_deref(), "live")?;
    let page = Page { after: query.after, limit: query.limit };
    let document = shared.ask(move |chain| {
        let is_own = |job: &Job| party.is_none_or(|of| job.owner == of || job.buyer == of);
        let is_meant = |job: &Job| is_own(job) && (job.is_live() || !live);
        let jobs = chain.state().jobs().filter(|(_, job)| is_meant(job));
        let jobs: Vec<(JobId, Job)> = jobs.map(|(&id, job)| (id, job.clone())).collect();
        let show = |(id, job): &(JobId, Job)| with_canonical(view::shown(id, job), job);
        page.of(&jobs, |(id, _)| id.to_string(), show)
    });
    document.await
}

pub(super) async fn show(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Document, Failure> {
    let id = job(&name)?;
    let document = shared.ask(move |chain| {
        let job = chain.state().job(&id).ok_or_else(|| Problem::not_found("job"))?;
        Ok(with_canonical(view::shown(&id, job), job))
    });
    document.await.map(Document)
}

pub(super) async fn history(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Document, Failure> {
    let id = job(&name)?;
    let entries =
        shared.ask(move |chain| chain.history(&Topic::Job(id), 0).map_err(failed)).await?;
    let items = entries.iter().map(|entry| with_canonical(block::entry(entry), entry));
    Ok(Document(page(items.collect(), None)))
}

pub(super) async fn receipt(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let id = job(&name)?;
    let receipt = shared.ask(move |chain| match chain.receipt(&id) {
        Ok(receipt) => Ok(receipt),
        Err(assay_chain::Error::NotSettled(_)) => Err(Problem::not_found("settled job")),
        Err(error) => Err(failed(error)),
    });
    let text = receipt.await?.to_json();
    let text = text.ok_or_else(|| Problem::failed("the receipt has no document"))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

pub(super) async fn opened(
    State(shared): State<Shared>,
    Path((table, buyer)): Path<(String, String)>,
) -> Result<Document, Failure> {
    let (table, buyer) = (digest(&table, "rows")?, address(&buyer)?);
    let height = shared.ask(move |chain| {
        let height = chain.state().opened_by(&table, &buyer);
        height.ok_or_else(|| Problem::not_found("opening"))
    });
    let height = height.await?;
    let mut fields = Map::new();
    fields.insert("height".into(), json!(height.get()));
    Ok(Document(with_canonical(fields, &height)))
}
