//! Error terms that every statement shares.

use assay_engine::cells::Layout;
use assay_engine::relations::RELATIONS_MAX;
use assay_engine::security::Terms;

/// Points that a proof opens.
const POINTS: usize = 2;

/// Commitment, products of pads, batching, last sum-check, hashes; `None` if there is no such size.
pub(crate) fn common(layout: &Layout) -> Option<Terms> {
    let mut terms = Terms::new();
    terms.opening(&layout.params().ok()?, POINTS);
    let rounds = layout.product_rounds() as u64;
    // One more for ν, which joins squares and products.
    terms.point("products of pads: point", rounds + 1);
    terms.sumcheck("products of pads: sum-check", rounds, 3);
    terms.powers("all relations", RELATIONS_MAX as u64);
    terms.sumcheck("last sum-check", layout.variables() as u64, 2);
    terms.point("pads of the last sum-check", 8);
    terms.hash("Merkle trees and transcript", "Blake3, 256 bits: collisions", 128);
    Some(terms)
}

/// A batch of `2^log` compressions.
pub(crate) fn poseidon2(terms: &mut Terms, log: usize) {
    let log = log as u64;
    terms.point("Poseidon2: output claim", log + 8);
    terms.sumcheck("Poseidon2: walk", 28 * (log + 4), 4);
    terms.hash("model commitment", "Poseidon2, 248 bits: collisions", 124);
}
