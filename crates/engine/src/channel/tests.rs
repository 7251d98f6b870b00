//! Expressions are worth what was hidden; budgets and lengths are kept.

use super::rehearsal::Rehearsal;
use super::{Messages, Product, Rejection, Verifier};
use crate::field::EF;
use crate::pads::Budget;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng, rngs::StdRng};

const BUDGET: Budget = Budget { linear: 2, pairs: 2, cubes: 2, clear: 1 };

fn scalars<const N: usize>(seed: u64) -> [EF; N] {
    let mut rng = StdRng::seed_from_u64(seed);
    std::array::from_fn(|_| rng.random())
}

/// A conversation that uses `BUDGET`.
fn talk(stage: &Rehearsal) -> (Messages, [EF; 9]) {
    let said @ [a, b, x0, y0, x1, y1, u, v, open] = scalars(1);
    let messages = stage.messages(|prover| {
        prover.hide(a);
        prover.hide_pair(x0, y0);
        prover.hide_cube(u);
        prover.clear(open);
        let _ = prover.challenge();
        prover.hide_pair(x1, y1);
        prover.hide_cube(v);
        prover.hide(b);
    });
    (messages, said)
}

#[test]
fn expressions_are_worth_what_was_hidden() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let (messages, [a, b, x0, y0, x1, y1, u, v, open]) = talk(&stage);
    let mut verifier = stage.verifier(&messages);
    assert_eq!(stage.value(&verifier.recv().unwrap()), a);
    let pair = |verifier: &mut Verifier<'_>, x: EF, y: EF| {
        let Product { x: got_x, y: got_y, xy } = verifier.recv_pair().unwrap();
        assert_eq!([&got_x, &got_y, &xy].map(|e| stage.value(e)), [x, y, x * y]);
    };
    let cube = |verifier: &mut Verifier<'_>, x: EF| {
        let (got, cube) = verifier.recv_cube().unwrap();
        assert_eq!([&got, &cube].map(|e| stage.value(e)), [x, x * x * x]);
    };
    pair(&mut verifier, x0, y0);
    cube(&mut verifier, u);
    assert_eq!(verifier.clear().unwrap(), open);
    let _ = verifier.challenge();
    pair(&mut verifier, x1, y1);
    cube(&mut verifier, v);
    assert_eq!(stage.value(&verifier.recv().unwrap()), b);
    verifier.check_budget().unwrap();
    verifier.finish().unwrap().unwrap();
}

#[test]
fn both_ends_draw_the_same_challenges() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let [x, y] = scalars(2);
    let mut drawn = Vec::new();
    let messages = stage.messages(|prover| {
        drawn.push(prover.challenge());
        prover.hide(x);
        drawn.push(prover.challenge());
        prover.clear(y);
        drawn.extend(prover.challenges(3));
    });
    let mut verifier = stage.verifier(&messages);
    let mut heard = vec![verifier.challenge()];
    verifier.recv().unwrap();
    heard.push(verifier.challenge());
    assert_eq!(verifier.clear().unwrap(), y);
    heard.extend(verifier.challenges(3));
    assert_eq!(heard, drawn);
    assert_eq!(verifier.drawn(), drawn);
    let distinct: std::collections::BTreeSet<String> =
        drawn.iter().map(|c| format!("{c:?}")).collect();
    assert_eq!(distinct.len(), drawn.len(), "no challenge comes twice");
}

#[test]
fn rejects_a_conversation_that_breaks_off() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let silence = Messages::default();
    let mut verifier = stage.verifier(&silence);
    assert_eq!(verifier.recv().unwrap_err(), Rejection::Short);
    assert_eq!(verifier.recv_pair().unwrap_err(), Rejection::Short);
    assert_eq!(verifier.recv_cube().unwrap_err(), Rejection::Short);
    assert_eq!(verifier.clear().unwrap_err(), Rejection::Short);
    assert_eq!(verifier.clear_array::<2>().unwrap_err(), Rejection::Short);
}

#[test]
fn rejects_a_conversation_that_goes_on() {
    let stage = Rehearsal::new(&[4], BUDGET);
    for messages in [
        Messages { hidden: vec![EF::ONE], clear: vec![] },
        Messages { hidden: vec![], clear: vec![EF::ONE] },
    ] {
        assert_eq!(stage.verifier(&messages).finish().unwrap_err(), Rejection::Long);
    }
}

#[test]
fn rejects_more_pads_than_the_budget() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let messages = Messages { hidden: vec![EF::ONE; 1000], clear: vec![] };
    let mut verifier = stage.verifier(&messages);
    verifier.recv_pair().unwrap();
    verifier.recv_pair().unwrap();
    assert_eq!(verifier.recv_pair().unwrap_err(), Rejection::Budget("pairs"));
    verifier.recv_cube().unwrap();
    verifier.recv_cube().unwrap();
    assert_eq!(verifier.recv_cube().unwrap_err(), Rejection::Budget("cubes"));
    for _ in 0..stage.layout.region().linear_count() {
        verifier.recv().unwrap();
    }
    assert_eq!(verifier.recv().unwrap_err(), Rejection::Budget("linear pads"));
    // The circuit may not eat the pads of the product check either.
    assert_eq!(verifier.check_budget().unwrap_err(), Rejection::Budget("linear pads"));
}

#[test]
fn rejects_a_budget_left_unused() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let messages = Messages { hidden: vec![EF::ONE; 8], clear: vec![] };
    let mut verifier = stage.verifier(&messages);
    for missing in ["linear pads", "linear pads", "pairs", "pairs", "cubes", "cubes"] {
        assert_eq!(verifier.check_budget().unwrap_err(), Rejection::Budget(missing));
        match missing {
            "linear pads" => drop(verifier.recv().unwrap()),
            "pairs" => drop(verifier.recv_pair().unwrap()),
            _ => drop(verifier.recv_cube().unwrap()),
        }
    }
    verifier.check_budget().unwrap();
}

#[test]
fn programmed_challenges_come_in_order_and_then_run_dry() {
    let stage = Rehearsal::new(&[4], BUDGET);
    let messages = Messages::default();
    let [a, b] = scalars(3);
    let mut verifier = Verifier::programmed(vec![a, b], &stage.layout, &messages);
    assert_eq!(verifier.challenges(3), [a, b, EF::ONE]);
    assert!(verifier.finish().unwrap().is_none(), "no challenger, hence no opening");
}
