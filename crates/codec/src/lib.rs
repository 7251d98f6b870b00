//! The canonical encoding: the only wire format of the project.
//!
//! One value has one encoding and one encoding has one value, so that the hash of an encoding names
//! the value. Integers are little-endian and of fixed width, lengths are `u32`, enums start with a
//! `u8` tag, and there is no padding, no default and no optional field order. A decoder takes the
//! limit of every length as an argument and allocates nothing that the input does not pay for.
//!
//! ```
//! use assay_codec::{Decode, Encode, Reader, Error, from_bytes, to_bytes};
//!
//! #[derive(Debug, PartialEq)]
//! struct Name(String);
//! impl Encode for Name {
//!     fn encode(&self, out: &mut Vec<u8>) {
//!         assay_codec::put_str(out, &self.0);
//!     }
//! }
//! impl Decode for Name {
//!     fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
//!         from.string(32).map(Name)
//!     }
//! }
//!
//! let bytes = to_bytes(&Name("wine".into()));
//! assert_eq!(from_bytes::<Name>(&bytes), Ok(Name("wine".into())));
//! assert_eq!(from_bytes::<Name>(&bytes[..5]), Err(Error::Truncated { wanted: 4, left: 1 }));
//! ```

mod digest;
mod hex;
mod read;
mod record;
mod write;

#[cfg(test)]
mod tests;

pub use digest::{Digest, Hasher};
pub use hex::{from_hex, to_hex};
pub use read::{Error, Reader};
pub use write::{put_bytes, put_len, put_seq, put_str};

/// A value with a canonical encoding.
pub trait Encode {
    /// Appends the encoding to `out`.
    fn encode(&self, out: &mut Vec<u8>);
}

/// A value that its canonical encoding gives back.
pub trait Decode: Sized {
    /// Reads one value; leaves `from` right behind it.
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error>;
}

/// Returns the encoding of `value`.
pub fn to_bytes(value: &impl Encode) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    out
}

/// Reads a value that fills `bytes` to the last one.
pub fn from_bytes<T: Decode>(bytes: &[u8]) -> Result<T, Error> {
    let mut from = Reader::new(bytes);
    let value = T::decode(&mut from)?;
    from.finish()?;
    Ok(value)
}
