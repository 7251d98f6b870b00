//! The binary twin.

use crate::{Anchor, HISTORY, RECEIPT_BYTES_MAX, Receipt};
use assay_codec::{Decode, Encode, Error, Reader, put_seq};
use assay_types::statement::{Accuracy, Delivery};
use assay_types::validators::HANDOVERS_MAX;
use assay_types::{Listing, LogEntry};

/// The first bytes of every binary receipt; the last one is the version.
pub(crate) const MAGIC: [u8; 8] = *b"assayrc1";
/// The same of one after validators have changed.
const CHANGED: [u8; 8] = *b"assayrc2";

impl Receipt {
    /// Returns the binary twin.
    pub fn to_bytes(&self) -> Vec<u8> {
        assay_codec::to_bytes(self)
    }

    /// Reads a binary twin of at most [`RECEIPT_BYTES_MAX`] bytes. This checks its form only.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if RECEIPT_BYTES_MAX < bytes.len() {
            let (limit, got) = (RECEIPT_BYTES_MAX, bytes.len());
            return Err(Error::TooLong { what: "receipt", limit, got });
        }
        assay_codec::from_bytes(bytes)
    }
}

impl Encode for Receipt {
    fn encode(&self, out: &mut Vec<u8>) {
        if self.handovers.is_empty() { MAGIC } else { CHANGED }.encode(out);
        for entry in &self.history {
            entry.encode(out);
        }
        self.settled.encode(out);
        self.listing.encode(out);
        self.listed.encode(out);
        self.published.encode(out);
        self.accuracy.encode(out);
        self.delivery.encode(out);
        if !self.handovers.is_empty() {
            put_seq(out, &self.handovers);
        }
    }
}

impl Decode for Receipt {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let magic = from.array()?;
        if magic != MAGIC && magic != CHANGED {
            return Err(Error::Invalid("not a receipt of a known version"));
        }
        let mut history = Vec::with_capacity(HISTORY);
        for _ in 0..HISTORY {
            history.push(LogEntry::decode(from)?);
        }
        let mut receipt = Self {
            history: history.try_into().map_err(|_| Error::Invalid("a history of five entries"))?,
            settled: Anchor::decode(from)?,
            listing: Listing::decode(from)?,
            listed: LogEntry::decode(from)?,
            published: Anchor::decode(from)?,
            accuracy: Accuracy::decode(from)?,
            delivery: Delivery::decode(from)?,
            handovers: Vec::new(),
        };
        if magic == CHANGED {
            receipt.handovers = from.seq(HANDOVERS_MAX)?;
            if receipt.handovers.is_empty() {
                return Err(Error::Invalid("a receipt of the second form has no handover"));
            }
        }
        Ok(receipt)
    }
}
