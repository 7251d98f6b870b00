//! The append-only log: every change of the state, in order, per topic.
//!
//! An entry holds the running hash of its topic before it, and its digest is the running hash after it.
//! So the last entry of a job fixes all the earlier ones, and the log root of one header, which covers
//! the entries of its block, is enough to prove a job's whole history.

use crate::{Address, DatasetId, Event, Height, JobId};
use assay_codec::{Decode, Digest, Encode, Error, Reader};

/// What a sequence of entries is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// An account: its transactions and payments.
    Account(Address),
    /// A listing.
    Dataset(DatasetId),
    /// A job.
    Job(JobId),
    /// Who orders the blocks.
    Validators,
}

impl Encode for Topic {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Account(address) => {
                0_u8.encode(out);
                address.encode(out);
            }
            Self::Dataset(dataset) => {
                1_u8.encode(out);
                dataset.encode(out);
            }
            Self::Job(job) => {
                2_u8.encode(out);
                job.encode(out);
            }
            Self::Validators => 3_u8.encode(out),
        }
    }
}

impl Decode for Topic {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Address::decode(from).map(Self::Account),
            1 => DatasetId::decode(from).map(Self::Dataset),
            2 => JobId::decode(from).map(Self::Job),
            3 => Ok(Self::Validators),
            got => Err(Error::Tag { what: "topic", got }),
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// What it is about.
    pub topic: Topic,
    /// Number of entries of the topic before it.
    pub sequence: u64,
    /// Digest of the topic's entry before; zero for the first.
    pub previous: Digest,
    /// The block.
    pub height: Height,
    /// The block's time, in milliseconds since 1970.
    pub time_ms: u64,
    /// What happened.
    pub event: Event,
}

assay_codec::record!(LogEntry { topic, sequence, previous, height, time_ms, event });

impl LogEntry {
    /// Returns the running hash of the topic after this entry.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/log/1", self)
    }
}

/// Returns whether `entries` are a topic's history from its first entry on, without a gap.
pub fn is_history(entries: &[LogEntry]) -> bool {
    let mut previous = Digest::default();
    for (sequence, entry) in (0_u64..).zip(entries) {
        let topic = entries.first().map(|first| first.topic);
        if entry.sequence != sequence || entry.previous != previous || Some(entry.topic) != topic {
            return false;
        }
        previous = entry.digest();
    }
    true
}
