//! What listings can be narrowed down by.

use super::Shared;
use super::answer::{Document, Failure};
use axum::extract::State;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Values that listings on the market have in common, with the number of listings of each.
pub(super) async fn show(State(shared): State<Shared>) -> Result<Document, Failure> {
    let document = shared.ask(move |chain| {
        let mut tags = Counted::default();
        let mut tasks = Counted::default();
        let mut licences = Counted::default();
        let mut algorithms = Counted::default();
        let on_market = chain.state().listings().filter(|(_, listed)| !listed.is_delisted);
        for (_, listed) in on_market {
            let listing = &listed.listing;
            listing.card.tags.as_slice().iter().for_each(|tag| tags.add(tag.as_str()));
            let of_card = listing.card.task_categories.as_slice();
            of_card.iter().for_each(|task| tasks.add(task.as_str()));
            licences.add(listing.licence.as_str());
            let offered = listing.limits.algorithms.as_slice();
            offered.iter().for_each(|offered| algorithms.add(&offered.name().to_string()));
        }
        Ok(json!({
            "tags": tags.shown(),
            "task_categories": tasks.shown(),
            "licences": licences.shown(),
            "algorithms": algorithms.shown(),
        }))
    });
    document.await.map(Document)
}

/// Most values of a facet that are shown.
const VALUES_MAX: usize = 32;

/// How often a value was seen.
#[derive(Debug, Default)]
struct Counted(BTreeMap<String, u64>);

impl Counted {
    fn add(&mut self, value: &str) {
        *self.0.entry(value.to_owned()).or_default() += 1;
    }

    /// The most frequent ones first.
    fn shown(self) -> Value {
        let mut all: Vec<(String, u64)> = self.0.into_iter().collect();
        all.sort_by_key(|(_, count)| Reverse(*count));
        all.truncate(VALUES_MAX);
        all.into_iter().map(|(value, count)| json!({ "value": value, "count": count })).collect()
    }
}
