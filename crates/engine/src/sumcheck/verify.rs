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

use super::Reduced;
use crate::channel::{Rejection, Verifier};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle::{lagrange3, lagrange4};
use p3_field::{Field, PrimeCharacteristicRing};

/// Checks `rounds` rounds of a cubic sum-check of `claim`.
///
/// # Transcript
///
/// Each round receives h(0), h(2), h(3) hidden and draws one challenge.
pub fn verify_cubic(
    verifier: &mut Verifier<'_>,
    mut claim: Linear,
    rounds: usize,
) -> Result<Reduced, Rejection> {
    let mut point = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let [h0, h2, h3] = verifier.recv_array()?;
        let r = verifier.challenge();
        let [w0, w1, w2, w3] = lagrange4(r);
        claim = Linear::sum(&[(&h0, w0 - w1), (&claim, w1), (&h2, w2), (&h3, w3)]);
        point.push(r);
    }
    Ok(Reduced { point, claim })
}

/// Checks the sum-check of Σ eq(z, x)·g(x) = `claim` with g of degree 2; one round per coordinate
/// of `z`.
///
/// # Transcript
///
/// Each round receives q(0), q(2) hidden and draws one challenge.
pub fn verify_eq_quadratic(
    verifier: &mut Verifier<'_>,
    mut claim: Linear,
    z: &[EF],
) -> Result<Reduced, Rejection> {
    let mut point = Vec::with_capacity(z.len());
    for &z in z {
        let [q0, q2] = verifier.recv_array()?;
        let r = verifier.challenge();
        let inverse = z.try_inverse().ok_or(Rejection::ZeroChallenge)?;
        let [w0, w1, w2] = lagrange3(r);
        let w1 = w1 * inverse;
        claim = Linear::sum(&[(&q0, w0 - w1 * (EF::ONE - z)), (&claim, w1), (&q2, w2)]);
        point.push(r);
    }
    Ok(Reduced { point, claim })
}

/// Checks the sum-check of Σ eq(z, x)·g(x) = `claim` with g of degree 3; one round per coordinate
/// of `z`.
///
/// # Transcript
///
/// Each round receives q(0), q(2), q(3) hidden and draws one challenge.
pub fn verify_eq_cubic(
    verifier: &mut Verifier<'_>,
    mut claim: Linear,
    z: &[EF],
) -> Result<Reduced, Rejection> {
    let mut point = Vec::with_capacity(z.len());
    for &z in z {
        let [q0, q2, q3] = verifier.recv_array()?;
        let r = verifier.challenge();
        let inverse = z.try_inverse().ok_or(Rejection::ZeroChallenge)?;
        let [w0, w1, w2, w3] = lagrange4(r);
        let w1 = w1 * inverse;
        claim = Linear::sum(&[(&q0, w0 - w1 * (EF::ONE - z)), (&claim, w1), (&q2, w2), (&q3, w3)]);
        point.push(r);
    }
    Ok(Reduced { point, claim })
}
