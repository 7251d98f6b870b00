//! Mean squared error and R², as people write them.

use crate::{
    failure::{Code, Failure, Result},
    figure::Metric,
    numbers,
    output::report,
    threshold::{Threshold, fraction},
};
use assay_model::regression::{Schema, Table};
use assay_statements::regression::spread;
use assay_types::statement::{ErrorMetric, ErrorScore};
use serde_json::{Map, Value};
use std::str::FromStr;

/// A fraction of any size, in its lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    numerator: i64,
    denominator: u64,
}

impl Bound {
    fn new(numerator: i64, denominator: u64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let common = gcd(numerator.unsigned_abs(), denominator);
        let numerator = i128::from(numerator).checked_div(common.into())?;
        // No greater than before.
        Some(Self { numerator: numerator as i64, denominator: denominator.checked_div(common)? })
    }
}

impl Bound {
    /// The bound as a share of rows.
    pub(crate) fn share(self) -> Result<Threshold> {
        let numerator = u64::try_from(self.numerator).ok();
        let share = numerator.ok_or("a threshold lies between 0 and 1");
        let share = share.and_then(|numerator| Threshold::new(numerator, self.denominator));
        share.map_err(|rule| Failure::new(Code::Usage, rule).hint("only R² may be less"))
    }
}

/// The greatest common divisor, which is 0 of two zeros only.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl FromStr for Bound {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str =
            "write a bound as 2900, 0.35, -1/2 or 7/3, with at most 18 digits behind the point";
        let (is_negative, size) = match text.strip_prefix('-') {
            Some(size) => (true, size),
            None => (false, text),
        };
        let (numerator, denominator) = fraction(size).map_err(|_| FORM)?;
        let numerator = i64::try_from(numerator).map_err(|_| FORM)?;
        Self::new(if is_negative { -numerator } else { numerator }, denominator).ok_or(FORM)
    }
}

/// Reads a share of rows, a figure of a class or an R²: only the last may be less than 0.
pub(crate) fn share(text: &str) -> Result<Bound, &'static str> {
    let bound: Bound = text.parse()?;
    let is_one = i128::from(bound.numerator) <= i128::from(bound.denominator);
    if is_one { Ok(bound) } else { Err("a threshold is at most 1") }
}

/// What is claimed, from `--at-most` of a mean squared error or `--at-least` of R².
pub(crate) fn claim(
    metric: ErrorMetric,
    at_most: Option<Bound>,
    at_least: Option<Bound>,
    is_missed: bool,
) -> Result<ErrorScore> {
    let usage = |message: &str| Failure::new(Code::Usage, message);
    let (numerator, denominator) = match (metric, at_most, at_least) {
        (ErrorMetric::MeanSquaredError, Some(bound), None)
        | (ErrorMetric::RSquared, None, Some(bound)) => (bound.numerator, bound.denominator),
        (ErrorMetric::MeanSquaredError, ..) => {
            return Err(usage("a mean squared error is to be small: claim it with --at-most"));
        }
        (ErrorMetric::RSquared, ..) => {
            return Err(usage("R² is to be great: claim it with --at-least"));
        }
    };
    Ok(ErrorScore { metric, numerator, denominator, is_missed })
}

/// Whether both are the same fraction of the same thing.
pub(crate) fn is_same(a: &ErrorScore, b: &ErrorScore) -> bool {
    let cross =
        |a: &ErrorScore, b: &ErrorScore| i128::from(a.numerator) * i128::from(b.denominator);
    (a.metric, a.is_missed) == (b.metric, b.is_missed) && cross(a, b) == cross(b, a)
}

