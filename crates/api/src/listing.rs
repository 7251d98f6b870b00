//! Listings, as they are shown.

use crate::fields;
use assay_codec::{to_bytes, to_hex};
use assay_ledger::dataset::{Counters, Listed};
use assay_types::bounded::{List, Text};
use assay_types::{
    Card, Curve, DataCommitment, DatasetId, Disclosure, Height, Limits, Listing, Offered, Shape,
    Windows,
};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Everything that a listing says. Fields are taken one by one, so that none can be forgotten here.
pub fn content(listing: &Listing) -> Map<String, Value> {
    let Listing { card, commitment, schema, rows, curve, encryption_key, windows, limits, .. } =
        listing;
    let Listing { evaluation_fee, licence, sample, .. } = listing;
    let Card { pretty_name, description, tags, task_categories, source } = card;
    let Windows { open, prove, reveal } = windows;
    let (kind, committed) = match commitment {
        DataCommitment::Blake3(digest) => ("blake3", to_hex(&digest.0)),
        DataCommitment::Poseidon2(digest) => ("poseidon2", to_hex(&to_bytes(digest))),
    };
    fields! {
        "pretty_name": pretty_name.as_str(),
        "description": description.as_str(),
        "tags": texts(tags),
        "task_categories": texts(task_categories),
        "source_datasets": source.as_str(),
        "licence": licence.as_str(),
        "features": schema.features(),
        "target": schema.target(),
        "classes": schema.classes(),
        "rows": rows,
        "commitment": json!({ "kind": kind, "digest": committed }),
        "curve": self::curve(curve),
        "evaluation_fee": evaluation_fee.to_string(),
        "windows": json!({ "open": open, "prove": prove, "reveal": reveal }),
        "limits": self::limits(limits),
        "encryption_key": to_hex(encryption_key),
        "sample": sample.map(|digest| digest.to_string()),
        "listing_digest": listing.digest().to_string(),
    }
}

fn texts<const LEN: usize, const MAX: usize>(texts: &List<Text<LEN>, MAX>) -> Vec<&str> {
    texts.as_slice().iter().map(Text::as_str).collect()
}

fn curve(curve: &Curve) -> Value {
    let shape = match curve.shape() {
        Shape::Constant { price } => format!("constant:{price}"),
        Shape::Linear { base, slope } => format!("linear:{base}:{slope}"),
        Shape::Exponential { base, growth_ppm } => format!("exponential:{base}:{growth_ppm}"),
        Shape::Table(steps) => {
            let steps = steps.iter().map(|step| format!("{}={}", step.from, step.price));
            format!("table:{}", steps.collect::<Vec<_>>().join(","))
        }
    };
    json!({
        "shape": shape,
        "floor": curve.floor().to_string(),
        "cap": curve.cap().to_string(),
        "half_life": curve.half_life(),
    })
}

fn limits(limits: &Limits) -> Value {
    let Limits { algorithms, depth_max, min_samples_leaf, leaves_max, test_rows_max, disclosure } =
        limits;
    let algorithms: Vec<_> = algorithms.as_slice().iter().map(offered).collect();
    json!({
        "algorithms": algorithms,
        "depth_max": depth_max,
        "min_samples_leaf": min_samples_leaf,
        "leaves_max": leaves_max,
        "test_rows_max": test_rows_max,
        "exact_score": *disclosure == Disclosure::Exact,
    })
}

fn offered(offered: &Offered) -> Value {
    match offered {
        Offered::DecisionTree => json!({ "name": "tree" }),
        Offered::Forest { trees_max, work_max } => {
            json!({ "name": "forest", "trees_max": trees_max, "work_max": work_max })
        }
        Offered::Network { weights_max, work_max } => {
            json!({ "name": "network", "weights_max": weights_max, "work_max": work_max })
        }
    }
}

/// How a listing stands on the ledger.
pub fn standing(id: &DatasetId, listed: &Listed, now: Height) -> Map<String, Value> {
    let counters = &listed.counters;
    fields! {
        "dataset": id.to_string(),
        "owner": listed.owner.to_string(),
        "version": listed.version,
        "on_the_market": !listed.is_delisted,
        "price": listed.price(now).to_string(),
        "sales": counters.sales,
        "misses": counters.misses,
        "concessions": counters.concessions,
        "defaults": counters.defaults,
        "success": success(counters).map(|(sold, tried)| format!("{sold}/{tried}")),
        "burned": counters.burned.to_string(),
        "last_sale": (0 < counters.sales).then_some(counters.last_sale.get()),
    }
}

/// Sales, and tests that came to an end; `None` before the first.
pub fn success(counters: &Counters) -> Option<(u64, u64)> {
    let Counters { sales, misses, concessions, defaults, .. } = *counters;
    let tried = [misses, concessions, defaults].into_iter().fold(sales, u64::saturating_add);
    (0 < tried).then_some((sales, tried))
}

/// Compares success rates exactly; a listing that was never tried comes below all others.
pub fn compare_success(a: &Counters, b: &Counters) -> Ordering {
    let rates = (success(a), success(b));
    let (Some((sold, tried)), Some((other_sold, other_tried))) = rates else {
        return rates.0.is_some().cmp(&rates.1.is_some());
    };
    let cross = |sold, tried| u128::from(sold) * u128::from(tried);
    cross(sold, other_tried).cmp(&cross(other_sold, tried))
}
