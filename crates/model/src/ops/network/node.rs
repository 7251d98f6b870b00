//! The steps of a program.

use super::{Shape, Window};

/// Something linear that a unit adds up. Tensors are named by their number: 0 is the input, `i + 1`
/// what node `i` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `factor·Σ x[h, w, c]` over the taps of the three windows: residuals, sum pooling, slices,
    /// concatenation, up-sampling.
    Fixed {
        /// The tensor that is read.
        from: usize,
        /// Along the height.
        rows: Window,
        /// Along the width.
        columns: Window,
        /// Along the channels.
        channels: Window,
        /// A centred number of the field, not 0.
        factor: i32,
    },
    /// `Σ W[tap_h, tap_w, g, i, j]·x[h, w, g·inputs + i]` for output channel `g·outputs' + j`, where
    /// a group has `inputs` of the tensor's channels and `outputs'` of the unit's: convolutions,
    /// dense and depthwise layers.
    Mixed {
        /// The tensor that is read.
        from: usize,
        /// Along the height.
        rows: Window,
        /// Along the width.
        columns: Window,
        /// Into how many groups the channels of both sides are divided.
        groups: u32,
        /// Number of output channels, of all groups.
        outputs: u32,
    },
    /// `left[h, w, c]·right[h, w, c]`.
    Product {
        /// A tensor of the unit's shape.
        left: usize,
        /// Another, or the same.
        right: usize,
    },
}

/// A step of a program; it makes one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `map(⌊(bias + Σ terms) / 2^shift⌋)`.
    Unit {
        /// What is added up, at least one.
        terms: Vec<Term>,
        /// Whether each channel has a bias among the parameters.
        has_bias: bool,
        /// What is made.
        shape: Shape,
        /// Binary logarithm of the divisor, at most [`SHIFT_MAX`].
        shift: u8,
        /// The quotient lies in `-2^(b-1)..2^(b-1)`, `b` in
        /// [`QUOTIENT_BITS_MIN`]`..=`[`QUOTIENT_BITS_MAX`].
        quotient_bits: u8,
        /// Which of the program's maps is applied to the quotient.
        map: usize,
    },
    /// The maximum over the inputs of the two windows, channel by channel. What lies outside the
    /// tensor counts for nothing.
    Max {
        /// The tensor that is read.
        from: usize,
        /// Along the height.
        rows: Window,
        /// Along the width.
        columns: Window,
        /// What is made.
        shape: Shape,
    },
}

/// Greatest shift of a unit.
pub const SHIFT_MAX: u8 = 24;
/// Most bits of quotient and shift together: a number of more would have two quotients modulo the
/// order of the field in which it is proven.
pub const SUM_BITS_MAX: u8 = 30;
/// Fewest bits of a quotient.
pub const QUOTIENT_BITS_MIN: u8 = 2;
/// Most bits of a quotient.
pub const QUOTIENT_BITS_MAX: u8 = 16;

impl Node {
    /// The shape of what it makes.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Unit { shape, .. } | Self::Max { shape, .. } => *shape,
        }
    }
}
