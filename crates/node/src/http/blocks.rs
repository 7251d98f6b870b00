//! Blocks.

use super::Shared;
use super::answer::{Document, Failure, failed, number};
use super::page::Page;
use assay_api::{Problem, block, page, with_canonical};
use assay_codec::to_hex;
use assay_types::Height;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

/// The last ones first; `after` is the height of the last one of the page before.
pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<Page>,
) -> Result<Document, Failure> {
    let limit = query.limit()?;
    let after = query.after.as_deref().map(|text| number(text, "after")).transpose()?;
    let document = shared.ask(move |chain| {
        let last = chain.height().get();
        let top = after.map_or(last, |after| last.min(after.saturating_sub(1)));
        let mut items = Vec::new();
        let mut next = None;
        let first = chain.first().get();
        for height in (first..=top).rev().take(limit) {
            let block = chain.block(Height::new(height)).map_err(failed)?;
            let block = block.ok_or_else(|| Problem::failed("a block is missing"))?;
            let mut fields = block::header(&block.certified);
            fields.insert("transactions".into(), block.txs.len().into());
            items.push(with_canonical(fields, &block.certified));
            next = (first < height).then(|| height.to_string());
        }
        Ok(page(items, next))
    });
    document.await.map(Document)
}

pub(super) async fn show(
    State(shared): State<Shared>,
    Path(height): Path<String>,
) -> Result<Document, Failure> {
    let height = Height::new(number(&height, "the number of a block")?);
    let document = shared.ask(move |chain| {
        let block = chain.block(height).map_err(failed)?;
        let block = block.ok_or_else(|| Problem::not_found("block"))?;
        let count = usize::try_from(block.entries).unwrap_or(usize::MAX);
        let entries = chain.events_since(block.first_entry, count).map_err(failed)?;
        let mut fields = block::header(&block.certified);
        let log: Vec<Value> =
            entries.iter().map(|entry| Value::Object(block::entry(entry))).collect();
        let txs = block.txs.iter().map(|signed| {
            let tx = &signed.tx;
            let digest = signed.digest().to_string();
            json!({
                "digest": digest,
                "from": to_hex(&tx.from.0),
                "nonce": tx.nonce,
                "action": tx.action.name(),
                "proofs": tx.action.proofs(),
            })
        });
        fields.insert("transactions".into(), txs.collect());
        fields.insert("log".into(), log.into());
        Ok(with_canonical(fields, &block.certified))
    });
    document.await.map(Document)
}
