//! A prover that changes cells after they were filled, and bytes that are no proof.

use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{Prover, Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::poseidon2::HALF;
use assay_engine::relations::Relations;
use assay_engine::session::{Cancelled, Circuit, Progress, Witness};
use assay_model::SplitMix64;
use rand::rngs::StdRng;

/// A witness whose cells are changed behind its back.
pub(crate) struct Tampered<'a, W> {
    pub(crate) inner: W,
    pub(crate) tamper: &'a dyn Fn(&mut [F]),
}

impl<W: Circuit> Circuit for Tampered<'_, W> {
    fn label(&self) -> &'static str {
        self.inner.label()
    }

    fn layout(&self) -> &Layout {
        self.inner.layout()
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.inner.verify(verifier, relations)
    }
}

impl<W: Witness> Witness for Tampered<'_, W> {
    fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
        self.inner.fill(cells, rng);
        (self.tamper)(cells);
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        self.inner.prove(prover, progress)
    }
}

/// Writes eight numbers, or as many as there are, from `at` on.
pub(crate) fn write(cells: &mut [F], at: usize, values: &[F]) {
    cells[at..at + values.len()].copy_from_slice(values);
}

/// Writes a chain and its end over four blocks of states and one of the end.
pub(crate) fn rewrite(blocks: &[Block], cells: &mut [F], states: &[[F; HALF]]) {
    let mut states = states.iter();
    for block in &blocks[..5] {
        for (at, state) in block.range().step_by(HALF).zip(states.by_ref()) {
            write(cells, at, state);
        }
    }
}

/// Changes of `proof`, each with what was done: a flipped bit at 150 places all over it, other
/// lengths.
pub(crate) fn mutations(proof: &[u8], seed: u64) -> Vec<(String, Vec<u8>)> {
    let mut random = SplitMix64::new(seed);
    let mut below = |bound: usize| random.below(bound as u64) as usize;
    let mut all = Vec::new();
    // The commitment, then equal parts of scalars and opening.
    let part = (proof.len() - 32) / 10;
    let parts = (0..10).map(|i| (32 + i * part, part, 13));
    for (start, length, count) in std::iter::once((0, 32, 20)).chain(parts) {
        for _ in 0..count {
            let (at, bit) = (start + below(length), below(8));
            let mut changed = proof.to_vec();
            changed[at] ^= 1 << bit;
            all.push((format!("bit {bit} of byte {at}"), changed));
        }
    }
    for length in [0, 1, 31, 32, 33, 52, proof.len() / 2, proof.len() - 4, proof.len() - 1] {
        all.push((format!("the first {length} bytes"), proof[..length].to_vec()));
    }
    for more in [vec![0], vec![0; 4], vec![255; 20], proof.to_vec()] {
        all.push((format!("{} more bytes", more.len()), [proof, &more].concat()));
    }
    all
}
