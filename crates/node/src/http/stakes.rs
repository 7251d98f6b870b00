//! What validators have at stake, and what was found against them here.

use super::Shared;
use super::answer::{Document, Failure, address, failed};
use super::page::Page;
use assay_api::{page, stake, with_canonical};
use assay_types::validators::Handovers;
use axum::extract::{Query, State};
use serde::Deserialize;

/// Stakes, by account; `after` is the account of the last one of the page before.
pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<Page>,
) -> Result<Document, Failure> {
    let limit = query.limit()?;
    let after = query.after.as_deref().map(address).transpose()?;
    let document = shared.ask(move |chain| {
        let state = chain.state();
        let rest = state.stakes().filter(|(owner, _)| after.is_none_or(|after| after < **owner));
        let mut found: Vec<_> = rest.take(limit.saturating_add(1)).collect();
        let is_last = found.len() <= limit;
        found.truncate(limit);
        let next = found.last().filter(|_| !is_last).map(|(owner, _)| owner.to_string());
        let shown = found.iter().map(|(owner, one)| with_canonical(stake::shown(owner, one), *one));
        Ok(page(shown.collect(), next))
    });
    document.await.map(Document)
}

#[derive(Debug, Deserialize)]
pub(super) struct First {
    first: Option<u64>,
}

/// Changes of validators from a number on, each with what shows it.
pub(super) async fn handovers(
    State(shared): State<Shared>,
    Query(query): Query<First>,
) -> Result<Document, Failure> {
    let first = query.first.unwrap_or(0);
    let found = shared.ask(move |chain| chain.handovers(first).map_err(failed)).await?;
    Ok(Document(with_canonical(stake::handovers(&found), &Handovers(found))))
}

/// Evidence against validators that voted twice, as this node has found it.
pub(super) async fn evidence(State(shared): State<Shared>) -> Document {
    let found = shared.others.as_ref().map(|others| others.faults.evidence()).unwrap_or_default();
    let shown = found.iter().map(|one| with_canonical(stake::evidence(one), one));
    Document(page(shown.collect(), None))
}
