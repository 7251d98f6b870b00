//! Blake3 digests, domain-separated by a label that says what was hashed.

use crate::{Decode, Encode, Error, Reader, to_bytes, to_hex};
use std::fmt;

/// 32 bytes of Blake3.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Hashes `value` under `label`; two labels never share a digest.
    pub fn of(label: &str, value: &impl Encode) -> Self {
        Self::of_bytes(label, &to_bytes(value))
    }

    /// Hashes raw bytes under `label`.
    pub fn of_bytes(label: &str, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(label);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Hashes a stream under a label.
#[derive(Clone, Debug)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// Starts a digest under `label`.
    pub fn new(label: &str) -> Self {
        Self(blake3::Hasher::new_derive_key(label))
    }

    /// Absorbs `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest.
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Encode for Digest {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl Decode for Digest {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.array().map(Self)
    }
}
