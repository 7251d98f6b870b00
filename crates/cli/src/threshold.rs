//! Thresholds, read and applied exactly: no float ever touches them.

use std::{fmt, str::FromStr};

/// A share between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Threshold {
    numerator: u64,
    denominator: u64,
}

/// Most digits behind the point; 10^18 fits into 64 bits.
const DIGITS_MAX: usize = 18;

impl Threshold {
    /// The smallest number of rows that is at least this share of `rows`.
    pub(crate) fn of(self, rows: u32) -> u32 {
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        let least = (u128::from(rows) * numerator).div_ceil(denominator);
        u32::try_from(least).expect("a share is at most 1")
    }
}

impl Threshold {
    /// The share of these terms, if it lies between 0 and 1.
    pub(crate) fn new(numerator: u64, denominator: u64) -> Result<Self, &'static str> {
        if denominator == 0 || denominator < numerator {
            return Err("a threshold lies between 0 and 1");
        }
        Ok(Self { numerator, denominator })
    }

    /// The same share in lowest terms, if they fit into 32 bits.
    pub(crate) fn reduced(self) -> Option<(u32, u32)> {
        let (mut a, mut b) = (self.numerator, self.denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let term = |term: u64| term.checked_div(a).and_then(|term| u32::try_from(term).ok());
        term(self.numerator).zip(term(self.denominator))
    }
}

impl Threshold {
    /// The same share as the ledger keeps it, in 32 bits.
    pub(crate) fn ledgers(self) -> Result<assay_types::Threshold, &'static str> {
        let (num, den) = (u32::try_from(self.numerator), u32::try_from(self.denominator));
        let kept =
            num.ok().zip(den.ok()).and_then(|(num, den)| assay_types::Threshold::new(num, den));
        kept.ok_or("a threshold of a job has at most 9 digits behind the point")
    }
}

impl FromStr for Threshold {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (numerator, denominator) = fraction(text)?;
        Self::new(numerator, denominator)
    }
}

/// Numerator and denominator, as they are written.
pub(crate) fn fraction(text: &str) -> Result<(u64, u64), &'static str> {
    match text.split_once('/') {
        Some((numerator, denominator)) => Ok((digits(numerator)?, digits(denominator)?)),
        None => decimal(text),
    }
}

fn decimal(text: &str) -> Result<(u64, u64), &'static str> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if DIGITS_MAX < part.len() {
        return Err("a threshold has at most 18 digits behind the point");
    }
    let denominator = 10_u64.pow(part.len() as u32);
    let whole =
        digits(whole)?.checked_mul(denominator).ok_or("a threshold lies between 0 and 1")?;
    let sum = whole.checked_add(digits(part)?).ok_or("a threshold lies between 0 and 1")?;
    Ok((sum, denominator))
}

fn digits(text: &str) -> Result<u64, &'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("write a threshold as 0.93 or 93/100");
    }
    text.parse().map_err(|_| "write a threshold as 0.93 or 93/100")
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::Threshold;

    #[test]
    fn counts_the_least_rows_exactly() {
        #[track_caller]
        fn check(text: &str, rows: u32, least: u32) {
            assert_eq!(text.parse::<Threshold>().map(|share| share.of(rows)), Ok(least), "{text}");
        }
        check("0.93", 100, 93);
        check("0.93", 101, 94);
        check("93/100", 101, 94);
        check("0", 10, 0);
        check("1", 10, 10);
        check("1.0", 10, 10);
        check("2/3", 3, 2);
        check("0.1", 10, 1);
        // The nearest float to 0.7 is below it, and 0.7 * 10 in floats is 7.000000000000001 in others.
        check("0.7", 10, 7);
        check("0.07", 100, 7);
        check("0.29", 100, 29);
        check("0.000000000000000001", u32::MAX, 1);
        check("1", u32::MAX, u32::MAX);
        check("18446744073709551615/18446744073709551615", u32::MAX, u32::MAX);
    }

    #[test]
    fn lowest_terms_are_exact() {
        let reduced = |text: &str| text.parse::<Threshold>().map(Threshold::reduced);
        assert_eq!(reduced("0.930"), Ok(Some((93, 100))));
        assert_eq!(reduced("4/6"), Ok(Some((2, 3))));
        assert_eq!(reduced("0"), Ok(Some((0, 1))));
        assert_eq!(reduced("0.9999999999"), Ok(None));
    }

    #[test]
    fn rejects_what_is_no_share() {
        #[track_caller]
        fn check(text: &str) {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
        let texts =
            ["", ".", "1.01", "2", "3/2", "1/0", "0/0", "-0.5", "+0.5", "1e-1", "0.5 ", "NaN"];
        texts.iter().for_each(|text| check(text));
        check("0.0000000000000000001");
        check("99999999999999999999");
        check("99999999999.5");
        check("1/2/3");
        check(".5");
        check("5.");
    }
}
