//! Floats as integers that keep their order.

use assay_codec::{Decode, Encode, Error, Reader};

/// A finite 32-bit float in the order-preserving encoding: `a < b` as floats iff `a < b` here.
///
/// Positive bit patterns get their top bit set, negative ones are inverted. `-0.0` becomes `+0.0`;
/// NaN and the infinities have no encoding, so every value lies in [`Ordered::MIN`]`..=`
/// [`Ordered::MAX`] and its upper 16 bits are below `0xff80`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ordered(u32);

impl Ordered {
    /// The most negative finite float.
    pub const MIN: Self = Self(0x0080_0000);
    /// Zero.
    pub const ZERO: Self = Self(0x8000_0000);
    /// The largest finite float.
    pub const MAX: Self = Self(0xff7f_ffff);

    /// Encodes the float whose IEEE 754 bits these are, or returns `None` if it is not finite.
    pub const fn from_f32_bits(bits: u32) -> Option<Self> {
        let ordered = match bits {
            0x8000_0000 => 0x8000_0000,
            _ if bits >> 31 == 0 => bits | 0x8000_0000,
            _ => !bits,
        };
        Self::new(ordered)
    }

    /// Accepts the code of a finite float; the code that `-0.0` would have is not one.
    pub const fn new(code: u32) -> Option<Self> {
        let is_finite = Self::MIN.0 <= code && code <= Self::MAX.0;
        if is_finite && code != 0x7fff_ffff { Some(Self(code)) } else { None }
    }

    /// Returns the code.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Returns the IEEE 754 bits of the float.
    pub const fn to_f32_bits(self) -> u32 {
        if self.0 >> 31 == 1 { self.0 & 0x7fff_ffff } else { !self.0 }
    }
}

impl Encode for Ordered {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl Decode for Ordered {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(u32::decode(from)?).ok_or(Error::Invalid("not the code of a finite float"))
    }
}
