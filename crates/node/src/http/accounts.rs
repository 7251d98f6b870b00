//! Accounts and their transactions.

use super::Shared;
use super::answer::{Document, Failure, address, failed, number};
use super::page::Page;
use assay_api::{Problem, account, block, page, with_canonical};
use assay_types::{Event, Topic};
use axum::extract::{Path, Query, State};

pub(super) async fn account(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Document, Failure> {
    let address = address(&name)?;
    let account = shared.ask(move |chain| Ok(chain.state().account(&address))).await?;
    Ok(Document(with_canonical(account::shown(&address, &account), &account)))
}

pub(super) async fn executed(
    State(shared): State<Shared>,
    Path((name, nonce)): Path<(String, String)>,
) -> Result<Document, Failure> {
    let (address, nonce) = (address(&name)?, number(&nonce, "the number of a transaction")?);
    let found = shared.ask(move |chain| {
        let executed = chain.executed(&address, nonce).map_err(failed)?;
        executed.ok_or_else(|| Problem::not_found("transaction in a block"))
    });
    let entry = found.await?;
    let Event::Executed { tx, failure, .. } = &entry.event else {
        return Err(Problem::failed("the log has another event there").into());
    };
    Ok(Document(with_canonical(account::execution(tx, *failure), &entry)))
}

/// What an account did, the last first; `after` is the number of the last entry of the page before.
pub(super) async fn history(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Query(query): Query<Page>,
) -> Result<Document, Failure> {
    let (address, limit) = (address(&name)?, query.limit()?);
    let after = query.after.as_deref().map(|text| number(text, "after")).transpose()?;
    let document = shared.ask(move |chain| {
        let topic = Topic::Account(address);
        let (count, _) = chain.state().tip(&topic);
        let end = after.map_or(count, |after| after.min(count));
        let wanted = u64::try_from(limit).unwrap_or(u64::MAX);
        let start = end.saturating_sub(wanted);
        let entries = chain.history(&topic, start).map_err(failed)?;
        let shown = entries.iter().take_while(|entry| entry.sequence < end);
        let mut items: Vec<_> =
            shown.map(|entry| with_canonical(block::entry(entry), entry)).collect();
        items.reverse();
        Ok(page(items, (0 < start).then(|| start.to_string())))
    });
    document.await.map(Document)
}
