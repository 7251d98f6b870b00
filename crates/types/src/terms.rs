//! What a buyer asks of a model, and how a test set is fixed before it is shown.

use assay_codec::{Decode, Digest, Encode, Error, Reader};
use std::fmt;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Rows answered correctly.
    Accuracy,
}

impl Encode for Metric {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Accuracy => out.push(0),
        }
    }
}

impl Decode for Metric {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Accuracy),
            got => Err(Error::Tag { what: "metric", got }),
        }
    }
}

/// How much of a score its proof shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disclosure {
    /// Only on which side of the threshold it lies.
    Threshold,
    /// The exact count.
    Exact,
}

impl Encode for Disclosure {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Threshold => 0,
            Self::Exact => 1,
        });
    }
}

impl Decode for Disclosure {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Threshold),
            1 => Ok(Self::Exact),
            got => Err(Error::Tag { what: "disclosure", got }),
        }
    }
}

/// A fraction in 0..=1, kept as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    num: u32,
    den: u32,
}

impl Threshold {
    /// Keeps `num/den`, or returns `None` if it is no fraction in 0..=1.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        (num <= den && den != 0).then_some(Self { num, den })
    }

    /// The numerator.
    pub fn num(&self) -> u32 {
        self.num
    }

    /// The denominator, above zero.
    pub fn den(&self) -> u32 {
        self.den
    }

    /// Returns `⌈rows · num/den⌉`, the fewest rows that reach the threshold; at most `rows`.
    pub fn of(&self, rows: u32) -> u32 {
        let product = u64::from(rows) * u64::from(self.num);
        u32::try_from(product.div_ceil(u64::from(self.den)))
            .expect("a fraction of at most one leaves at most the rows")
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl Encode for Threshold {
    fn encode(&self, out: &mut Vec<u8>) {
        self.num.encode(out);
        self.den.encode(out);
    }
}

impl Decode for Threshold {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(u32::decode(from)?, u32::decode(from)?)
            .ok_or(Error::Invalid("a threshold is a fraction in 0..=1"))
    }
}

/// Fixes the rows of a test set without showing them: a hash of their digest and 32 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCommitment(pub Digest);

assay_codec::transparent!(TestCommitment);

impl TestCommitment {
    /// Commits to the rows behind `table` ([`assay_model::Table::digest`]).
    pub fn of(table: &Digest, salt: &[u8; 32]) -> Self {
        let mut bytes = assay_codec::to_bytes(table);
        salt.encode(&mut bytes);
        Self(Digest::of_bytes("assay/test/1", &bytes))
    }
}

impl fmt::Display for TestCommitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
