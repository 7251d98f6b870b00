//! Accounts and their transactions.

use super::Shared;
use super::answer::{Document, Failure, address, failed, number};
use assay_api::{Problem, account, with_canonical};
use assay_types::Event;
use axum::extract::{Path, State};

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
