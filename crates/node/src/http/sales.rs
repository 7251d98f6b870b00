//! What a listing has sold, and what it costs now.

use super::Shared;
use super::answer::{Document, Failure, dataset, failed};
use super::page::Page;
use assay_api::{Problem, event, page, quote, with_canonical};
use assay_ledger::dataset::Quote;
use assay_ledger::job::{Ending, Job, Stage};
use assay_types::{DatasetId, Event, Height, JobId, Topic};
use axum::extract::{Path, Query, State};
use serde_json::Value;

/// Sales, the last ordered one first; `after` is the job of the last one of the page before.
pub(super) async fn list(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Query(query): Query<Page>,
) -> Result<Document, Failure> {
    let id = dataset(&name)?;
    let limit = query.limit()?;
    let document = shared.ask(move |chain| {
        let state = chain.state();
        state.listing(&id).ok_or_else(|| Problem::not_found("listing"))?;
        let settled = state.jobs().filter(|(_, job)| is_sale(job, &id));
        let mut sales: Vec<(Height, JobId)> = settled.map(|(&job, of)| (of.opened, job)).collect();
        sales.sort_by(|a, b| b.cmp(a));
        let start = match &query.after {
            None => 0,
            Some(after) => {
                let at = sales.iter().position(|(_, job)| job.to_string() == *after);
                at.ok_or_else(|| Problem::malformed("`after` names nothing in this list"))? + 1
            }
        };
        let rest = sales.get(start..).unwrap_or_default();
        let shown = rest.get(..limit).unwrap_or(rest);
        let mut items = Vec::new();
        for (_, job) in shown {
            let history = chain.history(&Topic::Job(*job), 0).map_err(failed)?;
            let Some(last) = history.last() else { continue };
            let Event::Settled { sale, .. } = &last.event else { continue };
            let mut fields = event::sale(sale);
            fields.insert("job".into(), job.to_string().into());
            fields.insert("height".into(), last.height.get().into());
            fields.insert("time_ms".into(), last.time_ms.into());
            items.push(with_canonical(fields, last));
        }
        let next = shown.last().filter(|_| shown.len() < rest.len());
        Ok(page(items, next.map(|(_, job)| job.to_string())))
    });
    document.await.map(Document)
}

fn is_sale(job: &Job, of: &DatasetId) -> bool {
    job.request.dataset == *of && matches!(job.stage, Stage::Ended(Ending::Settled))
}

/// What the next model costs, item by item.
pub(super) async fn quote(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Document, Failure> {
    let id = dataset(&name)?;
    let document = shared.ask(move |chain| {
        let state = chain.state();
        let listed = state.listing(&id).filter(|listed| !listed.is_delisted);
        let listed = listed.ok_or_else(|| Problem::not_found("listing on the market"))?;
        let quote = Quote::of(listed, state.height(), state.parameters());
        let mut fields = quote::shown(&quote);
        fields.insert("dataset".into(), id.to_string().into());
        fields.insert("height".into(), state.height().get().into());
        Ok(Value::Object(fields))
    });
    document.await.map(Document)
}
