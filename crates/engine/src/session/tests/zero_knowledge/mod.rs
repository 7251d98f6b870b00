//! What a proof tells: nothing but the statement.
//!
//! - [`rank`]: for fixed challenges the clear scalars and the messages of the last sum-check are
//!   linear in
//!   cells that nothing else uses, and of full rank: uniform, whatever the witness;
//! - [`pads`]: every other message has a pad of its own;
//! - [`simulator`]: a conversation made without a witness is accepted;
//! - [`distribution`]: the same, counted on proofs of two witnesses, with provers that must be
//!   caught.

mod distribution;
mod pads;
mod rank;
mod simulator;

use super::staged::{cells, hear_programmed, say};
use super::toy::Toy;
use crate::channel::Messages;
use crate::field::EF;
use crate::session::challenger;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// More challenges than any toy draws.
const MANY: usize = 4096;

fn challenges(seed: u64) -> Vec<EF> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..MANY).map(|_| rng.random()).collect()
}

/// What an honest prover says to these challenges, as a function of the cells alone.
fn said(toy: &Toy, cells: &[crate::field::F], challenges: &[EF]) -> super::staged::Said {
    say(toy, cells, challenger(toy, &toy.digest()), Some(challenges))
}

/// Whether the conversation is accepted.
fn accepted(toy: &Toy, messages: &Messages, challenges: &[EF]) -> bool {
    hear_programmed(toy, messages, challenges).0.is_some()
}

#[test]
fn an_honest_conversation_is_accepted_under_any_challenges() {
    let toy = Toy::new(5, 1);
    for seed in 0..3 {
        let challenges = challenges(seed);
        let said = said(&toy, &cells(&toy, seed), &challenges);
        assert!(accepted(&toy, &said.messages, &challenges));
    }
}
