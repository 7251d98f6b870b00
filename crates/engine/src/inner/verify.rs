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

use super::Ends;
use crate::channel::{Rejection, Verifier};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle::lagrange3;
use crate::relations::Relations;
use p3_field::PrimeCharacteristicRing;

/// Checks that two vectors of `2^rounds` numbers have the inner product `claim`.
pub fn verify(
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
    mut claim: Linear,
    rounds: usize,
) -> Result<Ends, Rejection> {
    let mut point = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let [h0, h2] = verifier.recv_array()?;
        let r = verifier.challenge();
        let [w0, w1, w2] = lagrange3(r);
        claim = Linear::sum(&[(&h0, w0 - w1), (&claim, w1), (&h2, w2)]);
        point.push(r);
    }
    let ends = verifier.recv_pair()?;
    claim.add(&ends.xy, -EF::ONE);
    relations.push_zero(claim);
    Ok(Ends { point, a: ends.x, b: ends.y })
}
