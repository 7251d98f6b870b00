//! A conversation without a witness.

use super::{Toy, accepted, challenges, hear_programmed};
use crate::channel::Messages;
use crate::field::{EF, F};
use crate::session::Circuit;
use crate::session::tests::staged::{Last, challenge_e};
use p3_field::{Field, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Uniform scalars, but for g, which the last relation determines.
fn simulate(toy: &Toy, challenges: &[EF], seed: u64) -> Messages {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uniform = |count: usize| -> Vec<EF> { (0..count).map(|_| rng.random()).collect() };
    let region = toy.layout().region();
    let hidden = uniform(region.hidden_count(toy.layout().variables()));
    let mut messages = Messages { hidden, clear: uniform(region.clear_count()) };
    assert!(!accepted(toy, &messages, challenges), "uniform scalars alone are no proof");
    let (_, residual, drawn) = hear_programmed(toy, &messages, challenges);
    messages.clear[Last::of(toy).g] += residual * challenge_e(&drawn).inverse();
    messages
}

#[test]
fn a_conversation_needs_no_witness() {
    for seed in 0..5 {
        let toy = Toy::new(5, seed);
        let challenges = challenges(seed);
        assert!(accepted(&toy, &simulate(&toy, &challenges, seed), &challenges));
    }
}

#[test]
fn a_conversation_needs_not_even_a_true_statement() {
    // What binds the prover is that challenges come after messages, and the opening.
    let mut toy = Toy::new(5, 1);
    toy.sum += F::ONE;
    toy.hash[0] += F::ONE;
    let challenges = challenges(9);
    assert!(accepted(&toy, &simulate(&toy, &challenges, 1), &challenges));
}
