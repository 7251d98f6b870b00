//! The salted commitment to a model, and the part of a circuit that opens it.
//!
//! # Claim
//!
//! `M` is the Poseidon2 commitment of the parameters, one chain (`chain`) over eight
//! neighbours at a time, under some salt:
//!
//! ```text
//! h_0 = tag(architecture),   h_{i+1} = compress(h_i, cells 8i … 8i + 7),   M = compress(h_K, salt).
//! ```
//!
//! The cells are, one column behind the other: of a tree its slots' features, lower and upper halves,
//! pointers; of a forest the values (the width filled up to a power of two with zeros), then the
//! same; of a network its one block of parameters
//! ([`Layout`](assay_model::ops::network::Layout)). The starting value names architecture and
//! bounds, so that models of different shape never share a commitment. The salt is eight uniform
//! field elements, 248 bits: without it a commitment to a small model could be guessed.
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

mod models;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use models::{blocks_of, pieces};

use crate::chain::Gadget;
use assay_codec::Digest;
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::Architecture;
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

/// A model that can be committed to: a tree, a forest or a network.
pub trait Committed: sealed::Committed + std::fmt::Debug {
    /// What is public about it.
    fn architecture(&self) -> Architecture;
}

pub(crate) mod sealed {
    use super::{Architecture, F, HALF};

    pub trait Committed: Sized {
        /// The parameters, eight numbers at a time.
        fn blocks(&self) -> impl Iterator<Item = [F; HALF]>;

        /// The model with these parameters, if there is one.
        fn from_blocks(architecture: &Architecture, blocks: &[[F; HALF]]) -> Option<Self>;
    }
}

/// Commits to `model`.
pub fn commit(model: &impl Committed, salt: &Salt) -> ModelCommitment {
    let compressor = Compressor::default();
    let first = start(&model.architecture());
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
    crate::chain::states(compressor, start(&model.architecture()), model.blocks())
}

/// The opening of a commitment to a model with these parameters; the blocks that are left are
/// returned.
pub(crate) fn gadget<'b>(
    architecture: &Architecture,
    parameters: Vec<Block>,
    blocks: &'b [Block],
) -> Option<(Gadget, &'b [Block])> {
    Gadget::new(start(architecture), parameters, blocks)
}

/// h_0.
fn start(architecture: &Architecture) -> [F; HALF] {
    tag("assay/model/2", &architecture.digest().0)
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
