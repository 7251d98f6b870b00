//! Against sums taken one corner at a time.

use super::{Constraint, Reduced, prove_cubic, verify_cubic, verify_eq_cubic, verify_eq_quadratic};
use crate::channel::rehearsal::Rehearsal;
use crate::channel::{Messages, Prover, Rejection};
use crate::field::{EF, WIDTH};
use crate::linear::Linear;
use crate::mle::{eq, eq_table};
use crate::packed::pack;
use crate::pads::Budget;
use p3_field::{Algebra, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// x·y·z − 5·x·y + z.
struct Cubic;

impl Constraint<3> for Cubic {
    fn evaluate<A: Algebra<EF> + Copy>(&self, &[x, y, z]: &[A; 3]) -> A {
        x * y * z - x * y * EF::from_u8(5) + z
    }
}

fn uniform(seed: u64, count: usize) -> Vec<EF> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| rng.random()).collect()
}

fn tables(log: usize) -> [Vec<EF>; 3] {
    [10, 11, 12].map(|seed| uniform(seed, 1 << log))
}

/// The multilinear extension by its definition; coordinates may be any numbers.
fn extension(table: &[EF], point: &[EF]) -> EF {
    eq_table(point).into_iter().zip(table).map(|(weight, &value)| weight * value).sum()
}

/// Σ over the last `free` variables of eq(z, ·)·g, with the first ones fixed to `fixed`.
fn partial(tables: &[Vec<EF>; 3], g: impl Fn([EF; 3]) -> EF, fixed: &[EF], z: &[EF]) -> EF {
    let free = tables[0].len().ilog2() as usize - fixed.len();
    (0..1 << free)
        .map(|corner| {
            let mut point = fixed.to_vec();
            point.extend(crate::mle::corner(corner, free));
            let at = tables.each_ref().map(|table| extension(table, &point));
            let weight =
                if z.is_empty() { EF::ONE } else { eq(&z[fixed.len()..], &point[fixed.len()..]) };
            weight * g(at)
        })
        .sum()
}

fn cubic(at: [EF; 3]) -> EF {
    Cubic.evaluate(&at)
}

fn stage(linear: usize) -> Rehearsal {
    Rehearsal::new(&[4], Budget { linear, ..Budget::default() })
}

#[test]
fn the_cubic_form_reduces_a_sum_to_a_point() {
    for log in WIDTH.ilog2() as usize..10 {
        let stage = stage(3 * log);
        let tables = tables(log);
        let sum: EF = (0..1 << log).map(|i| cubic(tables.each_ref().map(|t| t[i]))).sum();
        let mut ends = None;
        let packed = tables.each_ref().map(|table| pack(table));
        let messages = stage.messages(|prover| {
            ends = Some(prove_cubic(prover, packed, log, &Cubic));
        });
        let (point, values) = ends.unwrap();
        assert_eq!(values, tables.each_ref().map(|table| extension(table, &point)), "size 2^{log}");

        let mut verifier = stage.verifier(&messages);
        let Reduced { point: heard, claim } =
            verify_cubic(&mut verifier, Linear::public(sum), log).unwrap();
        assert_eq!(heard, point);
        assert_eq!(stage.value(&claim), cubic(values), "size 2^{log}");
        verifier.finish().unwrap();
    }
}

#[test]
fn every_cubic_message_is_the_naive_sum() {
    let log = 5;
    let stage = stage(3 * log);
    let tables = tables(log);
    let packed = tables.each_ref().map(|table| pack(table));
    let mut point = Vec::new();
    let messages = stage.messages(|prover| point = prove_cubic(prover, packed, log, &Cubic).0);
    let mut verifier = stage.verifier(&messages);
    for round in 0..log {
        for (x, got) in [0_u8, 2, 3].into_iter().zip(verifier.recv_array::<3>().unwrap()) {
            let mut fixed = point[..round].to_vec();
            fixed.push(EF::from_u8(x));
            assert_eq!(
                stage.value(&got),
                partial(&tables, cubic, &fixed, &[]),
                "round {round} at {x}"
            );
        }
        assert_eq!(verifier.challenge(), point[round]);
    }
}

