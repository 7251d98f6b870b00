//! What validators have at stake, and what was found against them here.

use super::Shared;
use super::answer::{Document, Failure, address};
use super::page::Page;
use assay_api::{page, stake, with_canonical};
use axum::extract::{Query, State};

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

/// Evidence against validators that voted twice, as this node has found it.
pub(super) async fn evidence(State(shared): State<Shared>) -> Document {
    let found = shared.faults.as_ref().map(|faults| faults.evidence()).unwrap_or_default();
    let shown = found.iter().map(|one| with_canonical(stake::evidence(one), one));
    Document(page(shown.collect(), None))
}
