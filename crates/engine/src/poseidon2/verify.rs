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

use super::native::{HALF, LANES, ROUNDS, Round, compress, external, internal, round, transpose};
use super::program::{Program, binding};
use crate::channel::{Rejection, Verifier};
use crate::field::{EF, F};
use crate::linear::Linear;
use crate::relations::{Relation, Relations};
use crate::sumcheck::verify_eq_cubic;
use p3_field::PrimeCharacteristicRing;

/// Records what makes every call of `program` right.
pub fn verify(
    program: &Program,
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
) -> Result<(), Rejection> {
    let point = verifier.challenges(program.log());
    let mut weights = [EF::ZERO; LANES];
    powers(verifier.challenge(), weights.iter_mut().take(HALF));
    let mut claim = verifier.recv()?;

    let mut output = Relation::new(claim.times(-EF::ONE));
    let (first, _) = weights.split_at(HALF);
    program.read(|run| &run.output, &point, first, relations, &mut output);
    let idle = compress([F::ZERO; HALF], [F::ZERO; HALF]);
    let idle: EF = weights.iter().zip(idle).map(|(&weight, lane)| weight * lane).sum();
    output.add_public(idle * program.idle(&point));
    relations.push(output);

    let mut point = binding(&point);
    for index in (0..ROUNDS).rev() {
        (point, claim) = walk(verifier, relations, round(index), &mut weights, &point, claim)?;
    }

    let point = binding(&point);
    let weights = transpose(external, &weights);
    let (state, block) = weights.split_at(HALF);
    let mut input = Relation::new(claim.times(-EF::ONE));
    program.read(|run| &run.state, &point, state, relations, &mut input);
    program.read(|run| &run.block, &point, block, relations, &mut input);
    relations.push(input);
    Ok(())
}

/// One round: from a claim on the state after it to one on the state before it.
fn walk(
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
    round: Round,
    weights: &mut [EF; LANES],
    point: &[EF],
    claim: Linear,
) -> Result<(Vec<EF>, Linear), Rejection> {
    let reduced = verify_eq_cubic(verifier, claim, point)?;
    let mut left = reduced.claim;
    let mut next = Linear::zero();
    match round {
        Round::Full(constants) => {
            *weights = transpose(external, weights);
            let mut lanes = Vec::with_capacity(LANES);
            for weight in weights.iter() {
                let (y, cube) = verifier.recv_cube()?;
                left.add(&cube, -*weight);
                lanes.push(y);
            }
            powers(verifier.challenge(), weights.iter_mut());
            for ((y, constant), weight) in lanes.iter().zip(constants).zip(weights.iter()) {
                next.add(y, *weight);
                next.add_public(-(*weight * constant));
            }
        }
        Round::Partial(constant) => {
            *weights = transpose(internal, weights);
            let (y, cube) = verifier.recv_cube()?;
            let rest = verifier.recv()?;
            let [first, ..] = weights;
            left.add(&cube, -*first);
            left.add(&rest, -EF::ONE);
            *first = verifier.challenge();
            next.add(&y, *first);
            next.add_public(-(*first * constant));
            next.add(&rest, EF::ONE);
        }
    }
    relations.push_zero(left);
    Ok((reduced.point, next))
}

/// Sets the slots to 1, base, base², ….
fn powers<'a>(base: EF, slots: impl Iterator<Item = &'a mut EF>) {
    let mut power = EF::ONE;
    for slot in slots {
        *slot = power;
        power *= base;
    }
}
