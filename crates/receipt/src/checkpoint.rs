//! A checkpoint as a document: what a verifier of receipts may trust besides the genesis, in a form that can be read.

use crate::document::{self, FormError};
use assay_codec::{from_bytes, to_bytes};
use assay_types::validators::{Change, Checkpoint};
use serde_json::{Map, Value, json};

/// The name of the format, in the field `format`.
const FORMAT: &str = "assay/checkpoint/1";
/// Longest document: the most changes there can be, shown twice.
const JSON_BYTES_MAX: usize = 32 << 20;

/// Returns the document of a checkpoint, indented by two and ending in a line feed.
pub fn checkpoint_to_json(checkpoint: &Checkpoint) -> String {
    document::write(show(checkpoint), &to_bytes(checkpoint))
}

/// Reads a document that shows exactly the checkpoint that it holds.
pub fn checkpoint_from_json(text: &[u8]) -> Result<Checkpoint, FormError> {
    document::read(text, JSON_BYTES_MAX, from_bytes, |checkpoint| Ok(show(checkpoint)))
}

fn show(checkpoint: &Checkpoint) -> Map<String, Value> {
    let change = |change: &Change| json!({ "epoch": change.epoch, "tip": change.tip.to_string() });
    document::object(json!({
        "format": FORMAT,
        "digest": checkpoint.digest().to_string(),
        "genesis": checkpoint.genesis().to_string(),
        "height": checkpoint.height().get(),
        "block": checkpoint.block().to_string(),
        "changes": checkpoint.changes().iter().map(change).collect::<Vec<_>>(),
    }))
}
