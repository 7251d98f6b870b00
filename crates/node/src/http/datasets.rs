//! Listings.

use super::Shared;
use super::answer::{Document, Failure, address, dataset, failed, number};
use super::page::{Page, flag};
use assay_api::{Problem, listing, with_canonical};
use assay_ledger::dataset::Listed;
use assay_types::bounded::Text;
use assay_types::{Address, Amount, DatasetId, Height};
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Blocks that count for what was burned of late, unless another number is given.
const WINDOW: u64 = 1_000;
/// How many prices to come are shown.
const PRICES: u64 = 32;

#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    after: Option<String>,
    limit: Option<String>,
    sort: Option<String>,
    window: Option<String>,
    text: Option<String>,
    tag: Option<String>,
    task: Option<String>,
    licence: Option<String>,
    algorithm: Option<String>,
    owner: Option<String>,
    all: Option<String>,
}

/// Which listings are meant.
#[derive(Debug)]
struct Filter {
    text: Option<String>,
    tag: Option<String>,
    task: Option<String>,
    licence: Option<String>,
    algorithm: Option<String>,
    owner: Option<Address>,
    all: bool,
}

impl Filter {
    fn of(query: &Listing) -> Result<Self, Problem> {
        Ok(Self {
            text: query.text.as_ref().map(|text| text.to_lowercase()),
            tag: query.tag.clone(),
            task: query.task.clone(),
            licence: query.licence.clone(),
            algorithm: query.algorithm.clone(),
            owner: query.owner.as_deref().map(address).transpose()?,
            all: flag(query.all.as_deref(), "all")?,
        })
    }

    fn admits(&self, listed: &Listed) -> bool {
        let listing = &listed.listing;
        let has = |wanted: &Option<String>, found: &dyn Fn(&str) -> bool| {
            wanted.as_deref().is_none_or(found)
        };
        let texts =
            |texts: &[Text<64>], wanted: &str| texts.iter().any(|text| text.as_str() == wanted);
        (self.all || !listed.is_delisted)
            && self.owner.is_none_or(|owner| listed.owner == owner)
            && has(&self.text, &|text| mentions(listed, text))
            && has(&self.tag, &|tag| texts(listing.card.tags.as_slice(), tag))
            && has(&self.task, &|task| texts(listing.card.task_categories.as_slice(), task))
            && has(&self.licence, &|licence| listing.licence.as_str() == licence)
            && has(&self.algorithm, &|name| {
                let offered = listing.limits.algorithms.as_slice();
                offered.iter().any(|offered| offered.name().to_string() == name)
            })
    }
}

/// A listing, and what its sales have burned in the window.
struct Found {
    id: DatasetId,
    listed: Listed,
    burned: Amount,
}

pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<Listing>,
) -> Result<Document, Failure> {
    let order = order(query.sort.as_deref())?;
    let window = query.window.as_deref().map_or(Ok(WINDOW), |text| number(text, "window"))?;
    let filter = Filter::of(&query)?;
    let page = Page { after: query.after, limit: query.limit };
    let document = shared.ask(move |chain| {
        let now = chain.height();
        let since = Height::new(now.get().saturating_sub(window).saturating_add(1));
        // A chain that began with a snapshot knows of no sale before.
        let burned = chain.burned_since(since.max(chain.first())).map_err(failed)?;
        let found = chain.state().listings().filter(|(_, listed)| filter.admits(listed));
        let mut found: Vec<_> = found
            .map(|(&id, listed)| {
                let burned = burned.get(&id).copied().unwrap_or_default();
                Found { id, listed: listed.clone(), burned }
            })
            .collect();
        // Stable, so that equals keep the order of their names.
        found.sort_by(|a, b| order(a, b, now));
        page.of(
            &found,
            |found| found.id.to_string(),
            |found| {
                let mut fields = shown(&found.id, &found.listed, now);
                fields.insert("burned_in_window".into(), found.burned.to_string().into());
                fields.insert("next_prices".into(), next_prices(&found.listed, now));
                with_canonical(fields, &found.listed)
            },
        )
    });
    document.await
}

/// How listings are ordered.
type Order = fn(&Found, &Found, Height) -> Ordering;

fn order(sort: Option<&str>) -> Result<Order, Problem> {
    Ok(match sort {
        None | Some("id") => |a, b, _| a.id.cmp(&b.id),
        Some("price") => |a, b, now| a.listed.price(now).cmp(&b.listed.price(now)),
        Some("sales") => |a, b, _| b.listed.counters.sales.cmp(&a.listed.counters.sales),
        Some("burned") => |a, b, _| b.burned.cmp(&a.burned),
        Some("success") => {
            |a, b, _| listing::compare_success(&b.listed.counters, &a.listed.counters)
        }
        Some(_) => return Err(Problem::malformed("sort is id, price, sales, burned or success")),
    })
}

/// Whether a listing's card has this in it, in any case.
fn mentions(listed: &Listed, text: &str) -> bool {
    let card = &listed.listing.card;
    let tags = card.tags.as_slice().iter().map(|tag| tag.as_str());
    let mut texts = [card.pretty_name.as_str(), card.description.as_str()].into_iter().chain(tags);
    texts.any(|of_card| of_card.to_lowercase().contains(text))
}

fn shown(id: &DatasetId, listed: &Listed, now: Height) -> Map<String, Value> {
    let mut fields = listing::standing(id, listed, now);
    fields.extend(listing::content(&listed.listing));
    fields
}

pub(super) async fn show(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Document, Failure> {
    let id = dataset(&name)?;
    let document = shared.ask(move |chain| {
        let state = chain.state();
        let listed = state.listing(&id).ok_or_else(|| Problem::not_found("listing"))?;
        let mut fields = shown(&id, listed, state.height());
        fields.insert("next_prices".into(), next_prices(listed, state.height()));
        Ok(with_canonical(fields, listed))
    });
    document.await.map(Document)
}

/// What the next buyers pay if each of them is sold a model: prices by number of sales, from the next one on.
fn next_prices(listed: &Listed, now: Height) -> Value {
    let count = listed.count(now);
    let prices = (0..PRICES).map(|more| {
        let count = count.saturating_add(more);
        json!({ "count": count, "price": listed.listing.curve.price(count).to_string() })
    });
    prices.collect()
}

#[derive(Debug, Deserialize)]
pub(super) struct Since {
    since: Option<String>,
}

/// What the sales of each listing have burned, by its name.
pub(super) async fn burned(
    State(shared): State<Shared>,
    Query(query): Query<Since>,
) -> Result<Document, Failure> {
    let since = query.since.as_deref().map_or(Ok(0), |text| number(text, "since"))?;
    let burned = shared.ask(move |chain| chain.burned_since(Height::new(since)).map_err(failed));
    let burned =
        burned.await?.into_iter().map(|(id, sum)| (id.to_string(), sum.to_string().into()));
    Ok(Document(json!({ "since": since, "burned": burned.collect::<Map<_, _>>() })))
}
