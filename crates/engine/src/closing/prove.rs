//! The prover's half.

use super::{mask_point, pad_factors};
use crate::cells::Layout;
use crate::channel::Prover;
use crate::field::{EF, PE};
use crate::packed::{GRAIN, fold, fold_into, halves, lanes_sum, pack_base, quarters, unpack};
use crate::pads::{LAST_SLOTS, value};
use crate::relations::Functional;
use crate::sumcheck::sum_arrays;
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Proves Σ W·f = T; returns the points to open.
///
/// # Panics
///
/// With probability 2^-150 over the challenges, where an honest proof does not exist.
pub(crate) fn prove(
    prover: &mut Prover<'_>,
    layout: &Layout,
    functional: &Functional,
) -> Vec<Vec<EF>> {
    let point = sumcheck(prover, layout, functional.dense(layout));
    let region = prover.region();
    let pad = |part, j| value(prover.cells(), region.last(part, j));
    let q: Vec<EF> = (0..LAST_SLOTS).map(|j| pad(1, j)).collect();
    let p: Vec<EF> = (0..LAST_SLOTS).map(|j| pad(0, j)).collect();
    prover.clear(pad_factors(&point).into_iter().zip(&q).map(|(a, &q)| a * q).sum());
    let e = prover.challenge();
    p.iter().zip(&q).for_each(|(&p, &q)| prover.clear(p + e * q));
    let s = prover.challenges(LAST_SLOTS.ilog2() as usize);
    let (mask, _) = mask_point(layout, e, &s).expect("a challenge is not the one bad value");
    vec![point, mask]
}

fn sumcheck(prover: &mut Prover<'_>, layout: &Layout, mut weights: Vec<PE>) -> Vec<EF> {
    let base = pack_base(prover.cells());
    let mut point = Vec::with_capacity(layout.variables());

    let message = sums(base, &weights).map(lanes_sum);
    let r = PE::from(send(prover, message, &mut point));
    let mut cells = fold_into(base, r);
    fold(&mut weights, r);
    let mut message = sums(&cells, &weights);
    while weights.len() > 1 {
        let r = PE::from(send(prover, message.map(lanes_sum), &mut point));
        message = fold_and_sum(&mut cells, &mut weights, r);
    }
    let (mut cells, mut weights) = (unpack(&cells), unpack(&weights));
    while weights.len() > 1 {
        let message = sums(&cells, &weights);
        let r = send(prover, message, &mut point);
        fold(&mut cells, r);
        fold(&mut weights, r);
    }
    prover.clear(cells[0]);
    point
}

fn send(prover: &mut Prover<'_>, message: [EF; 2], point: &mut Vec<EF>) -> EF {
    for (value, address) in message.into_iter().zip(prover.region().round(point.len())) {
        prover.hide_at(value, address);
    }
    let r = prover.challenge();
    point.push(r);
    r
}

/// Fixes the first variable of both tables to `r`; returns the sums of what is left, if there is a
/// variable left. One pass over memory instead of two.
fn fold_and_sum(cells: &mut Vec<PE>, weights: &mut Vec<PE>, r: PE) -> [PE; 2] {
    let half = cells.len() / 2;
    if half < 2 {
        fold(cells, r);
        fold(weights, r);
        return [PE::ZERO; 2];
    }
    let ([f0, f1, f2, f3], [w0, w1, w2, w3]) = (quarters(cells), quarters(weights));
    let sums = (f0, f1, f2, f3, w0, w1, w2, w3)
        .into_par_iter()
        .with_min_len(GRAIN)
        .fold(
            || [PE::ZERO; 2],
            |sums, (f0, f1, f2, f3, w0, w1, w2, w3)| {
                *f0 += r * (*f2 - *f0);
                *f1 += r * (*f3 - *f1);
                *w0 += r * (*w2 - *w0);
                *w1 += r * (*w3 - *w1);
                let at2 = (w1.double() - *w0) * (f1.double() - *f0);
                [sums[0] + *w0 * *f0, sums[1] + at2]
            },
        )
        .reduce(|| [PE::ZERO; 2], sum_arrays);
    cells.truncate(half);
    weights.truncate(half);
    sums
}

/// Returns Σ w·f with the first variable at 0 and at 2.
fn sums<N, A>(cells: &[N], weights: &[A]) -> [A; 2]
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    let ((f0, f1), (w0, w1)) = (halves(cells), halves(weights));
    (0..w0.len())
        .into_par_iter()
        .with_min_len(GRAIN)
        .fold(
            || [A::ZERO; 2],
            |sums, i| {
                let at2 = (w1[i].double() - w0[i]) * (f1[i].double() - f0[i]);
                [sums[0] + w0[i] * f0[i], sums[1] + at2]
            },
        )
        .reduce(|| [A::ZERO; 2], sum_arrays)
}
