//! A Merkle map: keys and their values behind one root, that shows of any key what stands there, or that
//! nothing does.
//!
//! ```text
//! value(v)        = H("assay/map/value/1", v)
//! leaf(k, v)      = H("assay/map/leaf/1", k ‖ value(v))
//! branch(b, l, r) = H("assay/map/branch/1", b ‖ l ‖ r)          b: u16, little-endian
//! root(n, top)    = H("assay/map/root/1", n ‖ top)              n: u64; top of no entry: 32 zeros
//! ```
//!
//! A branch stands where its keys part: `b` is the first bit in which they differ (bit 0 is the highest of the
//! first byte), those with a zero there are on the left. Bits rise on the way down, no branch has one child, and
//! so there is exactly one tree to a set of entries, however it came about: the root depends on the content
//! alone. No key is the beginning of another one.
//!
//! A key is not hashed before it is placed, so that the leaves stand in the order of their keys. Who may choose keys
//! can make a path as long as the key has bits, 160 for an address, and not longer.
//!
//! What is here is the format of a proof and its verification. The map itself is `assay_ledger::map`. Golden roots
//! are in `vectors/map-1.json`.

mod verify;

pub use verify::{Rejection, verify};

use assay_codec::{Decode, Digest, Encode, Error, Hasher, Reader, put_bytes, put_seq};

/// Most bytes of a key.
pub const KEY_BYTES_MAX: usize = 64;
/// Most steps of a path: one for each bit of a key.
pub const STEPS_MAX: usize = KEY_BYTES_MAX * 8;

/// A branch on the way from the top to a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The bit by which its keys part.
    pub bit: u16,
    /// The child that is not on the way.
    pub sibling: Digest,
}

assay_codec::record!(Step { bit, sibling });

/// Where the way ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At the key that was asked for.
    Here,
    /// At another key, so that the one that was asked for is not there.
    Other {
        /// The other key.
        key: Vec<u8>,
        /// Digest of what stands there.
        value: Digest,
    },
    /// Nowhere: the map is empty.
    Nowhere,
}

/// What leads from a root to the place of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Number of entries of the map.
    pub count: u64,
    /// The branches, from the top on.
    pub steps: Vec<Step>,
    /// What is at their end.
    pub end: End,
}

impl Encode for End {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Here => 0_u8.encode(out),
            Self::Other { key, value } => {
                1_u8.encode(out);
                put_bytes(out, key);
                value.encode(out);
            }
            Self::Nowhere => 2_u8.encode(out),
        }
    }
}

impl Decode for End {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::decode(from)? {
            0 => Self::Here,
            1 => Self::Other { key: from.bytes(KEY_BYTES_MAX)?, value: Digest::decode(from)? },
            2 => Self::Nowhere,
            got => return Err(Error::Tag { what: "end of a path", got }),
        })
    }
}

impl Encode for Proof {
    fn encode(&self, out: &mut Vec<u8>) {
        self.count.encode(out);
        put_seq(out, &self.steps);
        self.end.encode(out);
    }
}

impl Decode for Proof {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { count: u64::decode(from)?, steps: from.seq(STEPS_MAX)?, end: End::decode(from)? })
    }
}

/// Returns the digest of what stands at a key.
pub fn value(bytes: &[u8]) -> Digest {
    Digest::of_bytes("assay/map/value/1", bytes)
}

/// Returns the digest of an entry.
pub fn leaf(key: &[u8], value: &Digest) -> Digest {
    hash("assay/map/leaf/1", &[key, &value.0])
}

/// Returns the digest of a branch.
pub fn branch(bit: u16, left: &Digest, right: &Digest) -> Digest {
    hash("assay/map/branch/1", &[&bit.to_le_bytes(), &left.0, &right.0])
}

/// Returns the root of a map of `count` entries; its top is `None` when there is none.
pub fn root(count: u64, top: Option<&Digest>) -> Digest {
    hash("assay/map/root/1", &[&count.to_le_bytes(), &top.copied().unwrap_or_default().0])
}

/// Returns one bit of a key; `None` behind its end.
pub fn bit(key: &[u8], index: u16) -> Option<bool> {
    let byte = key.get(usize::from(index / 8))?;
    Some(byte & (0x80 >> (index % 8)) != 0)
}

/// Returns the first bit in which two keys differ; `None` if they are the same, as far as the shorter one goes.
pub fn parting(one: &[u8], other: &[u8]) -> Option<u16> {
    let both = (0_u16..).step_by(8).zip(one.iter().zip(other));
    both.map(|(start, (a, b))| (start, a ^ b)).find(|(_, difference)| *difference != 0).and_then(
        |(start, difference)| start.checked_add(u16::try_from(difference.leading_zeros()).ok()?),
    )
}

fn hash(label: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = Hasher::new(label);
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finish()
}
