//! Poseidon2 over KoalaBear, width 16: natively, and proven in batches without committing a round.
//!
//! The compression function is `compress(h, m)` = the first eight lanes of the permutation of h ‖
//! m. A [`Program`] says what `2^b` calls of it read and yield: committed cells, public values. The
//! claim is that every call's output is the compression of its input.
//!
//! With o_j(i) lane j of the output of call i, and random ρ, λ, the prover states v = Σ_{j<8}
//! λ^j·o_j(ρ); the program turns that into readings of cells. Then the walk from outputs to inputs,
//! one sum-check per round. A claim on the state after a round, Σ_l w_l·s_l(z) = v, becomes by the
//! transpose of the round's matrix a claim on its cubes,
//!
//! ```text
//! full:     Σ_l w'_l·(x_l + c_l)³ (z) = v
//! partial:  w'_0·(x_0 + c)³ (z) + Σ_{l>0} w'_l·x_l(z) = v
//! ```
//!
//! where x is the state before the round; a sum-check with eq(z, ·) moves it to a fresh point.
//! There the prover states y_l = x_l + c_l of the cubed lanes (with an expression for y_l³) and, in
//! partial rounds, L = Σ_{l>0} w'_l·x_l. With a challenge μ the next claim is Σ_l μ^l·x_l, or μ·x_0
//! + L. What is left at the end is a claim on the inputs, again readings of cells.
//!
//! Sum-checks bind neighbouring blocks of sixteen calls first (`program::binding`): what is not
//! used of a batch, up to half of it, costs the prover next to nothing.
//!
//! # Transcript
//!
//! ρ (b challenges), λ; v; per round, last first: b times q(0), q(2), q(3) and a challenge; the
//! cubes; L in partial rounds; μ.
//!
//! Soundness error: (b + 8)/|EF| for v; per round at most (4b + 16)/|EF|; 28 rounds. Security of
//! the function: collisions of a chain from a fixed start 2^124 (248 bits, birthday), key recovery
//! 2^248.
//!
//! Papers: Grassi, Khovratovich, Schofnegger, *Poseidon2*, ePrint 2023/323 (constants of the
//! library, 8 + 20 rounds); Goldwasser, Kalai, Rothblum 2008 for the walk. Deviation: partial
//! rounds carry the uncubed lanes as one number L instead of fifteen.

mod native;
mod program;
#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

pub use native::{Compressor, HALF, LANES, compress};
pub use program::{LOG_MIN, Lanes, Program, Run};
#[cfg(feature = "prove")]
pub use prove::prove;
pub use verify::verify;

use crate::pads::Budget;
use native::{FULL_ROUNDS, PARTIAL_ROUNDS, ROUNDS};

/// Returns what proving a batch of `2^log` calls exchanges.
pub fn budget(log: usize) -> Budget {
    Budget {
        linear: 1 + 3 * log * ROUNDS + PARTIAL_ROUNDS,
        pairs: 0,
        cubes: 2 * FULL_ROUNDS * LANES + PARTIAL_ROUNDS,
        clear: 0,
    }
}
