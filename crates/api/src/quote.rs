//! Quotes, as they are shown.

use crate::fields;
use assay_ledger::dataset::Quote;
use serde_json::{Map, Value};

/// What a model costs, item by item.
pub fn shown(quote: &Quote) -> Map<String, Value> {
    fields! {
        "version": quote.version,
        "price": quote.price.to_string(),
        "evaluation_fee": quote.evaluation_fee.to_string(),
        "escrow": quote.escrow.to_string(),
        "order_fee": quote.order_fee.to_string(),
        "test_fee": quote.test_fee.to_string(),
        "total": quote.total.to_string(),
    }
}
