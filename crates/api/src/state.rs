//! Entries of the state, as they are shown.

use crate::fields;
use assay_codec::to_hex;
use assay_types::state::{Answer, Kind};
use serde_json::{Map, Value};

/// What stands under a key, in which block, and how long the way to it is. Whoever believes it need not ask for a proof:
/// programs decode the canonical bytes, and verify them.
pub fn shown(kind: Kind, key: &[u8], answer: &Answer) -> Map<String, Value> {
    let header = &answer.certified.header;
    fields! {
        "kind": kind.name(),
        "key": to_hex(key),
        "value": answer.value.as_deref().map(to_hex),
        "height": header.height.get(),
        "time_ms": header.time_ms,
        "state_root": header.state_root.to_string(),
        "steps": answer.proof.path.steps.len(),
    }
}
