//! What is asserted of labels among the best answers.

use assay_codec::{Decode, Encode, Error, Reader};

/// A number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// This many or more.
    AtLeast(u32),
    /// Fewer than this.
    Fewer(u32),
    /// Exactly this many.
    Exactly(u32),
}

impl Encode for Count {
    fn encode(&self, out: &mut Vec<u8>) {
        let (tag, count) = match *self {
            Self::AtLeast(count) => (0_u8, count),
            Self::Fewer(count) => (1, count),
            Self::Exactly(count) => (2, count),
        };
        tag.encode(out);
        count.encode(out);
    }
}

impl Decode for Count {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => u32::decode(from).map(Self::AtLeast),
            1 => u32::decode(from).map(Self::Fewer),
            2 => u32::decode(from).map(Self::Exactly),
            got => Err(Error::Tag { what: "count", got }),
        }
    }
}

/// So many rows have their label among so many best answers: classes by falling score, of equal scores
/// the lower class first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopScore {
    /// How many answers are the best, between 1 and the number of classes.
    pub best: u16,
    /// The rows.
    pub rows: Count,
}

assay_codec::record!(TopScore { best, rows });
