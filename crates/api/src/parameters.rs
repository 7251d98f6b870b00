//! Parameters of paths and queries: a name means the same in all of them.

use assay_types::state::Kind;
use serde_json::{Value, json};

/// What a value of this name looks like.
pub(crate) fn schema(name: &str) -> Value {
    match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 256 }),
        "window" | "since" | "nonce" | "height" => {
            json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX })
        }
        "sort" => json!({ "enum": ["id", "price", "sales", "burned", "success"] }),
        "all" | "live" | "proofs" => json!({ "type": "boolean" }),
        "address" | "buyer" | "owner" | "party" => pattern("^(0x)?[0-9a-fA-F]{40}$"),
        "dataset" | "job" | "table" | "blob" => pattern("^(0x)?[0-9a-fA-F]{64}$"),
        "kind" => json!({ "enum": Kind::ALL.map(Kind::name) }),
        "key" => pattern("^0x([0-9a-fA-F]{2})*$"),
        "topic" => {
            pattern("^(((job|dataset):(0x)?[0-9a-fA-F]{64})|(account:(0x)?[0-9a-fA-F]{40}))$")
        }
        _ => json!({ "type": "string" }),
    }
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}
