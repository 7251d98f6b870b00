//! Exact ratios, where scikit-learn has floats.

use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;
use std::str::FromStr;

/// A ratio `num/den`, at least 0, in lowest terms: one number, one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: u32,
    den: u32,
}

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// Returns `num/den` in lowest terms, or `None` if `den` is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        Self::from_u64(u64::from(num), u64::from(den))
    }

    /// The numerator.
    pub fn num(self) -> u32 {
        self.num
    }

    /// The denominator, above zero.
    pub fn den(self) -> u32 {
        self.den
    }

    fn from_u64(num: u64, den: u64) -> Option<Self> {
        let (mut a, mut b) = (num, den);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let num = u32::try_from(num.checked_div(a)?).ok()?;
        let den = u32::try_from(den.checked_div(a)?).ok()?;
        (den != 0).then_some(Self { num, den })
    }

    /// Reads `digits[.digits][e[-]digits]` exactly.
    fn from_decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        // `parse` would take a sign.
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let places = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let scale = 10_u64.checked_pow(places.unsigned_abs())?;
        let number: u64 = digits.parse().ok()?;
        if places < 0 {
            Self::from_u64(number, scale)
        } else {
            Self::from_u64(number.checked_mul(scale)?, 1)
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl FromStr for Ratio {
    type Err = &'static str;

    /// Reads `3/200` or `0.015`, exactly; no float is involved.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fraction = text.split_once('/').map(|(num, den)| {
            let part = |text: &str| text.parse::<u32>().ok();
            Self::new(part(num)?, part(den)?)
        });
        fraction
            .unwrap_or_else(|| Self::from_decimal(text))
            .ok_or("not a ratio of two 32-bit integers, such as 3/200 or 0.015")
    }
}

impl Encode for Ratio {
    fn encode(&self, out: &mut Vec<u8>) {
        self.num.encode(out);
        self.den.encode(out);
    }
}

impl Decode for Ratio {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (num, den) = (u32::decode(from)?, u32::decode(from)?);
        Self::new(num, den)
            .filter(|lowest| *lowest == Self { num, den })
            .ok_or(Error::Invalid("a ratio is written in lowest terms"))
    }
}
