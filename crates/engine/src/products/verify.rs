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

use crate::channel::{Rejection, Verifier};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle::eq_table;
use crate::pads::{Column, Region};
use crate::relations::Relations;
use crate::sumcheck::{Reduced, verify_cubic};
use p3_field::PrimeCharacteristicRing;

/// Records what makes the products of pads right.
pub(crate) fn verify(
    verifier: &mut Verifier<'_>,
    relations: &mut Relations,
) -> Result<(), Rejection> {
    let region = verifier.region();
    let log = region.rows().checked_ilog2().and_then(|log| usize::try_from(log).ok());
    let log = log.unwrap_or_default();
    let tau = verifier.challenges(log);
    let nu = verifier.challenge();
    let Reduced { point, mut claim } = verify_cubic(verifier, Linear::zero(), log)?;
    let values @ [a, b, e] = verifier.clear_array()?;

    let at_r = eq_table(&point);
    let (mut used, mut cubes) = (EF::ZERO, EF::ZERO);
    let budget = region.budget();
    let count = budget.pairs.saturating_add(budget.cubes);
    for (row, (&x, &y)) in eq_table(&tau).iter().zip(&at_r).enumerate().take(count) {
        used += x * y;
        if budget.pairs <= row {
            cubes += x * y;
        }
    }
    claim.add_public(-(used * (a * b - e) + nu * cubes * (a * a - b)));
    relations.push_zero(claim);

    for (column, value) in [Column::A, Column::B, Column::E].into_iter().zip(values) {
        relations.push_zero(reading(region, column, &at_r, value));
    }
    Ok(())
}

/// Σ_k eq(r, k)·pad_k − value.
fn reading(region: &Region, column: Column, at_r: &[EF], value: EF) -> Linear {
    let address = |row| region.product(column, row);
    let terms = at_r.iter().enumerate().map(|(row, &weight)| (address(row), weight)).collect();
    Linear { constant: -value, terms }
}
