//! The salted commitment to a model, and the part of a circuit that opens it.
//!
//! # Claim
//!
//! `M` is the Poseidon2 commitment of the slots in four columns, under some salt:
//!
//! ```text
//! h_0 = tag(architecture),   h_{i+1} = compress(h_i, slot_i ‖ slot_{K+i}),   M = compress(h_K, salt),
//! ```
//!
//! with 2K slots of four numbers each. The starting value names architecture and bounds, so that
//! models of different shape never share a commitment. The salt is eight uniform field elements,
//! 248 bits: without it a commitment to a small model could be guessed.
//!
//! A model commitment is a hash and not a polynomial commitment, because it lives long: a
//! polynomial commitment spends hiding randomness with each opening.
//!
//! Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding: as one-way as the permutation with 248
//! unknown bits.

mod gadget;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use gadget::Gadget;

use assay_codec::Digest;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::{
    Architecture,
    ops::tree::{Bounds, NodeTable, Slot},
};
use assay_types::{FieldDigest, ModelCommitment};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Eight uniform field elements that hide a committed model. Whoever holds model and salt can prove
/// with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub FieldDigest);

impl std::fmt::Debug for Salt {
    /// A salt stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(hidden)")
    }
}

assay_codec::transparent!(Salt);

/// Commits to `model`.
pub fn commit(model: &NodeTable, salt: &Salt) -> ModelCommitment {
    let compressor = Compressor::default();
    let state = chain(&compressor, model).last().copied().unwrap_or_default();
    ModelCommitment(digest(compressor.compress(state, elements(&salt.0))))
}

/// h_0 … h_K.
pub(crate) fn chain(compressor: &Compressor, model: &NodeTable) -> Vec<[F; HALF]> {
    crate::chain::states(compressor, start(model.bounds()), blocks(model))
}

/// h_0.
pub(crate) fn start(bounds: Bounds) -> [F; HALF] {
    tag("assay/model/1", &Architecture::DecisionTree(bounds).digest().0)
}

/// The slots as blocks: slot i and slot K + i.
pub(crate) fn blocks(model: &NodeTable) -> impl Iterator<Item = [F; HALF]> {
    let (first, second) = model.slots().split_at(model.slots().len() / 2);
    first.iter().zip(second).map(|(a, b)| {
        let ([a, b, c, d], [e, f, g, h]) = (cells(a), cells(b));
        [a, b, c, d, e, f, g, h]
    })
}

/// The four cells of a slot.
pub(crate) fn cells(slot: &Slot) -> [F; 4] {
    [
        F::from_u16(slot.feature),
        F::from_u16(slot.low),
        F::from_u16(slot.high),
        F::from_u32(slot.left),
    ]
}

/// Eight public elements that name `bytes` under `label`.
pub(crate) fn tag(label: &str, bytes: &[u8]) -> [F; HALF] {
    let mut lanes = [F::ZERO; HALF];
    for (part, half) in lanes.chunks_exact_mut(HALF / 2).enumerate() {
        let mut input = vec![part as u8];
        input.extend_from_slice(bytes);
        let digest = Digest::of_bytes(label, &input);
        for (lane, word) in half.iter_mut().zip(digest.0.as_chunks::<8>().0) {
            *lane = F::from_u64(u64::from_le_bytes(*word));
        }
    }
    lanes
}

/// The field elements of a digest.
pub(crate) fn elements(digest: &FieldDigest) -> [F; HALF] {
    digest.get().map(F::new)
}

/// Eight field elements as a digest.
pub(crate) fn digest(elements: [F; HALF]) -> FieldDigest {
    let canonical = elements.map(|element| element.as_canonical_u32());
    FieldDigest::new(canonical).unwrap_or_else(|| unreachable!("field elements are canonical"))
}
