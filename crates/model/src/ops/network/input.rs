//! From the floats of a row to integers, exactly.

use super::Rule;
use crate::Ordered;
use assay_codec::{Decode, Encode, Error, Reader};

/// The smallest binary logarithm that a feature is divided by.
pub const INPUT_SHIFT_MIN: i16 = -126;
/// The greatest.
pub const INPUT_SHIFT_MAX: i16 = 160;

/// `v ↦ ⌊v·multiplier·2^−shift + 1/2⌋ + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scale {
    /// What the feature is multiplied with, below 2^31.
    pub multiplier: u32,
    /// The binary logarithm of what it is then divided by, in
    /// [`INPUT_SHIFT_MIN`]`..=`[`INPUT_SHIFT_MAX`].
    pub shift: i16,
    /// What is added at last.
    pub offset: i32,
}

/// The public map from features to the integers of tensor 0.
///
/// Feature `i` has the scale of index `i` modulo the number of scales: there is one for all, one
/// for each channel, or one for each feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputMap {
    /// One scale, or as many as channels, or as many as features.
    pub scales: Vec<Scale>,
    /// Smaller integers become this.
    pub low: i16,
    /// Greater integers become this.
    pub high: i16,
}

impl Scale {
    /// The integer of `value` before it is clamped.
    ///
    /// Exact where its absolute value is below 2^64; beyond, only the sign and that it is so large
    /// are right.
    pub fn integer(&self, value: Ordered) -> i128 {
        let (mantissa, exponent) = parts(value);
        // Below 2^24 · 2^32, and rounding adds no more than 2^57: one machine word.
        let product = i64::from(mantissa) * i64::from(self.multiplier);
        let exponent = exponent - i32::from(self.shift);
        let rounded = match exponent {
            // At least 2^70 in size, unless it is nothing at all.
            71.. => i128::from(product.signum()) << 70,
            0..=70 => i128::from(product) << exponent,
            // Less than a quarter in size.
            ..=-59 => 0,
            _ => i128::from((product + (1 << (-exponent - 1))) >> -exponent),
        };
        rounded + i128::from(self.offset)
    }
}

/// `(m, e)` with the value `m·2^e`, `|m| < 2^24`.
fn parts(value: Ordered) -> (i32, i32) {
    let bits = value.to_f32_bits();
    let fraction = (bits & 0x007f_ffff) as i32;
    let (magnitude, exponent) = match (bits >> 23 & 0xff) as i32 {
        0 => (fraction, -149),
        biased => (fraction | 0x0080_0000, biased - 150),
    };
    (if bits >> 31 == 1 { -magnitude } else { magnitude }, exponent)
}

impl InputMap {
    /// The same scale for every feature.
    pub fn uniform(scale: Scale, low: i16, high: i16) -> Self {
        Self { scales: vec![scale], low, high }
    }

    /// The integer that feature `index` with this value becomes.
    ///
    /// # Panics
    ///
    /// If there is no scale at all; a [`Program`](super::Program) has one.
    pub fn apply(&self, index: usize, value: Ordered) -> i16 {
        let scale = match self.scales.as_slice() {
            [scale] => scale,
            scales => &scales[index % scales.len()],
        };
        let integer = scale.integer(value);
        // Between `low` and `high`, which have 16 bits.
        integer.max(i128::from(self.low)).min(i128::from(self.high)) as i16
    }

    pub(super) fn check(&self, channels: usize, features: usize) -> Result<(), Rule> {
        if ![1, channels, features].contains(&self.scales.len()) {
            return Err(Rule::ScaleCount);
        }
        for scale in &self.scales {
            if 1 << 31 <= scale.multiplier {
                return Err(Rule::Multiplier);
            }
            if !(INPUT_SHIFT_MIN..=INPUT_SHIFT_MAX).contains(&scale.shift) {
                return Err(Rule::InputShift);
            }
        }
        if self.high < self.low { Err(Rule::InputRange) } else { Ok(()) }
    }
}

impl Encode for Scale {
    fn encode(&self, out: &mut Vec<u8>) {
        self.multiplier.encode(out);
        self.shift.cast_unsigned().encode(out);
        self.offset.cast_unsigned().encode(out);
    }
}

impl Decode for Scale {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            multiplier: u32::decode(from)?,
            shift: u16::decode(from)?.cast_signed(),
            offset: u32::decode(from)?.cast_signed(),
        })
    }
}
