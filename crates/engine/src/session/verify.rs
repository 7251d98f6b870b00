//! The verifier's half. Total: any bytes give `Ok` or a [`Rejection`].
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Circuit, EF, Openings, Proof, Rejection, challenger};
use crate::channel::{self, Verifier};
use crate::relations::{RELATIONS_MAX, Relations};
use crate::{closing, pcs, products};

/// Checks that `proof` proves what `circuit` describes, for the statement with this digest.
///
/// # Closing the protocol
///
/// The circuit MUST have been derived from the statement alone, and the statement's digest from all
/// of it.
pub fn verify(circuit: &impl Circuit, statement: &[u8; 32], proof: &[u8]) -> Result<(), Rejection> {
    let layout = circuit.layout();
    let proof = Proof::decode(layout, proof)?;
    let mut challenger = challenger(circuit, statement);
    proof.commitment.observe(&mut challenger);
    let mut verifier = Verifier::new(challenger, layout, &proof.messages);
    let (openings, _) = converse(circuit, &mut verifier)?;
    let Some(Openings { points, values }) = openings else {
        return Err(Rejection::Relation);
    };
    let Some(mut challenger) = verifier.finish()? else {
        return Err(Rejection::Relation);
    };
    let params = layout.params().map_err(pcs::Rejection::from)?;
    pcs::verify(&params, &proof.commitment, &points, &values, &proof.opening, &mut challenger)?;
    Ok(())
}

/// Everything but the opening: what the commitment must open to, or `None` if the messages
/// contradict each other; and by how much the last relation is off.
///
/// Public for simulators and frozen-challenge tests; [`verify`] is the verifier.
pub fn converse(
    circuit: &(impl Circuit + ?Sized),
    verifier: &mut Verifier<'_>,
) -> Result<(Option<Openings>, EF), channel::Rejection> {
    let mut relations = Relations::default();
    record(circuit, verifier, &mut relations)?;
    let functional = relations.batch(verifier.challenge());
    closing::verify(verifier, circuit.layout(), &functional)
}

/// Records all relations, of the circuit and of the pads' products: no more than statements count
/// the error of.
pub(super) fn record(
    circuit: &(impl Circuit + ?Sized),
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
) -> Result<(), channel::Rejection> {
    circuit.verify(verifier, relations)?;
    verifier.check_budget()?;
    products::verify(verifier, relations)?;
    if RELATIONS_MAX < relations.count() {
        return Err(channel::Rejection::Budget("relations"));
    }
    Ok(())
}
