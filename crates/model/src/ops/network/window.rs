//! Which inputs an output reads, along one axis.

use super::shape::AXIS_MAX;
use std::ops::Range;

/// Greatest size of an offset: beyond it no window of bounded sizes reaches an input.
const OFFSET_MAX: u32 = 1 << 30;

/// Output `o` reads, by its tap `k`, the input
///
/// ```text
/// ⌊(o·stride + k·dilation + offset) / repeat⌋
/// ```
///
/// if there is one of that index; there is nothing outside the input. Padding is a negative
/// `offset`, up-sampling a `repeat` above 1, and a slice or a place in a concatenation an `offset`
/// of a window with one tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Number of outputs.
    pub outputs: u32,
    /// Number of inputs that each output reads, at most.
    pub taps: u32,
    /// Inputs from one output to the next.
    pub stride: u32,
    /// Inputs from one tap to the next.
    pub dilation: u32,
    /// Where the first tap of the first output lies; below zero by the padding before the input.
    pub offset: i32,
    /// How often each input is repeated.
    pub repeat: u32,
}

impl Window {
    /// Every output reads the input of its own index.
    pub const fn identity(size: u32) -> Self {
        Self { outputs: size, taps: 1, stride: 1, dilation: 1, offset: 0, repeat: 1 }
    }

    /// One output reads all `size` inputs, as a dense layer does.
    pub const fn whole(size: u32) -> Self {
        Self { outputs: 1, taps: size, ..Self::identity(1) }
    }

    /// `outputs` windows of `taps` neighbours, `stride` apart, the first one `padding` before the
    /// input: the axis of a convolution or of pooling.
    pub const fn sliding(outputs: u32, taps: u32, stride: u32, padding: u32) -> Self {
        Self { outputs, taps, stride, dilation: 1, offset: -(padding as i32), repeat: 1 }
    }

    /// `outputs` places of which place `at` is the first input: a part of a concatenation, or a
    /// slice if `at` is negative.
    pub const fn placed(outputs: u32, at: i32) -> Self {
        Self { offset: -at, ..Self::identity(outputs) }
    }

    /// Every one of `size` inputs, `repeat` times in a row: up-sampling to the nearest.
    pub const fn repeated(size: u32, repeat: u32) -> Self {
        Self { repeat, ..Self::identity(size.saturating_mul(repeat)) }
    }

    /// The input that `output` reads by `tap`, of `size` inputs.
    pub fn input(&self, output: u32, tap: u32, size: u32) -> Option<u32> {
        let place = i64::from(output).checked_mul(i64::from(self.stride))?;
        let place = place.checked_add(self.start(tap)?)?;
        let index = place.checked_div_euclid(i64::from(self.repeat))?;
        u32::try_from(index).ok().filter(|&index| index < size)
    }

    /// The outputs that have an input for `tap`: they are neighbours.
    pub fn outputs_of(&self, tap: u32, size: u32) -> Range<u32> {
        let Some(start) = self.start(tap) else { return 0..0 };
        reached(start, self.stride, self.places(size), self.outputs)
    }

    /// The taps by which `output` has an input: they are neighbours.
    pub fn taps_of(&self, output: u32, size: u32) -> Range<u32> {
        let place = i64::from(output).checked_mul(i64::from(self.stride));
        let Some(start) = place.and_then(|place| place.checked_add(i64::from(self.offset))) else {
            return 0..0;
        };
        reached(start, self.dilation, self.places(size), self.taps)
    }

    /// Whether any output has any input.
    pub(super) fn reads_something(&self, size: u32) -> bool {
        (0..self.taps).any(|tap| !self.outputs_of(tap, size).is_empty())
    }

    /// Whether every output has an input.
    pub(super) fn reads_everywhere(&self, size: u32) -> bool {
        (0..self.outputs).all(|output| !self.taps_of(output, size).is_empty())
    }

    /// Whether the numbers lie within the bounds of a program.
    pub(super) fn is_bounded(&self) -> bool {
        let sizes = [self.outputs, self.taps, self.stride, self.dilation, self.repeat];
        sizes.iter().all(|size| (1..=AXIS_MAX).contains(size))
            && self.offset.unsigned_abs() <= OFFSET_MAX
    }

    /// How many places `size` inputs fill.
    fn places(&self, size: u32) -> i64 {
        i64::from(size).saturating_mul(i64::from(self.repeat))
    }

    fn start(&self, tap: u32) -> Option<i64> {
        i64::from(tap).checked_mul(i64::from(self.dilation))?.checked_add(i64::from(self.offset))
    }
}

/// The `n` in `0..count` with `0 <= start + n·step < end`.
fn reached(start: i64, step: u32, end: i64, count: u32) -> Range<u32> {
    let step = i64::from(step.max(1));
    let not_before = |limit: i64| {
        let first = start.saturating_sub(limit).div_euclid(step).saturating_neg();
        // Between 0 and `count`, which has 32 bits.
        first.clamp(0, i64::from(count)) as u32
    };
    not_before(0)..not_before(end)
}