/// A fraction with at most six digits behind the point, rounded down; `None` of what is beyond 128 bits.
fn decimal(numerator: u128, denominator: u128) -> Option<String> {
    let whole = numerator.checked_div(denominator)?;
    let millionths = (numerator % denominator).checked_mul(1_000_000)? / denominator;
    let digits = format!("{whole}.{millionths:06}");
    Some(digits.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// A fraction in its lowest terms.
fn written(numerator: i64, denominator: u64) -> String {
    match Bound::new(numerator, denominator) {
        Some(Bound { numerator, denominator: 1 }) => numerator.to_string(),
        Some(Bound { numerator, denominator }) => format!("{numerator}/{denominator}"),
        None => format!("{numerator}/{denominator}"),
    }
}

/// How a measure is called.
pub(crate) fn name(metric: ErrorMetric) -> &'static str {
    match metric {
        ErrorMetric::MeanSquaredError => "mse",
        ErrorMetric::RSquared => "r2",
    }
}

/// What a claim says, in words.
pub(crate) fn told(score: &ErrorScore) -> String {
    let ErrorScore { metric, numerator, denominator, is_missed } = score;
    let relation = match (metric, is_missed) {
        (ErrorMetric::MeanSquaredError, false) => "at most",
        (ErrorMetric::MeanSquaredError, true) => "more than",
        (ErrorMetric::RSquared, false) => "at least",
        (ErrorMetric::RSquared, true) => "less than",
    };
    format!("{} {relation} {}", name(*metric), written(*numerator, *denominator))
}

/// The measure itself, rounded towards zero, of rows whose squared errors add up to `sum`.
pub(crate) fn measured(metric: ErrorMetric, sum: u128, table: &Table) -> Option<String> {
    let rows = table.targets().len() as u128;
    match metric {
        ErrorMetric::MeanSquaredError => {
            let parts = u128::from(table.schema().scale().denominator());
            decimal(sum, rows.checked_mul(parts)?.checked_mul(parts)?)
        }
        ErrorMetric::RSquared => {
            let (spread, lost) = (spread(table.targets())?, rows.checked_mul(sum)?);
            let sign = if spread < lost { "-" } else { "" };
            Some(format!("{sign}{}", decimal(spread.abs_diff(lost), spread)?))
        }
    }
}

/// What is known about the errors.
pub(crate) fn report(score: &ErrorScore, schema: &Schema) -> Map<String, Value> {
    let ErrorScore { metric, numerator, denominator, is_missed } = *score;
    let fraction = written(numerator, denominator);
    let sign = if numerator < 0 { "-" } else { "" };
    let short = decimal(numerator.unsigned_abs().into(), denominator.into()).unwrap_or_default();
    let short = format!("{sign}{short}");
    let mut entries = report! { "metric": name(metric), "unit": schema.unit() };
    entries.extend(match (metric, is_missed) {
        (ErrorMetric::MeanSquaredError, false) => {
            report! { "at_most": fraction, "at_most_decimal": short }
        }
        (ErrorMetric::MeanSquaredError, true) => {
            report! { "more_than": fraction, "more_than_decimal": short }
        }
        (ErrorMetric::RSquared, false) => {
            report! { "at_least": fraction, "at_least_decimal": short }
        }
        (ErrorMetric::RSquared, true) => {
            report! { "less_than": fraction, "less_than_decimal": short }
        }
    });
    entries.extend(report! { "range": numbers::range(schema.scale()) });
    entries
}

impl Metric {
    /// The measure of errors, if it is one.
    pub(crate) fn error(self) -> Option<ErrorMetric> {
        match self {
            Self::Mse => Some(ErrorMetric::MeanSquaredError),
            Self::R2 => Some(ErrorMetric::RSquared),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;

    #[test]
    fn bounds_are_exact() {
        for (text, expected) in [
            ("2900", Some((2900, 1))),
            ("42000/10", Some((4200, 1))),
            ("0.35", Some((7, 20))),
            ("7/3", Some((7, 3))),
            ("-1/2", Some((-1, 2))),
            ("-0.50", Some((-1, 2))),
            ("-3", Some((-3, 1))),
            ("0", Some((0, 1))),
            ("-0", Some((0, 1))),
            ("1/0", None),
            ("--1", None),
            ("1/-2", None),
            ("1e3", None),
            ("", None),
            (".5", None),
            ("0.0000000000000000001", None),
            ("99999999999999999999", None),
        ] {
            let expected =
                expected.map(|(numerator, denominator)| Bound { numerator, denominator });
            assert_eq!(text.parse::<Bound>().ok(), expected, "{text}");
        }
    }
}
