//! The permutation itself, whole and round by round.

use crate::field::{EF, F, PF, WIDTH};
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};
use p3_koala_bear::{
    GenericPoseidon2LinearLayersKoalaBear as Linear, KOALABEAR_POSEIDON2_RC_16_EXTERNAL_FINAL,
    KOALABEAR_POSEIDON2_RC_16_EXTERNAL_INITIAL, KOALABEAR_POSEIDON2_RC_16_INTERNAL,
    default_koalabear_poseidon2_16,
};
use p3_poseidon2::GenericPoseidon2LinearLayers;
use p3_symmetric::Permutation;

/// Lanes of the permutation.
pub const LANES: usize = 16;
/// Lanes of a state, a message block, an output.
pub const HALF: usize = 8;
/// Rounds in which every lane is cubed, before and after the others.
pub(super) const FULL_ROUNDS: usize = 4;
/// Rounds in which lane 0 is cubed.
pub(super) const PARTIAL_ROUNDS: usize = 20;
/// All rounds.
pub(super) const ROUNDS: usize = 2 * FULL_ROUNDS + PARTIAL_ROUNDS;

/// One round: constants are added, lanes are cubed, a matrix mixes all lanes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Round {
    /// All lanes are cubed; the external matrix.
    Full([F; LANES]),
    /// Lane 0 is cubed; the internal matrix.
    Partial(F),
}

/// Returns round `index` of [`ROUNDS`]. The external matrix is applied once before the first.
pub(super) fn round(index: usize) -> Round {
    let initial = KOALABEAR_POSEIDON2_RC_16_EXTERNAL_INITIAL.iter().map(|&c| Round::Full(c));
    let partial = KOALABEAR_POSEIDON2_RC_16_INTERNAL.iter().map(|&c| Round::Partial(c));
    let last = KOALABEAR_POSEIDON2_RC_16_EXTERNAL_FINAL.iter().map(|&c| Round::Full(c));
    initial.chain(partial).chain(last).nth(index).unwrap_or(Round::Partial(F::ZERO))
}

/// Applies the external matrix.
pub(super) fn external<A: Algebra<F>>(state: &mut [A; LANES]) {
    Linear::external_linear_layer(state);
}

/// Applies the internal matrix.
pub(super) fn internal<A: Algebra<F>>(state: &mut [A; LANES]) {
    Linear::internal_linear_layer(state);
}

/// Returns the weights on the inputs of `layer` that equal the weights `w` on its outputs: the
/// transpose.
pub(super) fn transpose(layer: fn(&mut [F; LANES]), w: &[EF; LANES]) -> [EF; LANES] {
    let mut weights = [EF::ZERO; LANES];
    for (lane, weight) in weights.iter_mut().enumerate() {
        let mut column: [F; LANES] = std::array::from_fn(|i| F::from_bool(i == lane));
        layer(&mut column);
        *weight = w.iter().zip(column).map(|(&w, entry)| w * entry).sum();
    }
    weights
}

/// The compression function: the first half of the permutation of `state ‖ block`.
pub fn compress(state: [F; HALF], block: [F; HALF]) -> [F; HALF] {
    Compressor::default().compress(state, block)
}

/// [`compress`] with the constants at hand, for long inputs.
#[derive(Clone, Debug)]
pub struct Compressor(p3_koala_bear::Poseidon2KoalaBear<LANES>);

impl Default for Compressor {
    fn default() -> Self {
        Self(default_koalabear_poseidon2_16())
    }
}

impl Compressor {
    /// The compression function.
    pub fn compress(&self, state: [F; HALF], block: [F; HALF]) -> [F; HALF] {
        let mut lanes = [F::ZERO; LANES];
        let (first, second) = lanes.split_at_mut(HALF);
        first.copy_from_slice(&state);
        second.copy_from_slice(&block);
        self.0.permute_mut(&mut lanes);
        std::array::from_fn(|lane| lanes[lane])
    }

    /// Replaces each state by its compression with the block at its place, by vectors while they
    /// fill.
    pub fn compress_all(&self, states: &mut [[F; HALF]], blocks: &[[F; HALF]]) {
        let mut states = states.chunks_exact_mut(WIDTH);
        let mut blocks = blocks.chunks_exact(WIDTH);
        for (states, blocks) in states.by_ref().zip(blocks.by_ref()) {
            let mut lanes: [PF; LANES] = std::array::from_fn(|lane| {
                let (half, lane) =
                    if lane < HALF { (&*states, lane) } else { (blocks, lane - HALF) };
                PF::from_fn(|i| half[i][lane])
            });
            self.0.permute_mut(&mut lanes);
            for (i, state) in states.iter_mut().enumerate() {
                *state = std::array::from_fn(|lane| lanes[lane].as_slice()[i]);
            }
        }
        for (state, block) in states.into_remainder().iter_mut().zip(blocks.remainder()) {
            *state = self.compress(*state, *block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LANES, ROUNDS, Round, compress, external, internal, round, transpose};
    use crate::field::{EF, F};
    use p3_field::{PrimeCharacteristicRing, PrimeField32};
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn round_by_round_is_the_permutation() {
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..100 {
            let input: [F; LANES] = rng.random();
            let mut state = input;
            external(&mut state);
            for index in 0..ROUNDS {
                match round(index) {
                    Round::Full(constants) => {
                        for (lane, constant) in state.iter_mut().zip(constants) {
                            *lane = (*lane + constant).cube();
                        }
                        external(&mut state);
                    }
                    Round::Partial(constant) => {
                        state[0] = (state[0] + constant).cube();
                        internal(&mut state);
                    }
                }
            }
            let (first, second) = input.split_at(8);
            let expected = compress(first.try_into().unwrap(), second.try_into().unwrap());
            assert_eq!(state[..8], expected);
        }
    }

    #[test]
    fn the_transpose_moves_weights_through_a_layer() {
        let mut rng = StdRng::seed_from_u64(2);
        for layer in [external::<F>, internal::<F>] {
            let (mut state, w): ([F; LANES], [EF; LANES]) = (rng.random(), rng.random());
            let before: EF =
                transpose(layer, &w).iter().zip(state).map(|(&weight, lane)| weight * lane).sum();
            layer(&mut state);
            assert_eq!(before, w.iter().zip(state).map(|(&weight, lane)| weight * lane).sum());
        }
    }

    #[test]
    fn vectors_compress_as_scalars_do() {
        let mut rng = StdRng::seed_from_u64(3);
        let states: Vec<[F; 8]> = (0..37).map(|_| rng.random()).collect();
        let blocks: Vec<[F; 8]> = (0..37).map(|_| rng.random()).collect();
        let mut all = states.clone();
        super::Compressor::default().compress_all(&mut all, &blocks);
        for ((state, block), got) in states.into_iter().zip(blocks).zip(all) {
            assert_eq!(got, compress(state, block));
        }
    }

    #[test]
    fn golden_vector() {
        let got = compress([0_u32; 8].map(F::new), [1, 2, 3, 4, 5, 6, 7, 8].map(F::new));
        let got = got.map(|lane| lane.as_canonical_u32());
        let text = include_str!("../../../../vectors/poseidon2-koalabear-16-compress-v1.txt");
        let expected: Vec<u32> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .map(|word| word.parse().unwrap())
            .collect();
        assert_eq!(got.as_slice(), expected);
    }
}
