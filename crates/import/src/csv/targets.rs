//! Rows whose target is a number, which is read exactly or refused.

use super::read::features;
use super::records::Records;
use super::{BYTES_MAX, Error, header, number};
use assay_model::regression::{Schema, Table};
use std::io::Read;

/// Most digits of a target, and most by which an exponent moves its point.
const DIGITS_MAX: i32 = 30;

/// Reads rows under the schema of a model that answers with a number.
///
/// A target is a decimal number, with an exponent or without, that is a whole number of the schema's
/// parts: nothing is rounded.
pub fn read_targets(reader: impl Read, schema: &Schema) -> Result<Table, Error> {
    let mut records = Records::new(reader, BYTES_MAX);
    let names = header::names(records.header()?, records.line())?;
    let places = header::matched(&names, schema.names())?;
    let target = schema.target();
    let Some(place) = places.target else {
        return Err(Error::NoTarget { target: target.to_owned(), columns: names });
    };
    let scale = schema.scale();
    let (mut values, mut targets) = (Vec::new(), Vec::new());
    while records.next()? {
        features(&records, &names, &places.features, &mut values)?;
        let text = records.field(place)?;
        // A float is read for its errors: what is missing, infinite or no number has names.
        number::feature(text, records.line(), target)?;
        let parts = exact_parts(text, scale.denominator());
        let (row, column) = (records.line(), target.to_owned());
        let Some(parts) = parts else {
            let (text, parts) = (number::beginning(text), scale.denominator());
            return Err(Error::Inexact { row, column, text, parts });
        };
        match i32::try_from(parts) {
            Ok(parts) if (scale.low()..=scale.high()).contains(&parts) => targets.push(parts),
            _ => {
                let text = number::beginning(text);
                return Err(Error::OutOfRange { row, column, text, scale });
            }
        }
    }
    Table::new(schema.clone(), values, targets).map_err(Error::Invalid)
}

/// Returns the decimal number that `text` writes times `denominator`, if that is whole.
pub fn exact_parts(text: &str, denominator: u32) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let part = part.trim_end_matches('0');
    let mut digits = 0_i128;
    for byte in whole.bytes().chain(part.bytes()) {
        let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
        digits = digits.checked_mul(10)?.checked_add(digit)?;
    }
    let places = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
    let power =
        10_i128.checked_pow(places.unsigned_abs()).filter(|_| places.abs() <= DIGITS_MAX)?;
    let all = digits.checked_mul(denominator.into())?;
    let parts = match places {
        ..0 => all.checked_mul(power)?,
        _ if all % power == 0 => all / power,
        _ => return None,
    };
    Some(if is_negative { -parts } else { parts })
}

#[cfg(test)]
mod tests {
    use super::{exact_parts, read_targets};
    use crate::csv::Error;
    use assay_model::regression::{Scale, Schema};

    #[test]
    fn decimals_are_parts_exactly_or_not_at_all() {
        for (text, denominator, expected) in [
            ("1.5", 1000, Some(1500)),
            ("-0.125", 8, Some(-1)),
            ("+2", 1, Some(2)),
            ("2.50", 2, Some(5)),
            ("1.5e2", 1, Some(150)),
            ("25E-1", 10, Some(25)),
            ("100e-2", 1, Some(1)),
            (".5", 2, Some(1)),
            ("5.", 1, Some(5)),
            ("0", 1, Some(0)),
            ("-0.0", 1, Some(0)),
            ("0.1", 1024, None),
            ("0.0001", 1000, None),
            ("1e-40", 1, None),
            ("1e40", 1, None),
            ("99999999999999999999999999999999999999999", 1, None),
            ("1_000", 1, None),
            ("0x10", 1, None),
        ] {
            assert_eq!(exact_parts(text, denominator), expected, "{text} in {denominator} parts");
        }
    }

    fn read(text: &str) -> Result<Vec<i32>, Error> {
        let scale = Scale::new(100, -1000, 1000).unwrap();
        let schema = Schema::new(vec!["x".into()], "y".into(), "m".into(), scale).unwrap();
        read_targets(text.as_bytes(), &schema).map(|table| table.targets().to_vec())
    }

    #[test]
    fn targets_are_read_by_name() {
        assert_eq!(read("y,x\n1.25,3\n-10,4\n").unwrap(), [125, -1000]);
    }

    #[test]
    fn what_is_no_such_number_is_named() {
        assert!(matches!(read("x,y\n1,0.001\n"), Err(Error::Inexact { row: 2, .. })));
        assert!(matches!(read("x,y\n1,1\n1,10.01\n"), Err(Error::OutOfRange { row: 3, .. })));
        assert!(matches!(read("x,y\n1,NaN\n"), Err(Error::Nan { row: 2, .. })));
        assert!(matches!(read("x,y\n1,\n"), Err(Error::Missing { row: 2, .. })));
        assert!(matches!(read("x,y\n1,tall\n"), Err(Error::NotANumber { row: 2, .. })));
        assert!(matches!(read("x\n1\n"), Err(Error::NoTarget { .. })));
        assert!(matches!(read("x,y\n"), Err(Error::Empty)));
    }
}
