//! Decimal text to canonical numbers.

use super::Error;
use assay_model::Ordered;

/// Ways to write that there is no value, in lower case.
const MISSING: [&str; 6] = ["", "na", "n/a", "null", "none", "?"];

/// Reads one feature.
pub(super) fn feature(text: &str, row: u64, column: &str) -> Result<Ordered, Error> {
    let place = || column.to_owned();
    if MISSING.iter().any(|missing| text.eq_ignore_ascii_case(missing)) {
        return Err(Error::Missing { row, column: place() });
    }
    let Ok(value) = text.parse::<f32>() else {
        return Err(Error::NotANumber { row, column: place(), text: beginning(text) });
    };
    if value.is_nan() {
        return Err(Error::Nan { row, column: place() });
    }
    Ordered::from_f32_bits(value.to_bits()).ok_or_else(|| Error::Infinite {
        row,
        column: place(),
        text: beginning(text),
    })
}

/// Enough of a field to find it, and not enough to flood a terminal.
pub(super) fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}
