//! Against sums taken one place at a time.

use super::{Ends, budget, prove, verify};
use crate::channel::rehearsal::Rehearsal;
use crate::channel::{Messages, Rejection};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle::eq_table;
use crate::relations::Relations;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng, rngs::StdRng};

fn uniform(seed: u64, log: usize) -> Vec<EF> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..1 << log).map(|_| rng.random()).collect()
}

fn inner(a: &[EF], b: &[EF]) -> EF {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// What the verifier makes of `messages` for the claim `sum`: whether its relation holds, and how
/// far both values are from those of the vectors.
fn check(stage: &Rehearsal, messages: &Messages, sum: EF, log: usize) -> (bool, [EF; 2]) {
    let mut verifier = stage.verifier(messages);
    let mut relations = Relations::default();
    let Ends { point, a, b } =
        verify(&mut verifier, &mut relations, Linear::public(sum), log).unwrap();
    verifier.check_budget().unwrap();
    let eq = eq_table(&point);
    let off = |end: &Linear, seed| stage.value(end) - inner(&eq, &uniform(seed, log));
    let off = [off(&a, 1), off(&b, 2)];
    (stage.holds(relations), off)
}

fn stage(log: usize) -> Rehearsal {
    let mut stage = Rehearsal::new(&[4], budget(log));
    crate::pads::fill(&mut stage.cells, stage.layout.region(), &mut StdRng::seed_from_u64(9));
    stage
}

#[test]
fn an_inner_product_ends_in_the_values_of_its_vectors() {
    for log in 0..9 {
        let (a, b) = (uniform(1, log), uniform(2, log));
        let sum = inner(&a, &b);
        let stage = stage(log);
        let messages = stage.messages(|prover| {
            prove(prover, a, b);
        });
        assert_eq!(check(&stage, &messages, sum, log), (true, [EF::ZERO; 2]), "size 2^{log}");
    }
}

#[test]
fn rejects_a_false_sum() {
    let log = 6;
    let (a, b) = (uniform(1, log), uniform(2, log));
    let sum = inner(&a, &b) + EF::ONE;
    let stage = stage(log);
    let messages = stage.messages(|prover| {
        prove(prover, a, b);
    });
    assert_eq!(check(&stage, &messages, sum, log), (false, [EF::ZERO; 2]));
}

#[test]
fn no_scalar_can_be_changed() {
    let log = 5;
    let (a, b) = (uniform(1, log), uniform(2, log));
    let sum = inner(&a, &b);
    let stage = stage(log);
    let honest = stage.messages(|prover| {
        prove(prover, a, b);
    });
    for i in 0..honest.hidden.len() {
        let mut messages = honest.clone();
        messages.hidden[i] += EF::ONE;
        let (holds, off) = check(&stage, &messages, sum, log);
        assert!(!holds || off != [EF::ZERO; 2], "scalar {i}");
    }
}

#[test]
fn rejects_a_missing_round() {
    let stage = stage(3);
    let messages = Messages { hidden: uniform(3, 2), clear: vec![] };
    let mut verifier = stage.verifier(&messages);
    let claim = Linear::zero();
    let heard = verify(&mut verifier, &mut Relations::default(), claim, 3);
    assert_eq!(heard.unwrap_err(), Rejection::Short);
}
