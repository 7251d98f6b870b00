//! How many features a node looks at.

use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// How many features a node looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaxFeatures {
    /// Every feature.
    #[default]
    All,
    /// `⌊√n⌋` of `n`, at least one.
    Sqrt,
    /// `⌊log2 n⌋` of `n`, at least one.
    Log2,
    /// As many, at least one; all if there are fewer.
    Count(u16),
}

impl MaxFeatures {
    /// Returns the number for a table of `features` columns; between 1 and `features`.
    pub fn of(self, features: usize) -> usize {
        let count = match self {
            Self::All => features,
            Self::Sqrt => features.isqrt(),
            Self::Log2 => features.checked_ilog2().unwrap_or(0) as usize,
            Self::Count(count) => usize::from(count),
        };
        count.clamp(1, features.max(1))
    }

    pub(super) fn validate(self) -> Result<(), &'static str> {
        if self == Self::Count(0) { Err("max_features is at least 1") } else { Ok(()) }
    }
}

impl fmt::Display for MaxFeatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Sqrt => f.write_str("sqrt"),
            Self::Log2 => f.write_str("log2"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

impl Encode for MaxFeatures {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::All => out.push(0),
            Self::Sqrt => out.push(1),
            Self::Log2 => out.push(2),
            Self::Count(count) => {
                out.push(3);
                count.encode(out);
            }
        }
    }
}

impl Decode for MaxFeatures {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::All),
            1 => Ok(Self::Sqrt),
            2 => Ok(Self::Log2),
            3 => u16::decode(from).map(Self::Count),
            got => Err(Error::Tag { what: "max_features", got }),
        }
    }
}
