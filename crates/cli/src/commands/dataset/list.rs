//! `assay dataset list --ledger DIR [--sort price|sales|burned|success] [--window BLOCKS]`

use crate::{
    failure::Result,
    market::Ledger,
    output::{Output, report},
};
use assay_api::listing::{self, compare_success};
use assay_ledger::dataset::Listed;
use assay_types::{Amount, DatasetId, Height};
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Blocks that count for what was burned of late, unless another number is given.
const WINDOW: u64 = 1_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    ledger: Ledger,
    /// The order: the lowest price, the most sales, the most burned in the window, the best success rate first
    #[arg(long, value_enum, default_value_t = Sort::Price)]
    sort: Sort,
    /// The last blocks, whose sales count for what was burned of late
    #[arg(long, value_name = "BLOCKS", default_value_t = WINDOW)]
    window: u64,
    /// Also those that are off the market
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Sort {
    Price,
    Sales,
    Burned,
    Success,
}

/// A listing, and what its sales have burned in the window.
struct Found<'a> {
    id: &'a DatasetId,
    listed: &'a Listed,
    burned: Amount,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let chain = args.ledger.open()?;
    let now = chain.height()?;
    let since = Height::new(now.get().saturating_sub(args.window).saturating_add(1));
    let burned = chain.burned_since(since)?;
    let listings = chain.listings()?;
    let meant = listings.iter().filter(|(_, listed)| args.all || !listed.is_delisted);
    let mut listings: Vec<_> = meant
        .map(|(id, listed)| {
            let burned = burned.get(id).copied().unwrap_or_default();
            Found { id, listed, burned }
        })
        .collect();
    // Stable, so that equals keep the order of their names.
    listings.sort_by(|a, b| args.sort.compare(a, b, now));
    if output.is_json() {
        let shown: Vec<_> = listings.iter().map(|found| found.entry(now)).collect();
        let window = json!({ "blocks": args.window, "from": since.get(), "to": now.get() });
        return output.report(report! { "window": window, "listings": shown });
    }
    let window = format!("burned of late: by sales in blocks {since} to {now}\n");
    let lines = listings.iter().map(|found| found.line(now));
    output.text(&std::iter::once(window).chain(lines).collect::<String>())
}

impl Sort {
    fn compare(self, a: &Found<'_>, b: &Found<'_>, now: Height) -> Ordering {
        match self {
            Self::Price => a.listed.price(now).cmp(&b.listed.price(now)),
            Self::Sales => b.listed.counters.sales.cmp(&a.listed.counters.sales),
            Self::Burned => b.burned.cmp(&a.burned),
            Self::Success => compare_success(&b.listed.counters, &a.listed.counters),
        }
    }
}

impl Found<'_> {
    fn entry(&self, now: Height) -> Value {
        let mut entry = listing::standing(self.id, self.listed, now);
        let listing = &self.listed.listing;
        entry.extend(report! {
            "burned_in_window": self.burned.to_string(),
            "pretty_name": listing.card.pretty_name.as_str(),
            "rows": listing.rows,
            "target": listing.schema.target(),
            "evaluation_fee": listing.evaluation_fee.to_string(),
        });
        Value::Object(entry)
    }

    fn line(&self, now: Height) -> String {
        let Self { id, listed, burned } = self;
        let success = listing::success(&listed.counters);
        let success = success.map_or("-".to_owned(), |(sold, tried)| format!("{sold}/{tried}"));
        // A name may hold a line end, which must not look like another listing.
        let name = listed.listing.card.pretty_name.as_str().replace('\n', " ");
        let off = if listed.is_delisted { ", off the market" } else { "" };
        let (price, counters) = (listed.price(now), &listed.counters);
        let (sales, ever) = (counters.sales, counters.burned);
        format!(
            "{id}  price {price}, sales {sales}, success {success}, burned {burned} of late, {ever} ever{off}  {name}\n"
        )
    }
}
