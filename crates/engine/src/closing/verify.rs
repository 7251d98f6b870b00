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

use super::{Openings, mask_point};
use crate::cells::Layout;
use crate::channel::{Rejection as ChannelRejection, Verifier};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle::{eq_table, lagrange3};
use crate::pads::LAST_SLOTS;
use crate::relations::Functional;
use p3_field::{Field, PrimeCharacteristicRing};

/// Checks the last sum-check and the relation between its pads. `Ok(None)` means that the relation
/// is false.
pub(crate) fn verify(
    verifier: &mut Verifier<'_>,
    layout: &Layout,
    functional: &Functional,
) -> Result<(Option<Openings>, EF), ChannelRejection> {
    let region = verifier.region();
    let mut claim = Linear::public(functional.total);
    let mut point = Vec::with_capacity(layout.variables());
    for round in 0..layout.variables() {
        let [at0, at2] = region.round(round);
        let h0 = verifier.recv_at(at0)?;
        let h2 = verifier.recv_at(at2)?;
        let r = verifier.challenge();
        let [w0, w1, w2] = lagrange3(r);
        claim = Linear::sum(&[(&h0, w0 - w1), (&claim, w1), (&h2, w2)]);
        point.push(r);
    }
    let f_at_r = verifier.clear()?;
    claim.add_public(-(functional.evaluate(layout, &point) * f_at_r));

    let g = verifier.clear()?;
    let e = verifier.challenge();
    let mut z = Vec::with_capacity(LAST_SLOTS);
    for _ in 0..LAST_SLOTS {
        z.push(verifier.clear()?);
    }
    // claim = constant + Σ a_j·p_j = 0 was to be shown; with p = z − e·q it is constant + Σ a_j·z_j
    // − e·g.
    let mut residual = claim.constant - e * g;
    for (address, k) in claim.terms {
        let slot = address.saturating_sub(region.last(0, 0)) / crate::pads::LIMBS;
        residual += k * z.get(slot).copied().unwrap_or_default();
    }

    let s = verifier.challenges(LAST_SLOTS.trailing_zeros().try_into().unwrap_or_default());
    let (mask, factor) = mask_point(layout, e, &s).ok_or(ChannelRejection::ZeroChallenge)?;
    let inverse = factor.try_inverse().ok_or(ChannelRejection::ZeroChallenge)?;
    let masked: EF = eq_table(&s).into_iter().zip(&z).map(|(weight, &z)| weight * z).sum();
    let openings = Openings { points: vec![point, mask], values: vec![f_at_r, masked * inverse] };
    Ok(((residual == EF::ZERO).then_some(openings), residual))
}
