//! From trained weights to the program that is executed and proven.
//!
//! A cell `q` of a tensor means `q·step` in units of an activation, `2^-12`. The input's step is 16. What
//! a rectified layer makes has 8 bits: with `M` the greatest number that it made of a training row, at
//! least 1, its step is `M/255`. The scores' step is `M/4095`. Pools change no step.
//!
//! A weight of a layer that reads steps of `a` and makes steps of `b` is, with a shift of `s` bits,
//! `⌊weight·a/b·2^(s-20) + 1/2⌋`, a bias `⌊bias/b·2^(s-20) + 1/2⌋ + ⌊2^s / 2⌋`; the latter half a step
//! makes the program's division round to the nearest.
//!
//! With `reach` the greatest size that a sum can have whatever the row, in steps, rounded down, and one
//! more:
//!
//! - a step that would make `reach` greater than 31,000 becomes the least multiple of 1/31,000 that does
//!   not;
//! - a shift is at most 14, and so small that `(reach + 2)·2^s` is at most 94 of 100 parts of half the
//!   field;
//! - a layer needs the least shift that gives the smallest channel that is alive 127 steps, and makes
//!   what rounding of weights adds at most 1,700 steps. A channel is alive if its greatest weight is
//!   above 1/1024 of the layer's. All layers have the greatest shift that any needs, or as much of it as
//!   they may have: each shift is a table of its own in a proof;
//! - quotients have as many bits as any row can need (`ranges`), those of all rectified layers and means
//!   the same.

use super::fixed::ACTIVATION;
use super::input::{STEPS_LOG, STEPS_MAX};
use super::pass::Pass;
use super::plan::{Linear, Pool, Stage};
use super::scale::{Cells, Fraction, Scaled, bits};
use super::weights::Weights;
use super::{Error, Rows};
use assay_model::Image;
use assay_model::ops::network::{
    Builder, InputMap, Map, Network, Program, QUOTIENT_BITS_MAX, Rescale, Shape, Term, Window,
    ranges,
};

/// Greatest activation of the program.
const CELL_MAX: i16 = 255;
/// Greatest score of the program, as far as training rows show.
const SCORE_MAX: i128 = 4095;
/// Least shift of a mean of cells whose number is no power of two: its factor has 6 bits or more.
const MEAN_SHIFT: u8 = 14;

/// Makes a program of a network that is trained.
pub(super) struct Compiler<'a> {
    pub(super) stages: &'a [Stage],
    pub(super) weights: &'a [Weights],
    pub(super) map: InputMap,
}

/// What is chosen for a layer.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    shift: u8,
    bits: u8,
    /// How weights and biases are scaled, if there are any.
    scaled: Option<Scaled>,
}

