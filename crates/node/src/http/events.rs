//! The log as a stream (server-sent events). The id of an event is the number of entries up to it, so
//! that whoever was cut off goes on where it was (`Last-Event-ID`).

use super::Shared;
use super::answer::{Failure, address, dataset, failed, job, number};
use assay_api::{Problem, block, with_canonical};
use assay_types::{LogEntry, Topic};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

/// Entries that are read at once.
const BATCH: usize = 256;
/// Events that wait for a slow reader; the log itself is the buffer behind them.
const WAITING: usize = 64;

#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: Option<String>,
    topic: Option<String>,
}

pub(super) async fn stream(
    State(shared): State<Shared>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let last = match headers.get("last-event-id") {
        Some(id) => Some(id.to_str().map_err(|_| Problem::malformed("Last-Event-ID is a number"))?),
        None => query.after.as_deref(),
    };
    let topic = query.topic.as_deref().map(topic).transpose()?;
    let mut seen = shared.mailbox.seen();
    let first = match last {
        Some(text) => number(text, "the number of an entry")?,
        None => seen.borrow_and_update().entries,
    };
    // What is not kept is said before the stream begins.
    shared.ask(move |chain| chain.events_since(first, 0).map_err(failed)).await?;
    let permit = Arc::clone(&shared.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Problem::busy("too many streams of events are open"))?;
    let (tell, told) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        follow(&shared, &mut seen, (first, topic), &tell).await;
        drop(permit);
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(alive))
}

/// Reads a topic as documents write it: `job:0x…`, `dataset:0x…`, `account:0x…`.
fn topic(text: &str) -> Result<Topic, Problem> {
    if text == "validators" {
        return Ok(Topic::Validators);
    }
    match text.split_once(':') {
        Some(("job", name)) => job(name).map(Topic::Job),
        Some(("dataset", name)) => dataset(name).map(Topic::Dataset),
        Some(("account", name)) => address(name).map(Topic::Account),
        _ => Err(Problem::malformed(
            "a topic is job:, dataset: or account: and a name, or validators",
        )),
    }
}

/// Sends every entry (of a topic) from number `next` on, until nobody listens or the chain has ended.
async fn follow(
    shared: &Shared,
    seen: &mut watch::Receiver<crate::chain::Seen>,
    (mut next, topic): (u64, Option<Topic>),
    tell: &mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut stopping = shared.stopping.clone();
    loop {
        let asked = shared.mailbox.ask(move |chain| chain.events_since(next, BATCH)).await;
        let Ok(Ok(entries)) = asked else { return };
        for entry in &entries {
            next = next.saturating_add(1);
            if topic.is_some_and(|topic| topic != entry.topic) {
                continue;
            }
            if tell.send(Ok(event(next, entry))).await.is_err() {
                return;
            }
        }
        if entries.is_empty() {
            tokio::select! {
                changed = seen.changed() => if changed.is_err() { return },
                () = tell.closed() => return,
                _ = stopping.wait_for(|&stopping| stopping) => return,
            }
        }
    }
}

fn event(id: u64, entry: &LogEntry) -> Event {
    let document = with_canonical(block::entry(entry), entry);
    Event::default().id(id.to_string()).event("entry").data(document.to_string())
}
