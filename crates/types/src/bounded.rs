//! Text, bytes and lists that carry their limit in their type, so that no decoder forgets it.

use assay_codec::{Decode, Encode, Error, Reader, put_bytes, put_seq, put_str};
use std::fmt;

/// Text of at most `MAX` bytes for people to read: UTF-8 without control characters, which could
/// repaint a terminal or hide a line of a wallet's question.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Checks and keeps `text`. A line feed is no control character here.
    pub fn new(text: impl Into<String>) -> Result<Self, &'static str> {
        let text = text.into();
        if MAX < text.len() {
            return Err("a text is longer than its limit");
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err("a text holds a control character");
        }
        Ok(Self(text))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> Encode for Text<MAX> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_str(out, &self.0);
    }
}

impl<const MAX: usize> Decode for Text<MAX> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(from.string(MAX)?).map_err(Error::Invalid)
    }
}

/// At most `MAX` bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> Bytes<MAX> {
    /// Keeps `bytes`, or returns `None` if there are too many.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() <= MAX).then_some(Self(bytes))
    }

    /// Returns the bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> Encode for Bytes<MAX> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.0);
    }
}

impl<const MAX: usize> Decode for Bytes<MAX> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.bytes(MAX).map(Self)
    }
}

/// At most `MAX` items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    /// Keeps `items`, or returns `None` if there are too many.
    pub fn new(items: Vec<T>) -> Option<Self> {
        (items.len() <= MAX).then_some(Self(items))
    }

    /// Returns the items.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Encode, const MAX: usize> Encode for List<T, MAX> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, &self.0);
    }
}

impl<T: Decode, const MAX: usize> Decode for List<T, MAX> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.seq(MAX).map(Self)
    }
}
