//! A conversation needs nothing that is hidden, in any mode: a simulator that has the public parts
//! alone is accepted by a verifier whose challenges it knows. That readings which are sent as they
//! are are uniform is shown in the layer and in the engine.

use super::super::fit::{blank, stated};
use super::kinds::{self, KINDS, Kind};
use super::{Answering, Case, Known, Model, Modes, Privacy, all_modes, case};
use crate::circuit::Circuit;
use assay_engine::channel::{Messages, Verifier};
use assay_engine::field::EF;
use assay_engine::pads::LAST_SLOTS;
use assay_engine::session::{Circuit as _, Proof, converse};
use assay_layers::{Sizes, forest, network, tree};
use p3_field::{Field, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Whether a witness-free conversation in this mode is accepted.
fn is_simulated<S: Sizes>(case: &Case, modes: Modes, seed: u64) -> bool {
    let (statement, proof) = case.check(modes);
    simulated::<S, Model>(&statement, &case.public(modes), &proof, seed)
}

/// Whether a conversation about this statement needs no more than what is public of it.
pub(super) fn simulated<S: Sizes, M: Answering>(
    statement: &M::Statement,
    known: &Known<'_, M>,
    proof: &[u8],
    seed: u64,
) -> bool {
    let blank = blank(statement);
    let parts = known.fit(statement, &blank).unwrap();
    let mut stated = stated(statement).unwrap();
    if let Some(numbers) = &mut stated.numbers {
        numbers.public = parts.numbers;
    }
    let circuit = Circuit::<S>::new(&stated, parts.claim, parts.weights).unwrap();
    // Of a real proof, only the number of its scalars.
    let real = Proof::decode(circuit.layout(), proof).unwrap().messages;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uniform = |count: usize| -> Vec<EF> { (0..count).map(|_| rng.random()).collect() };
    let challenges = uniform(1 << 14);
    let mut messages =
        Messages { hidden: uniform(real.hidden.len()), clear: uniform(real.clear.len()) };
    let hear = |messages: &Messages| {
        let mut verifier = Verifier::programmed(challenges.clone(), circuit.layout(), messages);
        let (openings, residual) = converse(&circuit, &mut verifier).unwrap();
        (openings.is_some(), residual, verifier.drawn().to_vec())
    };
    let (accepted, residual, drawn) = hear(&messages);
    assert!(!accepted, "uniform scalars alone are no proof");
    // The last relation determines g, the scalar before z; e is drawn before s.
    let e = drawn[drawn.len() - 1 - LAST_SLOTS.ilog2() as usize];
    let g = messages.clear.len() - LAST_SLOTS - 1;
    messages.clear[g] += residual * e.inverse();
    let (accepted, residual, _) = hear(&messages);
    accepted && residual == EF::ZERO
}

#[test]
fn a_conversation_needs_nothing_hidden_in_any_mode() {
    let case = case(5, 3, 4, 9, 20);
    for (seed, modes) in (0..).zip(all_modes().filter(Modes::says_something)) {
        assert!(is_simulated::<tree::Shape>(&case, modes, seed), "{modes:?}");
    }
}

#[test]
fn nor_does_one_about_a_forest_or_a_network() {
    let (public, committed) = (Privacy::Public, Privacy::Committed);
    let mode = |input, weights, output| Modes { input, weights, output };
    for kind in KINDS {
        let case = kinds::case(kind);
        for modes in [
            mode(public, committed, public),
            mode(committed, committed, committed),
            mode(Privacy::Hidden, committed, public),
            mode(committed, committed, Privacy::Hidden),
        ] {
            let is_simulated = match kind {
                Kind::Forest(_) => is_simulated::<forest::Shape>(&case, modes, 3),
                Kind::Network => is_simulated::<network::Plan>(&case, modes, 3),
            };
            assert!(is_simulated, "{kind:?}, {modes:?}");
        }
    }
}
