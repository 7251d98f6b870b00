//! The verifier of receipts for browsers, as WebAssembly.
//!
//! [`verify`] takes what a page has, as bytes, and says what a node says at `POST /v1/receipts/verify`: the same
//! document, or the same problem. [`abi`] is how JavaScript calls it. `cargo xtask verifier` builds it and a program that
//! serves it with its page (note 0029).
//!
//! Place in the graph: above `receipt` and `api`; no prover, no threads, no randomness, no clock.

pub mod abi;
#[cfg(test)]
mod tests;

use assay_api::{Problem, receipt};
use assay_receipt::genesis_from_json;
use serde_json::{Value, json};

/// What a page has of a sale, as it got it from a node or a person. Everything may be hostile but the genesis, which the
/// person has chosen.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The receipt's document.
    pub receipt: &'a [u8],
    /// The document of the genesis that is trusted.
    pub genesis: &'a [u8],
    /// The proof of the score, empty if there is none.
    pub proof: &'a [u8],
    /// The test rows in their canonical encoding, or what was sealed to the owner; empty if there are none.
    pub rows: &'a [u8],
}

/// Verifies a receipt. The codes of problems are those of a node, and `genesis-form` if the genesis is none.
pub fn verify(evidence: Evidence<'_>) -> Result<Value, Problem> {
    let genesis = genesis_from_json(evidence.genesis).map_err(|error| {
        let detail = format!("this is no genesis, or was changed: {error}");
        Problem { status: 422, code: "genesis-form".into(), detail }
    })?;
    let receipt = receipt::read(evidence.receipt)?;
    let (proof, rows) = (given(evidence.proof), given(evidence.rows));
    receipt::verify(&receipt, &genesis, proof, rows).map(Value::Object)
}

/// Says which blobs to fetch for a receipt: those with the proof of the score and with the test rows.
pub fn blobs(text: &[u8]) -> Result<Value, Problem> {
    let receipt = receipt::read(text)?;
    let named = receipt::blobs(&receipt);
    Ok(named.map_or(
        Value::Null,
        |(proof, rows)| json!({ "proof": proof.to_string(), "rows": rows.to_string() }),
    ))
}

fn given(bytes: &[u8]) -> Option<&[u8]> {
    (!bytes.is_empty()).then_some(bytes)
}
