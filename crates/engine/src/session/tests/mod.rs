//! The engine on a toy statement that uses every protocol.

mod budgets;
mod cheats;
mod frozen;
mod mutations;
mod sizes;
mod staged;
mod toy;
mod transcript;
mod zero_knowledge;

use super::{Proof, prove, verify};
use toy::Toy;

/// Proves and verifies; returns the proof.
fn honest(toy: &Toy, seed: u8) -> Vec<u8> {
    let proof = prove(toy, &toy.digest(), &[seed; 32], &mut |_| ()).unwrap();
    verify(toy, &toy.digest(), &proof).unwrap();
    proof
}
