//! `assay dataset list --ledger DIR [--sort price|sales|burned|success]`

use crate::{
    failure::Result,
    listing,
    market::Ledger,
    output::{Output, report},
};
use assay_ledger::dataset::Listed;
use assay_types::{DatasetId, Height};
use serde_json::Value;
use std::cmp::{Ordering, Reverse};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    ledger: Ledger,
    /// The order: the lowest price, the most sales, the most burned, the best success rate first
    #[arg(long, value_enum, default_value_t = Sort::Price)]
    sort: Sort,
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

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let chain = args.ledger.open()?;
    let state = chain.state();
    let listings = state.listings().filter(|(_, listed)| args.all || !listed.is_delisted);
    let mut listings: Vec<_> = listings.collect();
    // Stable, so that equals keep the order of their names.
    listings.sort_by(|(_, a), (_, b)| args.sort.compare(a, b, state.height()));
    if output.is_json() {
        let shown = listings.iter().map(|(id, listed)| entry(id, listed, state.height()));
        return output.report(report! { "listings": shown.collect::<Vec<_>>() });
    }
    let lines = listings.iter().map(|(id, listed)| line(id, listed, state.height()));
    output.text(&lines.collect::<String>())
}

impl Sort {
    fn compare(self, a: &Listed, b: &Listed, now: Height) -> Ordering {
        match self {
            Self::Price => a.price(now).cmp(&b.price(now)),
            Self::Sales => Reverse(a.counters.sales).cmp(&Reverse(b.counters.sales)),
            Self::Burned => Reverse(a.counters.burned).cmp(&Reverse(b.counters.burned)),
            Self::Success => success(b, a),
        }
    }
}

/// Compares success rates exactly; a listing that was never tried comes below all others.
fn success(a: &Listed, b: &Listed) -> Ordering {
    let rates = (listing::success(&a.counters), listing::success(&b.counters));
    let (Some((sold, tried)), Some((other_sold, other_tried))) = rates else {
        return rates.0.is_some().cmp(&rates.1.is_some());
    };
    let cross = |sold, tried| u128::from(sold) * u128::from(tried);
    cross(sold, other_tried).cmp(&cross(other_sold, tried))
}

fn entry(id: &DatasetId, listed: &Listed, now: Height) -> Value {
    let mut entry = listing::standing(id, listed, now);
    entry.extend(report! {
        "pretty_name": listed.listing.card.pretty_name.as_str(),
        "rows": listed.listing.rows,
        "target": listed.listing.schema.target(),
        "evaluation_fee": listed.listing.evaluation_fee.to_string(),
    });
    Value::Object(entry)
}

fn line(id: &DatasetId, listed: &Listed, now: Height) -> String {
    let success = listing::success(&listed.counters);
    let success = success.map_or("-".to_owned(), |(sold, tried)| format!("{sold}/{tried}"));
    // A name may hold a line end, which must not look like another listing.
    let name = listed.listing.card.pretty_name.as_str().replace('\n', " ");
    let off = if listed.is_delisted { ", off the market" } else { "" };
    let (price, counters) = (listed.price(now), &listed.counters);
    let (sales, burned) = (counters.sales, counters.burned);
    format!("{id}  price {price}, sales {sales}, success {success}, burned {burned}{off}  {name}\n")
}
