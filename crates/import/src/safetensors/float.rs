//! Floats of 32 and 16 bits.

/// How numbers are written, the least byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 32 bits.
    F32,
    /// 16 bits: 5 of the exponent, 10 of the fraction.
    F16,
    /// 16 bits: the upper half of 32.
    Bf16,
}

impl Kind {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "F32" => Some(Self::F32),
            "F16" => Some(Self::F16),
            "BF16" => Some(Self::Bf16),
            _ => None,
        }
    }

    /// Bytes of a number.
    pub(super) fn size(self) -> usize {
        if self == Self::F32 { 4 } else { 2 }
    }

    /// The numbers, none of which is rounded.
    pub(super) fn floats(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F32 => bytes.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x)).collect(),
            Self::F16 => bytes.as_chunks().0.iter().map(|&x| half(u16::from_le_bytes(x))).collect(),
            Self::Bf16 => {
                let wide = |&x: &[u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(x)) << 16);
                bytes.as_chunks().0.iter().map(wide).collect()
            }
        }
    }
}

/// A float of 16 bits as IEEE 754 has it.
pub(super) fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let size = match exponent {
        // No leading one: multiples of 2^-24.
        0 => fraction * f32::from_bits((127 - 24) << 23),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2_f32.powi(exponent - 25),
    };
    if bits >> 15 == 0 { size } else { -size }
}
