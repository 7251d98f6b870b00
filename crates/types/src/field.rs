//! Values of the proof field that travel outside proofs.

use assay_codec::{Decode, Encode, Error, Reader, to_hex};
use std::fmt;

/// The order of KoalaBear, `2^31 - 2^24 + 1`.
pub const FIELD_ORDER: u32 = 0x7f00_0001;

/// Eight elements of KoalaBear, each canonical: a Poseidon2 digest, a key, a salt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldDigest([u32; 8]);

impl FieldDigest {
    /// Keeps the elements, or returns `None` if one is not below [`FIELD_ORDER`].
    pub fn new(elements: [u32; 8]) -> Option<Self> {
        elements.iter().all(|&element| element < FIELD_ORDER).then_some(Self(elements))
    }

    /// Returns the elements.
    pub fn get(&self) -> [u32; 8] {
        self.0
    }
}

impl fmt::Display for FieldDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&assay_codec::to_bytes(self)))
    }
}

impl fmt::Debug for FieldDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Encode for FieldDigest {
    fn encode(&self, out: &mut Vec<u8>) {
        for element in self.0 {
            element.encode(out);
        }
    }
}

impl Decode for FieldDigest {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let mut elements = [0; 8];
        for element in &mut elements {
            *element = u32::decode(from)?;
        }
        Self::new(elements).ok_or(Error::Invalid("not an element of the proof field"))
    }
}
