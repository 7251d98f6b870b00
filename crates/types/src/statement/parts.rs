//! A score of more rows than one proof holds.

use super::{Accuracy, StatementDigest};
use crate::FieldDigest;
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq};
use std::ops::Range;

/// Most parts of a statement.
pub const PARTS_MAX: usize = 1 << 12;

/// A score whose rows are proven part by part. Each part has a proof of its own, and one more shows that
/// the parts add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// What is asserted of all rows.
    pub whole: Accuracy,
    /// Number of rows of every part but the last, which has the rest. At least 1.
    pub part_rows: u32,
    /// Commitments to what each part adds to the sum, in order.
    pub sums: Vec<FieldDigest>,
}

impl Encode for Parted {
    fn encode(&self, out: &mut Vec<u8>) {
        self.whole.encode(out);
        self.part_rows.encode(out);
        put_seq(out, &self.sums);
    }
}

impl Decode for Parted {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (whole, part_rows) = (Accuracy::decode(from)?, u32::decode(from)?);
        Ok(Self { whole, part_rows, sums: from.seq(PARTS_MAX)? })
    }
}

impl Parted {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/parts/1", self))
    }

    /// Number of parts that so many rows make.
    pub fn count(rows: u32, part_rows: u32) -> usize {
        let parts = rows.checked_div(part_rows).unwrap_or_default();
        let rest = u32::from(!rows.is_multiple_of(part_rows.max(1)));
        usize::try_from(parts.saturating_add(rest)).unwrap_or(usize::MAX)
    }

    /// The rows of part `index`.
    pub fn rows(&self, index: usize) -> Range<usize> {
        let at = |part: usize| {
            let part = u64::try_from(part).unwrap_or(u64::MAX);
            let row = part.saturating_mul(self.part_rows.into()).min(self.whole.rows.into());
            usize::try_from(row).unwrap_or(usize::MAX)
        };
        at(index)..at(index.saturating_add(1))
    }

    /// Names what the proof of part `index` shows. The last part's successor is the proof that the
    /// parts add up.
    pub fn part(&self, index: usize) -> StatementDigest {
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        StatementDigest(Digest::of("assay/statement/parts/part/1", &Named(self.digest(), index)))
    }
}

struct Named(StatementDigest, u64);

impl Encode for Named {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
    }
}