#[test]
fn a_false_sum_leaves_a_false_claim() {
    let log = 6;
    let stage = stage(3 * log);
    let tables = tables(log);
    let sum: EF = (0..1 << log).map(|i| cubic(tables.each_ref().map(|t| t[i]))).sum();
    let mut values = None;
    let packed = tables.each_ref().map(|table| pack(table));
    let honest = stage.messages(|prover| values = Some(prove_cubic(prover, packed, log, &Cubic).1));
    let claim = |sum: EF, messages: &Messages| {
        let mut verifier = stage.verifier(messages);
        stage.value(&verify_cubic(&mut verifier, Linear::public(sum), log).unwrap().claim)
    };
    let truth = cubic(values.unwrap());
    assert_eq!(claim(sum, &honest), truth);
    assert_ne!(claim(sum + EF::ONE, &honest), truth);
    for i in 0..honest.hidden.len() {
        let mut bad = honest.clone();
        bad.hidden[i] += EF::ONE;
        assert_ne!(claim(sum, &bad), truth, "message {i}");
    }
}

type Summand = fn([EF; 3]) -> EF;

/// Sends q at 0, 2 and, in degree 3, at 3: the sum without the current factor of eq.
fn prove_eq(prover: &mut Prover<'_>, z: &[EF], g: Summand, at: &[u8]) -> Vec<EF> {
    let tables = tables(z.len());
    let mut point: Vec<EF> = Vec::new();
    for round in 0..z.len() {
        for &x in at {
            // eq(z, ·) without the factors that are fixed and the current one.
            let free = z.len() - round - 1;
            let q = (0..1 << free).map(|corner| {
                let corner = crate::mle::corner(corner, free);
                let whole: Vec<EF> =
                    point.iter().copied().chain([EF::from_u8(x)]).chain(corner.clone()).collect();
                let values = tables.each_ref().map(|table| extension(table, &whole));
                eq(&z[round + 1..], &corner) * g(values)
            });
            prover.hide(q.sum());
        }
        point.push(prover.challenge());
    }
    point
}

#[test]
fn the_forms_with_eq_reduce_a_sum_to_a_point() {
    let quadratic = |[x, y, z]: [EF; 3]| x * y + z;
    for log in 0..6 {
        let z = uniform(20, log);
        let tables = tables(log);
        for degree in [2_u8, 3] {
            let (g, at): (Summand, &[u8]) =
                if degree == 2 { (quadratic, &[0, 2]) } else { (cubic, &[0, 2, 3]) };
            let stage = stage(at.len() * log);
            let sum = partial(&tables, g, &[], &z);
            let mut point = Vec::new();
            let messages = stage.messages(|prover| point = prove_eq(prover, &z, g, at));
            for (error, agrees) in [(EF::ZERO, true), (EF::ONE, false)] {
                let mut verifier = stage.verifier(&messages);
                let claim = Linear::public(sum + error);
                let reduced = if degree == 2 {
                    verify_eq_quadratic(&mut verifier, claim, &z)
                } else {
                    verify_eq_cubic(&mut verifier, claim, &z)
                };
                let Reduced { point: heard, claim } = reduced.unwrap();
                assert_eq!(heard, point);
                let values = tables.each_ref().map(|table| extension(table, &point));
                assert_eq!(stage.value(&claim) == g(values), agrees, "2^{log}, degree {degree}");
                verifier.finish().unwrap();
            }
        }
    }
}

#[test]
fn rejects_a_zero_coordinate_and_a_missing_round() {
    let stage = stage(9);
    let messages = Messages { hidden: uniform(30, 9), clear: vec![] };
    let zero = [EF::ONE, EF::ZERO];
    let verifier = || stage.verifier(&messages);
    let claim = Linear::zero;
    assert_eq!(
        verify_eq_quadratic(&mut verifier(), claim(), &zero).unwrap_err(),
        Rejection::ZeroChallenge
    );
    assert_eq!(
        verify_eq_cubic(&mut verifier(), claim(), &zero).unwrap_err(),
        Rejection::ZeroChallenge
    );
    let short = Messages { hidden: uniform(30, 5), clear: vec![] };
    assert_eq!(
        verify_cubic(&mut stage.verifier(&short), claim(), 2).unwrap_err(),
        Rejection::Short
    );
}
