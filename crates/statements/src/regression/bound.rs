//! From a fraction to the greatest sum of squared errors that meets it.
//!
//! With S the sum in squared parts, n rows and D parts of a unit:
//!
//! ```text
//! MSE = S/(n·D²) ≤ a/b         S ≤ a·n·D²/b
//! R² = 1 − n·S/V ≥ a/b         S ≤ (b − a)·V/(b·n),    V = n·Σt² − (Σt)² > 0
//! ```
//!
//! S is an integer, so that the right sides may be rounded down.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Unfit;
use assay_model::regression::Table;
use assay_types::statement::{ErrorMetric, ErrorScore};

/// Checks the fraction, as far as it can be without the targets.
pub(super) fn check(score: &ErrorScore) -> Result<(), Unfit> {
    let is_fit = match (score.metric, u64::try_from(score.numerator)) {
        (ErrorMetric::MeanSquaredError, numerator) => numerator.is_ok(),
        (ErrorMetric::RSquared, Ok(numerator)) => numerator <= score.denominator,
        (ErrorMetric::RSquared, Err(_)) => true,
    };
    if score.denominator != 0 && is_fit { Ok(()) } else { Err(Unfit::Fraction) }
}

/// The greatest sum of squares that meets the fraction.
pub(super) fn most(score: &ErrorScore, table: &Table) -> Result<u128, Unfit> {
    check(score)?;
    let rows = u128::try_from(table.targets().len()).map_err(|_| Unfit::Wraps)?;
    let (a, b) = (i128::from(score.numerator), u128::from(score.denominator));
    let most = match score.metric {
        ErrorMetric::MeanSquaredError => {
            let parts = u128::from(table.schema().scale().denominator());
            let squared = parts.checked_mul(parts).and_then(|parts| parts.checked_mul(rows));
            let sum = squared.and_then(|all| all.checked_mul(u128::try_from(a).ok()?));
            sum.and_then(|sum| sum.checked_div(b))
        }
        ErrorMetric::RSquared => {
            let spread = spread(table.targets()).ok_or(Unfit::Wraps)?;
            if spread == 0 {
                return Err(Unfit::Constant);
            }
            let rest = b.checked_add_signed(a.wrapping_neg());
            let rest = rest.and_then(|rest| rest.checked_mul(spread));
            rest.zip(b.checked_mul(rows)).and_then(|(rest, all)| rest.checked_div(all))
        }
    };
    most.ok_or(Unfit::Wraps)
}

/// n times the sum of the squared distances of `targets` to their mean: n·Σt² − (Σt)². `None` if there
/// are too many.
pub fn spread(targets: &[i32]) -> Option<u128> {
    let rows = u128::try_from(targets.len()).ok()?;
    let (mut sum, mut squares) = (0_i128, 0_u128);
    for &target in targets {
        let size = u128::from(target.unsigned_abs());
        sum = sum.checked_add(target.into())?;
        squares = squares.checked_add(size.checked_mul(size)?)?;
    }
    let all = sum.unsigned_abs();
    rows.checked_mul(squares)?.checked_sub(all.checked_mul(all)?)
}
