//! Blocks and the log, as they are shown.

use crate::{event, fields};
use assay_types::{Certified, Finality, LogEntry, Topic};
use serde_json::{Map, Value};

/// A header, and why it is final.
pub fn header(certified: &Certified) -> Map<String, Value> {
    let header = &certified.header;
    fields! {
        "height": header.height.get(),
        "digest": header.digest().to_string(),
        "parent": header.parent.to_string(),
        "time_ms": header.time_ms,
        "tx_root": header.tx_root.to_string(),
        "log_root": header.log_root.to_string(),
        "state_root": header.state_root.to_string(),
        "finality": match &certified.finality {
            Finality::Authority(_) => "authority",
            Finality::Validators(_) => "validators",
        },
    }
}

/// An entry of the log.
pub fn entry(entry: &LogEntry) -> Map<String, Value> {
    fields! {
        "topic": topic(&entry.topic),
        "sequence": entry.sequence,
        "height": entry.height.get(),
        "time_ms": entry.time_ms,
        "event": entry.event.name(),
        "details": Value::Object(event::details(&entry.event)),
        "digest": entry.digest().to_string(),
    }
}

/// What an entry is about: its kind and name.
fn topic(topic: &Topic) -> String {
    match topic {
        Topic::Account(address) => format!("account:{address}"),
        Topic::Dataset(dataset) => format!("dataset:{dataset}"),
        Topic::Job(job) => format!("job:{job}"),
        Topic::Validators => "validators".to_owned(),
    }
}
