//! The layers of a network, with what they read and make.

use assay_model::{Image, Layer, NetworkParameters};

/// One layer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    /// Sums of products, and the rectifier behind them.
    Linear(Linear),
    /// Maxima over windows.
    Max(Pool),
    /// Means over windows.
    Average(Pool),
}

/// A convolution. A dense layer is one whose window is all of its image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linear {
    pub(super) from: Image,
    pub(super) to: Image,
    /// Height and width of the window.
    pub(super) window: [usize; 2],
    pub(super) stride: usize,
    pub(super) padding: usize,
    /// All but the last are.
    pub(super) is_rectified: bool,
}

/// Windows of a pool, within the image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pool {
    pub(super) from: Image,
    pub(super) to: Image,
    pub(super) side: usize,
    pub(super) stride: usize,
}

/// Puts the layers together, the last one included.
pub(super) fn stages(
    parameters: &NetworkParameters,
    features: usize,
    classes: usize,
) -> Result<Vec<Stage>, &'static str> {
    let shapes = parameters.shapes(features, classes)?;
    let mut stages: Vec<Stage> = Vec::with_capacity(shapes.len());
    for (layer, pair) in parameters.layers().iter().zip(shapes.windows(2)) {
        let [from, to] = [pair[0], pair[1]];
        stages.push(match *layer {
            Layer::Dense { .. } => Stage::Linear(dense(from, to, true)),
            Layer::Convolution { side, stride, padding, .. } => Stage::Linear(Linear {
                from,
                to,
                window: [usize::from(side); 2],
                stride: stride.into(),
                padding: padding.into(),
                is_rectified: true,
            }),
            Layer::MaxPool { side, stride } => {
                Stage::Max(Pool { from, to, side: side.into(), stride: stride.into() })
            }
            Layer::AveragePool { side, stride } => {
                Stage::Average(Pool { from, to, side: side.into(), stride: stride.into() })
            }
        });
    }
    if let [.., from, to] = shapes[..] {
        stages.push(Stage::Linear(dense(from, to, false)));
    }
    Ok(stages)
}

fn dense(from: Image, to: Image, is_rectified: bool) -> Linear {
    let window = [usize::from(from.height), usize::from(from.width)];
    Linear { from, to, window, stride: 1, padding: 0, is_rectified }
}

impl Stage {
    /// The shape of what is made.
    pub(super) fn to(&self) -> Image {
        match self {
            Self::Linear(linear) => linear.to,
            Self::Max(pool) | Self::Average(pool) => pool.to,
        }
    }

    /// Whether sums are made, and cut off at 0.
    pub(super) fn is_rectified(&self) -> bool {
        match self {
            Self::Linear(linear) => linear.is_rectified,
            Self::Average(_) => true,
            Self::Max(_) => false,
        }
    }

    /// The layer, if it has weights.
    pub(super) fn linear(&self) -> Option<&Linear> {
        match self {
            Self::Linear(linear) => Some(linear),
            Self::Max(_) | Self::Average(_) => None,
        }
    }
}

impl Linear {
    /// Channels that are read.
    pub(super) fn inputs(&self) -> usize {
        self.from.channels.into()
    }

    /// Channels that are made.
    pub(super) fn outputs(&self) -> usize {
        self.to.channels.into()
    }

    /// Cells that an output reads.
    pub(super) fn fan_in(&self) -> usize {
        self.window[0] * self.window[1] * self.inputs()
    }

    /// Number of weights, of the shape `[tap, input, output]`, taps row by row.
    pub(super) fn weights(&self) -> usize {
        self.fan_in() * self.outputs()
    }

    /// Visits every tap of every output that has an input: the place of the output, the tap, and the
    /// place of the input.
    #[inline]
    pub(super) fn each_tap(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let [height, width] = [self.from.height, self.from.width].map(usize::from);
        let [rows, columns] = [self.to.height, self.to.width].map(usize::from);
        for row in 0..rows {
            for column in 0..columns {
                for tap in 0..self.window[0] * self.window[1] {
                    let down =
                        (row * self.stride + tap / self.window[1]).wrapping_sub(self.padding);
                    let right =
                        (column * self.stride + tap % self.window[1]).wrapping_sub(self.padding);
                    if down < height && right < width {
                        visit(row * columns + column, tap, down * width + right);
                    }
                }
            }
        }
    }
}

impl Pool {
    /// Cells of a window.
    pub(super) fn cells(&self) -> usize {
        self.side * self.side
    }

    /// Visits the cells of the window of every output, row by row: the output, and the input.
    pub(super) fn each_cell(&self, mut visit: impl FnMut(usize, usize)) {
        let width = usize::from(self.from.width);
        let [rows, columns] = [self.to.height, self.to.width].map(usize::from);
        let channels = usize::from(self.to.channels);
        for place in 0..rows * columns {
            let (top, left) = (place / columns * self.stride, place % columns * self.stride);
            for cell in 0..self.cells() {
                let from = (top + cell / self.side) * width + left + cell % self.side;
                for channel in 0..channels {
                    visit(place * channels + channel, from * channels + channel);
                }
            }
        }
    }
}
