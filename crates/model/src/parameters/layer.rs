//! The layers of a network that is trained, and the shapes that they make.

use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// Most layers.
pub const LAYERS_MAX: usize = 16;
/// Most outputs of a dense layer, and filters of a convolution.
pub const OUTPUTS_MAX: u16 = 4096;
/// Greatest side of a kernel or of a pool's window, and greatest stride.
pub const SIDE_MAX: u8 = 16;
/// Most cells that one output reads, and most that one input is read by, so that 64 bits hold all sums.
pub const FAN_MAX: u64 = 1 << 16;
/// Most places of a convolution, likewise.
pub const PLACES_MAX: u64 = 1 << 12;
/// Most weights and biases.
pub const WEIGHTS_MAX: u64 = 1 << 22;

/// A layer of a network. Behind every dense one and every convolution stands a rectifier, `max(0, x)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Every output reads everything.
    Dense {
        /// How many there are, in 1..=[`OUTPUTS_MAX`].
        outputs: u16,
    },
    /// Square windows over an image.
    Convolution {
        /// Channels that are made, in 1..=[`OUTPUTS_MAX`].
        filters: u16,
        /// Side of the window, in 1..=[`SIDE_MAX`].
        side: u8,
        /// Steps from window to window, likewise.
        stride: u8,
        /// Zeros on each side of the image, fewer than the window's side.
        padding: u8,
    },
    /// The greatest of each channel in square windows, not beyond the image.
    MaxPool {
        /// Side of the window, in 1..=[`SIDE_MAX`].
        side: u8,
        /// Steps from window to window, likewise.
        stride: u8,
    },
    /// The mean of each channel in such windows.
    AveragePool {
        /// Side of the window, in 1..=[`SIDE_MAX`].
        side: u8,
        /// Steps from window to window, likewise.
        stride: u8,
    },
}

/// Height, width and channels of what a layer reads or makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Rows.
    pub height: u16,
    /// Columns.
    pub width: u16,
    /// Numbers at each place.
    pub channels: u16,
}

impl Image {
    /// No image: `cells` numbers without any neighbours. `None` if there are too many.
    pub fn flat(cells: usize) -> Option<Self> {
        Some(Self { height: 1, width: 1, channels: u16::try_from(cells).ok()? })
    }

    /// How many numbers there are.
    pub fn cells(&self) -> u64 {
        self.places() * u64::from(self.channels)
    }

    /// How many places have them.
    pub fn places(&self) -> u64 {
        u64::from(self.height) * u64::from(self.width)
    }
}

/// How far one layer reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Multiplications or comparisons for a row.
    pub(super) steps: u64,
    /// Weights and biases.
    pub(super) weights: u64,
}

impl Layer {
    /// Whether it reads places, not only cells.
    pub(super) fn is_spatial(self) -> bool {
        !matches!(self, Self::Dense { .. })
    }

    /// Whether it only looks for maxima or means.
    pub(super) fn is_pool(self) -> bool {
        matches!(self, Self::MaxPool { .. } | Self::AveragePool { .. })
    }

    /// What is made of `from`, and what that costs.
    pub(super) fn apply(self, from: Image) -> Result<(Image, Cost), &'static str> {
        match self {
            Self::Dense { outputs } => {
                if !(1..=OUTPUTS_MAX).contains(&outputs) {
                    return Err("a dense layer has between 1 and 4096 outputs");
                }
                let made = Image { height: 1, width: 1, channels: outputs };
                Ok((made, linear(from.cells(), made, 1)?))
            }
            Self::Convolution { filters, side, stride, padding } => {
                if !(1..=OUTPUTS_MAX).contains(&filters) {
                    return Err("a convolution has between 1 and 4096 filters");
                }
                if side <= padding {
                    return Err("a padding is smaller than the side of its window");
                }
                let made = slide(from, filters, side, stride, padding)?;
                if PLACES_MAX < made.places() {
                    return Err("a convolution has at most 4096 places");
                }
                let taps = u64::from(side) * u64::from(side);
                Ok((made, linear(taps * u64::from(from.channels), made, taps)?))
            }
            Self::MaxPool { side, stride } | Self::AveragePool { side, stride } => {
                let made = slide(from, from.channels, side, stride, 0)?;
                let taps = u64::from(side) * u64::from(side);
                Ok((made, Cost { steps: taps * made.cells(), weights: 0 }))
            }
        }
    }
}

/// The windows of a layer that fit on an image.
fn slide(
    from: Image,
    channels: u16,
    side: u8,
    stride: u8,
    padding: u8,
) -> Result<Image, &'static str> {
    if ![side, stride].iter().all(|number| (1..=SIDE_MAX).contains(number)) {
        return Err("the side and the stride of a window lie between 1 and 16");
    }
    let places = |size: u16| {
        let room = (u32::from(size) + 2 * u32::from(padding)).checked_sub(u32::from(side))?;
        u16::try_from(room / u32::from(stride) + 1).ok()
    };
    match (places(from.height), places(from.width)) {
        (Some(height), Some(width)) => Ok(Image { height, width, channels }),
        _ => Err("a window is not larger than its image"),
    }
}

/// The cost of a layer whose outputs read `fan_in` cells each, and whose inputs are read at most
/// `taps` times by each channel.
fn linear(fan_in: u64, made: Image, taps: u64) -> Result<Cost, &'static str> {
    if FAN_MAX < fan_in || FAN_MAX < taps * u64::from(made.channels) {
        return Err("an output reads at most 2^16 cells, and as many read an input");
    }
    let weights = (fan_in + 1) * u64::from(made.channels);
    Ok(Cost { steps: fan_in * made.cells(), weights })
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense { outputs } => write!(f, "dense {outputs}"),
            Self::Convolution { filters, side, stride, padding } => {
                write!(f, "convolution {filters}x{side}x{side}")?;
                write!(f, " stride {stride} padding {padding}")
            }
            Self::MaxPool { side, stride } => write!(f, "max {side}x{side} stride {stride}"),
            Self::AveragePool { side, stride } => {
                write!(f, "average {side}x{side} stride {stride}")
            }
        }
    }
}

assay_codec::record!(Image { height, width, channels });

impl Encode for Layer {
    fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Dense { outputs } => {
                out.push(0);
                outputs.encode(out);
            }
            Self::Convolution { filters, side, stride, padding } => {
                out.push(1);
                filters.encode(out);
                out.extend([side, stride, padding]);
            }
            Self::MaxPool { side, stride } => out.extend([2, side, stride]),
            Self::AveragePool { side, stride } => out.extend([3, side, stride]),
        }
    }
}

impl Decode for Layer {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Dense { outputs: u16::decode(from)? }),
            1 => Ok(Self::Convolution {
                filters: u16::decode(from)?,
                side: u8::decode(from)?,
                stride: u8::decode(from)?,
                padding: u8::decode(from)?,
            }),
            2 => Ok(Self::MaxPool { side: u8::decode(from)?, stride: u8::decode(from)? }),
            3 => Ok(Self::AveragePool { side: u8::decode(from)?, stride: u8::decode(from)? }),
            got => Err(Error::Tag { what: "layer", got }),
        }
    }
}
