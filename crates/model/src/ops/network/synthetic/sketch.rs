//! A program in the making that knows how large its numbers can get.

use super::super::layout::Kernel;
use super::super::{Builder, InputMap, Map, Network, Rescale, Shape, Term, Window};
use crate::SplitMix64;

/// Weights and biases are random numbers of at most this size.
#[derive(Clone, Copy)]
struct Sizes {
    weight: i64,
    bias: i64,
}

/// What is to become of a unit's sums.
pub(super) struct Finish {
    /// Bits of the quotient.
    pub(super) bits: u8,
    /// What becomes of the quotient.
    pub(super) map: Map,
    /// The greatest weight of mixed terms.
    pub(super) weight: i64,
}

pub(super) struct Sketch {
    pub(super) random: SplitMix64,
    builder: Builder,
    /// For each tensor, no entry is larger than this.
    entries: Vec<i64>,
    sizes: Vec<Sizes>,
}

impl Sketch {
    pub(super) fn new(input: InputMap, shape: Shape, seed: u64) -> Self {
        let entry = size(input.low).max(size(input.high));
        let builder = Builder::new(input, shape);
        let random = SplitMix64::new(seed);
        Self { random, builder, entries: vec![entry], sizes: Vec::new() }
    }

    pub(super) fn last(&self) -> usize {
        self.sizes.len()
    }

    pub(super) fn shape(&self, tensor: usize) -> Shape {
        self.builder.shape(tensor)
    }

    /// A number from `low` to `high`.
    pub(super) fn number(&mut self, low: i64, high: i64) -> i64 {
        low + self.random.below((high - low + 1) as u64) as i64
    }

    /// A unit whose quotients always fit, and are about as large as 6 bits if there are many
    /// inputs.
    pub(super) fn unit(
        &mut self,
        terms: Vec<Term>,
        has_bias: bool,
        shape: Shape,
        finish: Finish,
    ) -> usize {
        let Finish { bits, map, weight } = finish;
        let (mut bound, mut typical, mut bias) = (0, 0, 0);
        for term in &terms {
            let (products, product) = self.products(term, weight);
            bound += products * product;
            typical += products.isqrt() * product / 256;
            bias = bias.max(4 * product);
        }
        bound += bias;
        let half = 1_i64 << (bits - 1);
        let least = (0..).find(|shift| bound >> shift < half).unwrap_or(0);
        let shift = least.max(typical.checked_ilog2().map_or(0, |log| log as u8));
        self.entries.push(largest(&map, bits));
        self.sizes.push(Sizes { weight, bias: if has_bias { bias } else { 0 } });
        let rescale = Rescale { shift, quotient_bits: bits, map };
        self.builder.unit(terms, has_bias, shape, rescale)
    }

    /// A convolution with a bias.
    pub(super) fn convolution(
        &mut self,
        from: usize,
        [rows, columns]: [Window; 2],
        [groups, outputs]: [u32; 2],
        finish: Finish,
    ) -> usize {
        let shape = Shape { height: rows.outputs, width: columns.outputs, channels: outputs };
        let term = Term::Mixed { from, rows, columns, groups, outputs };
        self.unit(vec![term], true, shape, finish)
    }

    /// A dense layer over everything in `from`, with a bias.
    pub(super) fn dense(&mut self, from: usize, outputs: u32, finish: Finish) -> usize {
        let source = self.shape(from);
        let windows = [Window::whole(source.height), Window::whole(source.width)];
        self.convolution(from, windows, [1, outputs], finish)
    }

    pub(super) fn max(&mut self, from: usize, windows: [Window; 2]) -> usize {
        self.entries.push(self.entries[from]);
        self.sizes.push(Sizes { weight: 0, bias: 0 });
        self.builder.max(from, windows)
    }

    /// How many products an output adds up, and how large each is at most.
    fn products(&self, term: &Term, weight: i64) -> (i64, i64) {
        match term {
            Term::Fixed { from, rows, columns, channels, factor } => {
                let taps = [rows, columns, channels].map(|window| i64::from(window.taps));
                (taps.iter().product(), self.entries[*from] * i64::from(factor.abs()))
            }
            Term::Mixed { from, rows, columns, groups, .. } => {
                let inputs = i64::from(self.shape(*from).channels / groups);
                let taps = i64::from(rows.taps) * i64::from(columns.taps);
                (taps * inputs, self.entries[*from] * weight)
            }
            Term::Product { left, right } => (1, self.entries[*left] * self.entries[*right]),
        }
    }

    /// Draws the parameters; `padding` is the largest number in cells that nothing reads.
    ///
    /// # Panics
    ///
    /// If the sketch breaks a rule of programs, which is a fault of this module.
    pub(super) fn finish(self, padding: i64) -> Network {
        let Self { mut random, builder, sizes, .. } = self;
        let program = builder.finish().expect("a sketch keeps the rules");
        let layout = program.parameter_layout();
        let mut cells = vec![0; layout.cells()];
        if 0 < padding {
            cells.fill_with(|| within(&mut random, padding));
        }
        for (node, sizes) in layout.nodes().iter().zip(sizes) {
            for kernel in node.terms.iter().flatten() {
                fill(&mut cells, kernel, || within(&mut random, sizes.weight));
            }
            if let Some(bias) = node.bias {
                for cell in &mut cells[bias.at..][..bias.channels] {
                    *cell = within(&mut random, sizes.bias);
                }
            }
        }
        Network::new(program, cells).expect("small numbers are centred")
    }
}

fn fill(cells: &mut [i32], kernel: &Kernel, mut weight: impl FnMut() -> i32) {
    for &at in &kernel.taps {
        for group in 0..kernel.groups {
            for input in 0..kernel.inputs {
                let row = at + kernel.row(group, input);
                cells[row..row + kernel.outputs].fill_with(&mut weight);
            }
        }
    }
}

/// A number of at most `size`, which has 30 bits.
fn within(random: &mut SplitMix64, size: i64) -> i32 {
    (random.below(2 * size as u64 + 1) as i64 - size) as i32
}

fn size(entry: i16) -> i64 {
    i64::from(entry).abs()
}

/// The size of the largest value that the map has.
fn largest(map: &Map, bits: u8) -> i64 {
    map.values(bits).into_iter().map(size).max().unwrap_or(0)
}
