//! What the columns of a table mean whose target is a number.

use assay_codec::{Decode, Digest, Encode, Error, Reader};

/// Most parts of a unit.
pub const DENOMINATOR_MAX: u32 = 1 << 24;
/// Greatest absolute value of a target, in parts. Execution answers with numbers below 2^30: their
/// distance to a target is far from the order of the field in which it is proven.
pub const NUMBER_MAX: i32 = 1 << 27;
/// Greatest distance of two targets, in parts.
pub const SPAN_MAX: u32 = (1 << 24) - 1;

/// How targets are written as integers. Public: it is part of what is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    denominator: u32,
    low: i32,
    high: i32,
}

impl Scale {
    /// Numbers in parts of which `denominator` make a unit, the targets from `low` to `high`, both
    /// among them.
    pub fn new(denominator: u32, low: i32, high: i32) -> Result<Self, &'static str> {
        if !(1..=DENOMINATOR_MAX).contains(&denominator) {
            return Err("a unit has between 1 and 2^24 parts");
        }
        if [low, high].iter().any(|end| NUMBER_MAX < end.saturating_abs()) {
            return Err("a target lies between -2^27 and 2^27 parts");
        }
        if high <= low || SPAN_MAX < low.abs_diff(high) {
            return Err("targets range over 1 to 2^24 - 1 parts");
        }
        Ok(Self { denominator, low, high })
    }

    /// Parts of a unit.
    pub fn denominator(&self) -> u32 {
        self.denominator
    }

    /// The least target.
    pub fn low(&self) -> i32 {
        self.low
    }

    /// The greatest target.
    pub fn high(&self) -> i32 {
        self.high
    }

    /// Bits of a difference between an answer and a target, its sign among them: 4 to 26. The answers
    /// that have a proof are at least those that lie outside the range by no more than its length.
    pub fn error_bits(&self) -> usize {
        // At most 2^24.
        let span = self.low.abs_diff(self.high) + 1;
        2 + span.next_power_of_two().trailing_zeros() as usize
    }
}

impl Encode for Scale {
    fn encode(&self, out: &mut Vec<u8>) {
        self.denominator.encode(out);
        self.low.cast_unsigned().encode(out);
        self.high.cast_unsigned().encode(out);
    }
}

impl Decode for Scale {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (denominator, low, high) = (u32::decode(from)?, u32::decode(from)?, u32::decode(from)?);
        Self::new(denominator, low.cast_signed(), high.cast_signed()).map_err(Error::Invalid)
    }
}

/// Names of columns, the unit of the target, and its scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The unit is its only class.
    names: crate::Schema,
    scale: Scale,
}

impl Schema {
    /// Checks and keeps the names, under the rules of [`crate::Schema`].
    pub fn new(
        features: Vec<String>,
        target: String,
        unit: String,
        scale: Scale,
    ) -> Result<Self, &'static str> {
        let names = crate::Schema::new(features, target, vec![unit])?;
        Ok(Self { names, scale })
    }

    /// The feature columns, in the order in which a model reads them.
    pub fn features(&self) -> &[String] {
        self.names.features()
    }

    /// The column to be predicted.
    pub fn target(&self) -> &str {
        self.names.target()
    }

    /// What the target is measured in.
    pub fn unit(&self) -> &str {
        self.names.classes().first().map(String::as_str).unwrap_or_default()
    }

    /// How targets are written as integers.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The names as those of a table with one class, which is the unit.
    pub fn names(&self) -> &crate::Schema {
        &self.names
    }

    /// Names this schema.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/regression/schema/1", self)
    }
}

impl Encode for Schema {
    fn encode(&self, out: &mut Vec<u8>) {
        self.names.encode(out);
        self.scale.encode(out);
    }
}

impl Decode for Schema {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let names = crate::Schema::decode(from)?;
        if names.classes().len() != 1 {
            return Err(Error::Invalid("a number has one unit"));
        }
        Ok(Self { names, scale: Scale::decode(from)? })
    }
}

impl std::fmt::Display for Scale {
    /// The range in units, as fractions.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { denominator, low, high } = self;
        write!(f, "{low}/{denominator}..{high}/{denominator}")
    }
}
