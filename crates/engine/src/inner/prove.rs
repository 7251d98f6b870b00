//! The prover's half.

use crate::channel::Prover;
use crate::field::{EF, PE, WIDTH};
use crate::packed::{GRAIN, fold, halves, lanes_sum, pack, unpack};
use crate::sumcheck::sum_arrays;
use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;

/// Proves the inner product of `a` and `b`; returns the point at which their values were sent.
///
/// # Panics
///
/// If the vectors are not of one length, a power of two.
pub fn prove(prover: &mut Prover<'_>, mut a: Vec<EF>, mut b: Vec<EF>) -> Vec<EF> {
    assert!(a.len() == b.len() && a.len().is_power_of_two(), "vectors are of one length");
    let mut point = Vec::with_capacity(a.len().ilog2() as usize);
    if 2 * WIDTH <= a.len() {
        let mut vectors = (pack(&a), pack(&b));
        while vectors.0.len() > 1 {
            let r = PE::from(send(prover, sums(&vectors.0, &vectors.1).map(lanes_sum), &mut point));
            fold(&mut vectors.0, r);
            fold(&mut vectors.1, r);
        }
        (a, b) = (unpack(&vectors.0), unpack(&vectors.1));
    }
    while a.len() > 1 {
        let r = send(prover, sums(&a, &b), &mut point);
        fold(&mut a, r);
        fold(&mut b, r);
    }
    prover.hide_pair(a[0], b[0]);
    point
}

fn send(prover: &mut Prover<'_>, message: [EF; 2], point: &mut Vec<EF>) -> EF {
    message.into_iter().for_each(|value| prover.hide(value));
    let r = prover.challenge();
    point.push(r);
    r
}

/// Returns Σ a·b with the first variable at 0 and at 2.
fn sums<A: PrimeCharacteristicRing + Copy + Send + Sync>(a: &[A], b: &[A]) -> [A; 2] {
    let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
    (0..a0.len())
        .into_par_iter()
        .with_min_len(GRAIN)
        .fold(
            || [A::ZERO; 2],
            |sums, i| {
                let at2 = (a1[i].double() - a0[i]) * (b1[i].double() - b0[i]);
                [sums[0] + a0[i] * b0[i], sums[1] + at2]
            },
        )
        .reduce(|| [A::ZERO; 2], sum_arrays)
}
