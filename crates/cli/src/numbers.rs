//! Numbers in parts of a unit: as text, and how they are declared.

use crate::failure::{Code, Failure, Result};
use crate::output::report;
use assay_import::csv::exact_parts;
use assay_model::regression::{Reading, Scale, Schema};
use serde_json::{Map, Value};
use std::path::Path;

/// Parts of a unit, if nothing else is said.
const DENOMINATOR: u32 = 1000;
/// The unit of a target that has none.
const UNIT: &str = "1";

/// What is declared of a target that is a number.
#[derive(Debug, clap::Args)]
pub(crate) struct Scaled {
    /// The range of the target, in its unit, if the model answers with a number
    #[arg(long, value_name = "LOW..HIGH", allow_hyphen_values = true)]
    range: Option<String>,
    /// Parts of the unit that targets and answers are whole numbers of, if the model answers with a number
    /// [default: 1000]
    #[arg(long, value_name = "D", value_parser = clap::value_parser!(u32).range(1..), requires = "range")]
    denominator: Option<u32>,
    /// What the target is measured in, if the model answers with a number [default: "1"]
    #[arg(long, value_name = "NAME", requires = "range")]
    unit: Option<String>,
}

impl Scaled {
    /// The scale of the numbers that the model in `path` answers with.
    pub(crate) fn scale(&self, path: &Path) -> Result<Scale> {
        let Some(range) = &self.range else {
            let message =
                format!("{} answers with a number, whose range is public", path.display());
            return Err(Failure::new(Code::Usage, message)
                .hint("declare it in the target's unit: --range LOW..HIGH"));
        };
        scale(range, self.denominator.unwrap_or(DENOMINATOR))
    }

    /// The unit.
    pub(crate) fn unit(&self) -> &str {
        self.unit.as_deref().unwrap_or(UNIT)
    }

    /// Refuses a range of the model in `path`, which answers with a class.
    pub(crate) fn refuse(&self, path: &Path) -> Result<()> {
        if self.range.is_none() {
            return Ok(());
        }
        let message = format!("{} answers with a class, which has no range", path.display());
        Err(Failure::new(Code::Usage, message).hint("leave out --range"))
    }
}

/// What a model's numbers mean.
pub(crate) fn report_schema(schema: &Schema, reading: Reading) -> Map<String, Value> {
    let scale = schema.scale();
    let mut entries = report! {
        "target": schema.target(),
        "unit": schema.unit(),
        "denominator": scale.denominator(),
        "range": range(scale),
    };
    if reading != Reading::PLAIN {
        let [step, zero] = [reading.step().cast_signed(), reading.offset()];
        entries.extend(report! {
            "answer_step": units(step, scale.denominator()),
            "answer_zero": units(zero, scale.denominator()),
        });
    }
    entries
}

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
fn scale(range: &str, denominator: u32) -> Result<Scale> {
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
