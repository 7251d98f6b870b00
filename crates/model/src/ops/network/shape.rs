//! The sizes of a tensor.

/// Most cells along an axis.
pub const AXIS_MAX: u32 = 1 << 14;

/// The shape `[height, width, channels]` of a tensor, whose cells lie in that order, channels
/// fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Number of rows.
    pub height: u32,
    /// Number of columns.
    pub width: u32,
    /// Numbers at each place.
    pub channels: u32,
}

assay_codec::record!(Shape { height, width, channels });

impl Shape {
    /// A tensor of one place.
    pub const fn flat(channels: u32) -> Self {
        Self { height: 1, width: 1, channels }
    }

    /// Number of cells; no more than `usize::MAX` is said of a shape beyond every bound.
    pub fn cells(&self) -> usize {
        let [height, width, channels] = self.sizes();
        height.saturating_mul(width).saturating_mul(channels)
    }

    /// The three sizes as machine words.
    pub fn sizes(&self) -> [usize; 3] {
        [self.height as usize, self.width as usize, self.channels as usize]
    }

    /// Binary logarithms of the three axes, each padded to a power of two.
    pub fn logs(&self) -> [usize; 3] {
        self.sizes().map(log)
    }
}

/// Binary logarithm of the smallest power of two that is not below `size`.
pub(super) fn log(size: usize) -> usize {
    size.next_power_of_two().trailing_zeros() as usize
}
