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
//! models of different shape never share a commitment. A network's parameters are one block of
//! cells ([`Layout`](assay_model::ops::network::Layout)); they are hashed eight neighbours at a time:
//!
//! ```text
//! h_{i+1} = compress(h_i, cells 8i … 8i + 7),   M = compress(h_K, salt),   K = cells/8.
//! ```
//!
//! A forest's values and the four columns of its slots are hashed in the same way, one behind the
//! other. The salt is eight uniform field elements,
//! 248 bits: without it a commitment to a small model could be guessed.
//!
//! *Limit.* M binds numbers, not names. Which column is feature 0 and what class 0 is called is said by the
//! schema of a statement: under another schema the same M may have another score. Whoever knows M from one
//! statement compares the schema of the next; a job has that of its listing.
//!
//! A model commitment is a hash and not a polynomial commitment, because it lives long: a
//! polynomial commitment spends hiding randomness with each opening.
//!
//! Binding: 2^124 (see [`assay_engine::poseidon2`]). Hiding: as one-way as the permutation with 248
//! unknown bits.

mod batches;
mod forest;
mod gadget;
mod network;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use batches::{batch_logs, programs};
pub(crate) use forest::{forest_gadget, forest_logs};
pub(crate) use gadget::Gadget;
pub(crate) use network::NetworkGadget;

use assay_codec::Digest;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::Architecture;
use assay_model::ops::network::{Network, Program};
use assay_model::ops::tree::{Bounds, NodeTable, Slot};
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

/// A model that can be committed to: a [`NodeTable`] or a [`Network`].
pub trait Committed: sealed::Committed + std::fmt::Debug {
    /// What is public about it.
    fn architecture(&self) -> Architecture;
}

mod sealed {
    use super::{F, HALF};

    pub trait Committed {
        /// The parameters, eight numbers at a time.
        fn blocks(&self) -> impl Iterator<Item = [F; HALF]>;
    }
}

impl Committed for NodeTable {
    fn architecture(&self) -> Architecture {
        Architecture::DecisionTree(self.bounds())
    }
}

impl sealed::Committed for NodeTable {
    fn blocks(&self) -> impl Iterator<Item = [F; HALF]> {
        blocks(self)
    }
}

impl Committed for Network {
    fn architecture(&self) -> Architecture {
        Architecture::Network(self.program().clone())
    }
}

impl sealed::Committed for Network {
    fn blocks(&self) -> impl Iterator<Item = [F; HALF]> {
        let (blocks, _) = self.parameters().cells().as_chunks::<HALF>();
        blocks.iter().map(|block| block.map(F::from_i32))
    }
}

/// Commits to `model`.
pub fn commit(model: &impl Committed, salt: &Salt) -> ModelCommitment {
    let compressor = Compressor::default();
    let first = start_of(&model.architecture());
    let last = model.blocks().fold(first, |state, block| compressor.compress(state, block));
    salted(&compressor, last, salt)
}

/// What a chain that ends in `state` commits to.
pub(crate) fn salted(compressor: &Compressor, state: [F; HALF], salt: &Salt) -> ModelCommitment {
    ModelCommitment(digest(compressor.compress(state, elements(&salt.0))))
}

/// h_0 … h_K.
#[cfg(feature = "prove")]
pub(crate) fn chain(compressor: &Compressor, model: &impl Committed) -> Vec<[F; HALF]> {
    crate::chain::states(compressor, start_of(&model.architecture()), model.blocks())
}

/// h_0 of a tree.
pub(crate) fn start(bounds: Bounds) -> [F; HALF] {
    start_of(&Architecture::DecisionTree(bounds))
}

/// h_0 of a network.
pub(crate) fn start_of_network(program: &Program) -> [F; HALF] {
    start_of(&Architecture::Network(program.clone()))
}

fn start_of(architecture: &Architecture) -> [F; HALF] {
    tag("assay/model/1", &architecture.digest().0)
}

/// The parameters of any model, eight numbers at a time.
pub(crate) fn blocks_of(model: &impl Committed) -> impl Iterator<Item = [F; HALF]> {
    model.blocks()
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
