//! Which places along an axis an output reads.

/// Longest axis of a tensor, most taps of a window.
pub const AXIS_MAX: usize = 1 << 14;

/// Output `o` reads, for each tap `k`, the place `⌊(o·stride + k·dilation + offset) / repeat⌋` of an axis,
/// and nothing where there is no such place.
///
/// As in [`assay_model::ops::network`], whose programs are made of the same windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Length of the axis that is made.
    pub outputs: usize,
    /// Places that each output reads.
    pub taps: usize,
    /// Steps from one output to the next.
    pub stride: usize,
    /// Steps from one tap to the next.
    pub dilation: usize,
    /// The first place; negative where padding comes first.
    pub offset: i64,
    /// How often each place stands: up-sampling.
    pub repeat: usize,
}

impl Window {
    /// Every place reads itself.
    pub fn identity(size: usize) -> Self {
        Self { outputs: size, taps: 1, stride: 1, dilation: 1, offset: 0, repeat: 1 }
    }

    /// One output reads all places.
    pub fn full(size: usize) -> Self {
        Self { outputs: 1, taps: size, ..Self::identity(size) }
    }

    /// So many places from `offset` on.
    pub fn slice(offset: i64, outputs: usize) -> Self {
        Self { outputs, offset, ..Self::identity(outputs) }
    }

    /// Every place stands `repeat` times.
    pub fn repeated(size: usize, repeat: usize) -> Self {
        Self { outputs: size.saturating_mul(repeat), repeat, ..Self::identity(size) }
    }

    /// The place of an axis of `size`, none where padding is.
    pub fn at(&self, output: usize, tap: usize, size: usize) -> Option<usize> {
        let place = (output * self.stride + tap * self.dilation) as i64 + self.offset;
        let place = usize::try_from(place.div_euclid(self.repeat as i64)).ok()?;
        (place < size).then_some(place)
    }

    /// Whether some output reads outside an axis of `size`.
    pub fn is_padded(&self, size: usize) -> bool {
        self.at(0, 0, size).is_none() || self.at(self.outputs - 1, self.taps - 1, size).is_none()
    }

    /// Whether it is [`identity`](Self::identity) of an axis of `size`.
    pub fn is_identity(&self, size: usize) -> bool {
        *self == Self::identity(size)
    }

    /// Whether all numbers are within bounds, so that nothing overflows.
    pub fn is_bounded(&self) -> bool {
        let is_one = |number: usize| (1..=AXIS_MAX).contains(&number);
        [self.outputs, self.taps, self.stride, self.dilation, self.repeat].into_iter().all(is_one)
            && self.offset.unsigned_abs() <= AXIS_MAX as u64
    }
}
