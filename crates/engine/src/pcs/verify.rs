//! The verifier's half. Total: any input gives `Ok` or a [`Rejection`].
//!
//! Shapes are right by construction (see [`Opening`]), so that the library never indexes by what a
//! prover chose. Should it panic all the same, the panic is caught and becomes a rejection; in a
//! build with `panic = "abort"` this last line of defence does not exist.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use p3_commit::MultilinearPcs;
use p3_multilinear_util::point::Point;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Commitment, Opening, Params, Rejection};
use crate::challenger::Challenger;
use crate::field::EF;

/// Checks that the cells behind `commitment` take `values` at `points`.
///
/// # Transcript
///
/// Absorbs the commitment again, then the points and the values, then replays the opening. After a
/// rejection the challenger is of no further use.
///
/// # Closing the protocol
///
/// The caller MUST have absorbed the commitment ([`Commitment::observe`]) before it drew the
/// points.
pub fn verify(
    params: &Params,
    commitment: &Commitment,
    points: &[Vec<EF>],
    values: &[EF],
    opening: &Opening,
    challenger: &mut Challenger,
) -> Result<(), Rejection> {
    let (size, num_vars) = (params.size(), params.num_vars());
    if opening.size != size {
        return Err(Rejection::OtherSize { expected: size, got: opening.size });
    }
    let opened = opening.proof.evals.len();
    if points.len() != values.len() || points.len() != opening.points || opened != opening.points {
        return Err(Rejection::Count { points: points.len(), values: values.len(), opened });
    }
    for (index, point) in points.iter().enumerate() {
        if point.len() != num_vars {
            return Err(Rejection::Arity { index, expected: num_vars, got: point.len() });
        }
    }
    for (index, (value, opened)) in values.iter().zip(&opening.proof.evals).enumerate() {
        if value != opened {
            return Err(Rejection::Value { index });
        }
    }

    challenger.grind_more(params.grinding());
    // A verifier draws nothing; the library's types want generators all the same.
    let [masks, salts] = [[0; 32]; 2].map(StdRng::from_seed);
    let scheme = params.scheme(masks, salts);
    let protocol: Vec<_> = points.iter().cloned().map(Point::new).collect();
    let call = || scheme.verify(&commitment.root(), &opening.proof, challenger, protocol);
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(verdict) => verdict.map_err(Rejection::Proof),
        Err(_) => Err(Rejection::Panicked),
    }
}
