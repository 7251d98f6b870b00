//! What is asserted of the answers of a single class.

use assay_codec::{Decode, Encode, Error, Reader};

/// A figure of merit of one class: with TP rows of the class answered with it, P rows answered with it
/// and n rows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// TP/P, and 0 if P is 0.
    Precision,
    /// TP/n.
    Recall,
    /// 2·TP/(P + n).
    F1,
}

impl Encode for Figure {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Precision => 0,
            Self::Recall => 1,
            Self::F1 => 2,
        });
    }
}

impl Decode for Figure {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Precision),
            1 => Ok(Self::Recall),
            2 => Ok(Self::F1),
            got => Err(Error::Tag { what: "figure", got }),
        }
    }
}

/// A figure of one class reaches a fraction, or misses it; its exact value stays hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassScore {
    /// Which figure.
    pub figure: Figure,
    /// Index of the class.
    pub class: u16,
    /// Number of rows whose label is the class, at least 1.
    pub positives: u32,
    /// The fraction, between 0 and 1, without 0.
    pub numerator: u32,
    /// Its denominator.
    pub denominator: u32,
    /// Whether the figure is less than the fraction.
    pub is_missed: bool,
}

assay_codec::record!(ClassScore { figure, class, positives, numerator, denominator, is_missed });
