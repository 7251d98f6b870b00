//! The genesis as a document: what a verifier of receipts trusts, in a form that can be read.

use crate::document::{self, FormError};
use assay_codec::{from_bytes, to_bytes, to_hex};
use assay_types::stake::{Founding, StakeRules};
use assay_types::{Address, Amount, Genesis, Orderer, Parameters, Validator};
use serde_json::{Map, Value, json};

/// The name of the format, in the field `format`.
const FORMAT: &str = "assay/genesis/1";
/// Longest document: the largest genesis, shown twice.
const JSON_BYTES_MAX: usize = 32 << 20;

/// Returns the document of a genesis, indented by two and ending in a line feed.
pub fn genesis_to_json(genesis: &Genesis) -> String {
    document::write(show(genesis), &to_bytes(genesis))
}

/// Reads a document that shows exactly the genesis that it holds.
pub fn genesis_from_json(text: &[u8]) -> Result<Genesis, FormError> {
    document::read(text, JSON_BYTES_MAX, from_bytes, |genesis| Ok(show(genesis)))
}

fn show(genesis: &Genesis) -> Map<String, Value> {
    let balance = |(address, amount): &(Address, Amount)| json!({ "address": address.to_string(), "amount": amount.to_string() });
    let (name, orderer) = orderer(genesis.orderer());
    let mut shown = document::object(json!({
        "format": FORMAT,
        "digest": genesis.digest().to_string(),
        "chain": genesis.chain(),
        "time_ms": genesis.time_ms(),
        name: orderer,
        "parameters": parameters(genesis.parameters()),
        "balances": genesis.balances().iter().map(balance).collect::<Vec<_>>(),
    }));
    if let Some(founding) = genesis.founding() {
        shown.insert("stakes".to_owned(), stakes(founding));
    }
    shown
}

/// What validators have at stake, in their order, and under which rules.
fn stakes(founding: &Founding) -> Value {
    let StakeRules { stake_min, unbonding_blocks, reward_ppm, epoch_blocks, seats } =
        founding.rules;
    let founders = founding.founders.iter().map(|founder| {
        json!({ "stake": founder.stake.to_string(), "endpoint": founder.endpoint.to_string() })
    });
    json!({
        "stake_min": stake_min.to_string(),
        "unbonding_blocks": unbonding_blocks,
        "reward_ppm": reward_ppm,
        "epoch_blocks": epoch_blocks,
        "seats": seats,
        "founders": founders.collect::<Vec<_>>(),
    })
}

/// Who makes blocks final, under a name that says how.
fn orderer(orderer: &Orderer) -> (&'static str, Value) {
    match orderer {
        Orderer::Authority(authority) => ("authority", authority.to_string().into()),
        Orderer::Validators(set) => {
            ("validators", set.list().iter().map(validator).collect::<Vec<_>>().into())
        }
    }
}

/// Shows one of the validators.
fn validator(validator: &Validator) -> Value {
    json!({
        "network_key": to_hex(&validator.network),
        "vote_key": validator.vote.to_string(),
        "possession": validator.possession.to_string(),
        "payee": validator.payee.to_string(),
    })
}

fn parameters(parameters: &Parameters) -> Value {
    json!({
        "fee": parameters.fee.to_string(),
        "proof_fee": parameters.proof_fee.to_string(),
        "blob_fee": parameters.blob_fee.to_string(),
        "fee_burn_ppm": parameters.fee_burn_ppm,
        "listing_burn": parameters.listing_burn.to_string(),
        "sale_burn_ppm": parameters.sale_burn_ppm,
        "sale_burn_min": parameters.sale_burn_min.to_string(),
        "window_min": parameters.window_min,
        "window_max": parameters.window_max,
    })
}
