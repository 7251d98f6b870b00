//! What the rows of a class weigh.

use crate::CLASSES_MAX;
use assay_codec::{Decode, Encode, Error, Reader, put_seq};
use std::fmt;

/// What the rows of a class weigh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClassWeight {
    /// All the same.
    #[default]
    Equal,
    /// Inversely to how many they are, so that every class present weighs the same.
    Balanced,
    /// As listed, in the order of the schema's classes; between 1 and 1024 numbers above 0.
    Given(Vec<u32>),
}

impl ClassWeight {
    pub(super) fn validate(&self) -> Result<(), &'static str> {
        match self {
            Self::Given(weights)
                if !(1..=CLASSES_MAX).contains(&weights.len()) || weights.contains(&0) =>
            {
                Err("class weights are between 1 and 1024 numbers above 0")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for ClassWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal => f.write_str("none"),
            Self::Balanced => f.write_str("balanced"),
            Self::Given(weights) => {
                let weights: Vec<String> = weights.iter().map(u32::to_string).collect();
                f.write_str(&weights.join(":"))
            }
        }
    }
}

impl Encode for ClassWeight {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Equal => out.push(0),
            Self::Balanced => out.push(1),
            Self::Given(weights) => {
                out.push(2);
                put_seq(out, weights);
            }
        }
    }
}

impl Decode for ClassWeight {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Equal),
            1 => Ok(Self::Balanced),
            2 => from.seq(CLASSES_MAX).map(Self::Given),
            got => Err(Error::Tag { what: "class_weight", got }),
        }
    }
}
