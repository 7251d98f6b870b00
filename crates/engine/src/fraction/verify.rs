//! The verifier's half.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Leaf;
use crate::channel::{Product, Rejection, Verifier};
use crate::field::EF;
use crate::linear::Linear;
use crate::relations::Relations;
use crate::sumcheck::{Reduced, verify_eq_quadratic};
use p3_field::PrimeCharacteristicRing;

/// Walks both trees from their roots to their leaves; `logs` are their depths.
pub fn verify(
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
    logs: [usize; 2],
) -> Result<[Leaf; 2], Rejection> {
    let mut trees = roots(verifier, relations)?;
    let mut z = Vec::new();
    for layer in 0..logs[0].max(logs[1]) {
        let (lambda, mu) = (verifier.challenge(), verifier.challenge());
        let mut live = Vec::with_capacity(2);
        for (tree, log) in trees.iter_mut().zip(logs) {
            if layer < log {
                live.push(tree);
            }
        }
        z = walk(verifier, relations, &mut live, &z, [lambda, mu])?;
    }
    Ok(trees)
}

fn roots(verifier: &mut Verifier<'_>, relations: &mut Relations) -> Result<[Leaf; 2], Rejection> {
    let Product { x: n0, y: d1, xy: n0_d1 } = verifier.recv_pair()?;
    let Product { x: n1, y: d0, xy: n1_d0 } = verifier.recv_pair()?;
    relations.push_zero(Linear::sum(&[(&n0_d1, EF::ONE), (&n1_d0, EF::ONE)]));
    let root = |numerator, denominator| Leaf { point: Vec::new(), numerator, denominator };
    Ok([root(n0, d0), root(n1, d1)])
}

/// One layer: reduces the claims at `z` to claims on the layer below at the returned point.
fn walk(
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
    live: &mut [&mut Leaf],
    z: &[EF],
    [lambda, mu]: [EF; 2],
) -> Result<Vec<EF>, Rejection> {
    let mut claim = Linear::zero();
    let mut weight = EF::ONE;
    for tree in live.iter() {
        claim.add(&tree.numerator, weight);
        claim.add(&tree.denominator, weight * lambda);
        weight *= mu;
    }
    let Reduced { point, mut claim } = verify_eq_quadratic(verifier, claim, z)?;

    let mut weight = EF::ONE;
    let mut halves = Vec::with_capacity(live.len());
    for _ in live.iter() {
        let upper = verifier.recv_pair()?;
        let lower = verifier.recv_pair()?;
        claim.add(&upper.xy, -weight);
        claim.add(&lower.xy, -weight);
        weight *= mu;
        halves.push((upper, lower));
    }
    relations.push_zero(claim);

    let b = verifier.challenge();
    let a = EF::ONE - b;
    let point: Vec<EF> = std::iter::once(b).chain(point).collect();
    for (tree, (upper, lower)) in live.iter_mut().zip(halves) {
        let (u, d1, d0, n1) = (upper.x, upper.y, lower.x, lower.y);
        tree.numerator = Linear::sum(&[(&u, a), (&d0, -(lambda * a)), (&n1, b)]);
        tree.denominator = Linear::sum(&[(&d0, a), (&d1, b)]);
        tree.point.clone_from(&point);
    }
    Ok(point)
}
