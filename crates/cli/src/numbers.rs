//! Numbers in parts of a unit, as text.

use crate::failure::{Code, Failure, Result};
use assay_import::csv::exact_parts;
use assay_model::regression::Scale;

/// Writes so many parts as a decimal number if it ends, else as a fraction.
pub(crate) fn units(parts: i32, denominator: u32) -> String {
    let (sign, size) = (if parts < 0 { "-" } else { "" }, parts.unsigned_abs());
    let (whole, mut rest) = (size / denominator, u64::from(size % denominator));
    let mut digits = String::new();
    // As many digits as the denominator has factors of 2 and 5, at most 24.
    for _ in 0..24 {
        if rest == 0 {
            break;
        }
        rest *= 10;
        digits.push_str(&(rest / u64::from(denominator)).to_string());
        rest %= u64::from(denominator);
    }
    match (rest, digits.is_empty()) {
        (0, true) => format!("{sign}{whole}"),
        (0, false) => format!("{sign}{whole}.{digits}"),
        _ => format!("{sign}{size}/{denominator}"),
    }
}

/// Writes the range of targets, in units.
pub(crate) fn range(scale: Scale) -> String {
    let [low, high] = [scale.low(), scale.high()].map(|end| units(end, scale.denominator()));
    format!("{low}..{high}")
}

/// Reads a range as LOW..HIGH, in units.
pub(crate) fn scale(range: &str, denominator: u32) -> Result<Scale> {
    let failed = |message: String| {
        Failure::new(Code::Usage, message).hint("write it as --range LOW..HIGH, both in units")
    };
    let Some((low, high)) = range.split_once("..") else {
        return Err(failed(format!("{range} is no range")));
    };
    let end = |text: &str| {
        let parts = exact_parts(text, denominator).and_then(|parts| i32::try_from(parts).ok());
        parts.ok_or_else(|| failed(format!("{text} is no whole number of 1/{denominator}")))
    };
    let (low, high) = (end(low)?, end(high)?);
    Scale::new(denominator, low, high).map_err(|rule| {
        Failure::new(Code::Usage, rule)
            .hint("a narrower --range or a smaller --denominator holds fewer parts")
    })
}

#[cfg(test)]
mod tests {
    use super::{scale, units};

    #[test]
    fn parts_are_written_exactly() {
        for (parts, denominator, text) in [
            (1500, 1000, "1.5"),
            (-25, 100, "-0.25"),
            (7, 1, "7"),
            (0, 1000, "0"),
            (1, 3, "1/3"),
            (-10, 3, "-10/3"),
            (6, 3, "2"),
            (1, 1 << 24, "0.000000059604644775390625"),
        ] {
            assert_eq!(units(parts, denominator), text);
        }
    }

    #[test]
    fn ranges_are_read_exactly() {
        let scale = |text: &str| scale(text, 10).ok().map(|scale| (scale.low(), scale.high()));
        assert_eq!(scale("0..34.6"), Some((0, 346)));
        assert_eq!(scale("-1.5..2"), Some((-15, 20)));
        for text in ["1", "0..", "0..0.05", "2..1", "a..b", "0..1e9"] {
            assert_eq!(scale(text), None, "{text}");
        }
    }
}
