//! The end of every proof: one functional, one sum-check, two points to open.
//!
//! The claim is Σ_x W(x)·f(x) = T with W, T public and f committed. The sum-check is padded from p,
//! the first half of the region's [p; q], and ends at r* with f(r*) in the clear, which the
//! region's blind cells make uniform. What remains is
//!
//! ```text
//! Σ_j a_j·p_j = b,      a, b public.
//! ```
//!
//! The prover sends g = Σ a_j·q_j; the verifier draws e; the prover sends z = p + e·q, uniform
//! because q is; and Σ a_j·z_j = b + e·g is checked at once. If b is wrong, one e can save the
//! prover: error 1/|EF|. That z is p + e·q is checked at a random s: Σ_j eq(s, j)·(p_j + e·q_j) is
//! f at a point, up to a factor, because pads and the halving by e are tensors:
//!
//! ```text
//! (1, e) ∝ eq(e/(1+e), ·),      (1, β, …, β^7) ∝ eq(β^4/(1+β^4), ·) ⊗ eq(β²/(1+β²), ·) ⊗ eq(β/(1+β), ·).
//! ```
//!
//! # Transcript
//!
//! Per variable of f: two padded scalars, one challenge; f(r*) and g in the clear; e; z in the
//! clear; s.
//!
//! # Closing the protocol
//!
//! The caller MUST open the commitment at both points and compare with both values.
//!
//! Soundness error: (2·variables + 1 + 6)/|EF|.

#[cfg(feature = "prove")]
mod prove;
mod verify;

#[cfg(feature = "prove")]
pub(crate) use prove::prove;
pub(crate) use verify::verify;

use crate::cells::Layout;
use crate::field::EF;
use crate::mle::corner;
#[cfg(feature = "prove")]
use crate::mle::lagrange3;
use crate::pads::{LAST_SLOTS, LIMBS, limbs};
use p3_field::{Field, PrimeCharacteristicRing};

/// What the commitment must open to.
#[must_use = "nothing is proven until the commitment opens to these values"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Openings {
    /// Two points.
    pub points: Vec<Vec<EF>>,
    /// The values there.
    pub values: Vec<EF>,
}

/// The point at which f is Σ_j eq(s, j)·(p_j + e·q_j) divided by the returned factor; `None` if 1 +
/// e vanishes.
fn mask_point(layout: &Layout, e: EF, s: &[EF]) -> Option<(Vec<EF>, EF)> {
    let log = (2 * LAST_SLOTS * LIMBS).ilog2() as usize;
    let mut point = corner(layout.region().last(0, 0) >> log, layout.variables() - log);
    let mut factor = EF::ONE;
    let mut coordinate = |y: EF| {
        factor *= EF::ONE + y;
        (EF::ONE + y).try_inverse().map(|inverse| y * inverse)
    };
    let [_, beta, beta2, _, beta4, ..] = limbs();
    let top = coordinate(e)?;
    let low = [coordinate(beta4)?, coordinate(beta2)?, coordinate(beta)?];
    point.push(top);
    point.extend_from_slice(s);
    point.extend(low);
    Some((point, factor))
}

/// The factor of each pad of the last sum-check in the claim that remains, two per round.
#[cfg(feature = "prove")]
pub(crate) fn pad_factors(point: &[EF]) -> Vec<EF> {
    let mut factors = vec![EF::ZERO; 2 * point.len()];
    let mut tail = EF::ONE;
    for (round, &r) in point.iter().enumerate().rev() {
        let [w0, w1, w2] = lagrange3(r);
        factors[2 * round] = -tail * (w0 - w1);
        factors[2 * round + 1] = -tail * w2;
        tail *= w1;
    }
    factors
}