impl Compiler<'_> {
    /// Chooses all integers; the steps of activations by what `rows` show.
    pub(super) fn compile(&self, rows: &Rows<'_>) -> Result<Network, Error> {
        let mut chosen = self.choose(&self.scale(&self.greatest(rows))?);
        let program = self.program(&chosen)?;
        let cells = self.cells(&program, &chosen);
        let network = Network::new(program, cells).map_err(Error::Parameters)?;
        self.narrow(&network, &mut chosen)?;
        // Nothing moves: how parameters lie does not depend on bits.
        let cells = network.parameters().cells().to_vec();
        Network::new(self.program(&chosen)?, cells).map_err(Error::Parameters)
    }

    /// Gives quotients as few bits as they need.
    fn narrow(&self, network: &Network, chosen: &mut [Chosen]) -> Result<(), Error> {
        let ranges = ranges(network.program(), network.parameters()).map_err(Error::Overflow)?;
        let needed: Vec<u8> =
            ranges.iter().map(|range| bits(range.quotients.low, range.quotients.high)).collect();
        let rectified = needed.iter().zip(self.stages).filter(|(_, stage)| stage.is_rectified());
        let most = rectified.map(|(bits, _)| *bits).max().unwrap_or(QUOTIENT_BITS_MAX);
        for ((chosen, needed), stage) in chosen.iter_mut().zip(needed).zip(self.stages) {
            chosen.bits = if stage.is_rectified() { most } else { needed };
        }
        Ok(())
    }

    /// The greatest size of what each layer makes of any row, at least 1.
    fn greatest(&self, rows: &Rows<'_>) -> Vec<i128> {
        let mut pass = Pass::new(self.stages);
        let mut greatest = vec![1_u32; self.stages.len()];
        for row in rows.iter() {
            pass.forward(self.stages, self.weights, row);
            for (greatest, made) in greatest.iter_mut().zip(&pass.made) {
                *greatest = made.iter().fold(*greatest, |most, cell| most.max(cell.unsigned_abs()));
            }
        }
        greatest.into_iter().map(i128::from).collect()
    }

    /// Scales the layers with weights.
    fn scale(&self, greatest: &[i128]) -> Result<Vec<Option<Scaled>>, Error> {
        let step = Fraction { num: 1 << (ACTIVATION - STEPS_LOG), den: 1 };
        let mut read = Cells { step, low: -i128::from(STEPS_MAX), high: STEPS_MAX.into() };
        let mut weights = self.weights.iter();
        let scale = |(stage, &num): (&Stage, &i128)| {
            let Some((linear, weights)) = stage.linear().and_then(|l| Some((l, weights.next()?)))
            else {
                return Ok(None);
            };
            let den = if linear.is_rectified { CELL_MAX.into() } else { SCORE_MAX };
            let scaled = Scaled::new(linear, weights, &read, Fraction { num, den });
            let scaled = scaled.ok_or(Error::Diverged)?;
            read = Cells { step: scaled.step, low: 0, high: CELL_MAX.into() };
            Ok(Some(scaled))
        };
        self.stages.iter().zip(greatest).map(scale).collect()
    }

    fn choose(&self, scaled: &[Option<Scaled>]) -> Vec<Chosen> {
        let common = scaled.iter().flatten().map(|layer| layer.needed).max().unwrap_or(0);
        let choose = |(stage, &scaled): (&Stage, &Option<Scaled>)| {
            let shift = match (stage, scaled) {
                (_, Some(scaled)) => common.min(scaled.most),
                (Stage::Average(pool), None) => mean_shift(pool, common),
                (_, None) => 0,
            };
            Chosen { shift, bits: QUOTIENT_BITS_MAX, scaled }
        };
        self.stages.iter().zip(scaled).map(choose).collect()
    }

    fn program(&self, chosen: &[Chosen]) -> Result<Program, Error> {
        let first = self.stages.first().and_then(Stage::linear).map(|linear| linear.from);
        let input = first.map_or(Shape::flat(1), shape);
        let mut builder = Builder::new(self.map.clone(), input);
        let mut tensor = 0;
        for (stage, chosen) in self.stages.iter().zip(chosen) {
            let rescale = |is_rectified: bool| Rescale {
                shift: chosen.shift,
                quotient_bits: chosen.bits,
                map: match is_rectified {
                    true => Map::Clamp { low: 0, high: CELL_MAX },
                    false => Map::Identity,
                },
            };
            tensor = match stage {
                Stage::Linear(linear) => {
                    let (outputs, rescale) =
                        (linear.to.channels.into(), rescale(linear.is_rectified));
                    builder.convolution(tensor, windows(linear), 1, outputs, rescale)
                }
                Stage::Max(pool) => builder.max(tensor, pool_windows(pool)),
                Stage::Average(pool) => {
                    let [rows, columns] = pool_windows(pool);
                    let channels = Window::identity(pool.to.channels.into());
                    let factor = mean_factor(pool, chosen.shift);
                    let term = Term::Fixed { from: tensor, rows, columns, channels, factor };
                    let has_bias = chosen.shift != 0;
                    builder.unit(vec![term], has_bias, shape(pool.to), rescale(true))
                }
            };
        }
        builder.finish().map_err(Error::Program)
    }

    /// The parameters, where the program's layout wants them.
    fn cells(&self, program: &Program, chosen: &[Chosen]) -> Vec<i32> {
        let layout = program.parameter_layout();
        let mut cells = vec![0; layout.cells()];
        let mut weights = self.weights.iter();
        for (node, chosen) in layout.nodes().iter().zip(chosen) {
            let half = (1_i128 << chosen.shift) / 2;
            let layer = chosen.scaled.as_ref().zip(weights.as_slice().first());
            if let Some((scaled, of_layer)) = layer {
                weights.next();
                let mut row = of_layer.used.chunks_exact(of_layer.used_biases.len());
                for kernel in node.terms.iter().flatten() {
                    for &tap in &kernel.taps {
                        for input in 0..kernel.inputs {
                            let at = tap + kernel.row(0, input);
                            let row = row.next().unwrap_or_default();
                            for (cell, &weight) in cells[at..].iter_mut().zip(row) {
                                // Less than half the field, as every sum is.
                                *cell = scaled.weight.times(weight.into(), chosen.shift) as i32;
                            }
                        }
                    }
                }
            }
            let Some(bias) = node.bias else { continue };
            for (channel, cell) in cells[bias.at..][..bias.channels].iter_mut().enumerate() {
                let own = layer.map_or(0, |(scaled, of_layer)| {
                    scaled.bias.times(of_layer.used_biases[channel].into(), chosen.shift)
                });
                *cell = (own + half) as i32;
            }
        }
        cells
    }
}

/// Means of a power of two are exact by a shift alone, others need more bits.
fn mean_shift(pool: &Pool, common: u8) -> u8 {
    let cells = pool.cells();
    let is_exact = cells.is_power_of_two() && cells.trailing_zeros() <= u32::from(common);
    if is_exact { common } else { common.max(MEAN_SHIFT) }
}

/// `⌊2^shift / cells + 1/2⌋`.
fn mean_factor(pool: &Pool, shift: u8) -> i32 {
    // At least 1, as a window has at most 2^8 cells and a shift of 14 or all that it needs.
    (((2 << shift) + pool.cells()) / (2 * pool.cells())) as i32
}

fn shape(image: Image) -> Shape {
    Shape {
        height: image.height.into(),
        width: image.width.into(),
        channels: image.channels.into(),
    }
}

fn windows(linear: &Linear) -> [Window; 2] {
    let window = |outputs: u16, taps: usize| {
        // All of them bytes, or sides of an image.
        Window::sliding(outputs.into(), taps as u32, linear.stride as u32, linear.padding as u32)
    };
    [window(linear.to.height, linear.window[0]), window(linear.to.width, linear.window[1])]
}

fn pool_windows(pool: &Pool) -> [Window; 2] {
    let window =
        |outputs: u16| Window::sliding(outputs.into(), pool.side as u32, pool.stride as u32, 0);
    [window(pool.to.height), window(pool.to.width)]
}
