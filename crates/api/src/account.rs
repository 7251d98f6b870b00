//! Accounts, as they are shown.

use crate::fields;
use assay_codec::Digest;
use assay_ledger::Account;
use assay_types::Address;
use serde_json::{Map, Value};

/// What everybody can know of an account.
pub fn shown(address: &Address, account: &Account) -> Map<String, Value> {
    fields! {
        "address": address.to_string(),
        "balance": account.balance.to_string(),
        "nonce": account.nonce,
    }
}

/// What became of a transaction of an account: its digest, and the number of the rule that it broke.
pub fn execution(tx: &Digest, failure: Option<u16>) -> Map<String, Value> {
    fields! { "tx": tx.to_string(), "failure": failure }
}
