//! Decoders of the primitive shapes. Total: any input gives a value or an [`Error`].
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use crate::Decode;

/// Why bytes are not the canonical encoding of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input ends inside a value.
    #[error("input ends early: {wanted} bytes wanted, {left} left")]
    Truncated {
        /// Bytes that the value needs.
        wanted: usize,
        /// Bytes that remain.
        left: usize,
    },
    /// The input goes on behind the value.
    #[error("{0} bytes follow the value")]
    Trailing(usize),
    /// A length is above its limit.
    #[error("length {got} of {what} is above its limit {limit}")]
    TooLong {
        /// What is counted.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// The length read.
        got: usize,
    },
    /// A tag names no variant.
    #[error("tag {got} names no variant of {what}")]
    Tag {
        /// The enum.
        what: &'static str,
        /// The tag read.
        got: u8,
    },
    /// A value breaks a rule of its type, or is written in a way that is not canonical.
    #[error("{0}")]
    Invalid(&'static str),
}

/// Reads values from the front of a byte slice.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Returns how many bytes remain.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Fails unless every byte was read.
    pub fn finish(&self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::Trailing(self.rest.len())) }
    }

    /// Takes the next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else {
            return Err(Error::Truncated { wanted: len, left: self.rest.len() });
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Takes the next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(Error::Truncated { wanted: N, left: self.rest.len() });
        };
        self.rest = rest;
        Ok(*taken)
    }

    /// Reads a length of at most `limit`.
    pub fn len(&mut self, what: &'static str, limit: usize) -> Result<usize, Error> {
        let got = usize::try_from(u32::decode(self)?)
            .map_err(|_| Error::Invalid("a length exceeds this machine's addresses"))?;
        if limit < got { Err(Error::TooLong { what, limit, got }) } else { Ok(got) }
    }

    /// Reads a byte string of at most `limit` bytes.
    pub fn bytes(&mut self, limit: usize) -> Result<Vec<u8>, Error> {
        let len = self.len("bytes", limit)?;
        self.take(len).map(<[u8]>::to_vec)
    }

    /// Reads UTF-8 text of at most `limit` bytes.
    pub fn string(&mut self, limit: usize) -> Result<String, Error> {
        String::from_utf8(self.bytes(limit)?).map_err(|_| Error::Invalid("text is not UTF-8"))
    }

    /// Reads a sequence of at most `limit` items. Room is taken for no more items than bytes remain.
    pub fn seq<T: Decode>(&mut self, limit: usize) -> Result<Vec<T>, Error> {
        let len = self.len("a sequence", limit)?;
        let mut items = Vec::with_capacity(len.min(self.left()));
        for _ in 0..len {
            items.push(T::decode(self)?);
        }
        Ok(items)
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Decode for $int {
            fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
                from.array().map(<$int>::from_le_bytes)
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, u128);

impl Decode for bool {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(false),
            1 => Ok(true),
            got => Err(Error::Tag { what: "bool", got }),
        }
    }
}

impl Decode for () {
    fn decode(_: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(())
    }
}

impl<A: Decode, B: Decode> Decode for (A, B) {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok((A::decode(from)?, B::decode(from)?))
    }
}

impl<const N: usize> Decode for [u8; N] {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.array()
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        bool::decode(from)?.then(|| T::decode(from)).transpose()
    }
}
