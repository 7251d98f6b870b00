//! Between which numbers everything lies, whatever the row.

use super::layout::{Kernel, NodeLayout};
use super::{CENTRED_MAX, Map, Node, Parameters, Program, Shape, Term, Window};

/// All integers from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first.
    pub low: i128,
    /// The last, not below the first.
    pub high: i128,
}

/// Between which numbers a node's values lie, over all of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Accumulators before they are divided; the values themselves of a maximum.
    pub sums: Interval,
    /// Quotients; the values themselves of a maximum.
    pub quotients: Interval,
    /// Values of the tensor.
    pub values: Interval,
}

/// Why some row could make a number wrap, or have no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overflow {
    /// A sum may leave the centred numbers of the field.
    #[error("node {node}: a sum between {low} and {high} may wrap around the field")]
    Sum {
        /// Which node.
        node: usize,
        /// The least sum.
        low: i128,
        /// The greatest.
        high: i128,
    },
    /// A quotient may have too many bits.
    #[error("node {node}: a quotient between {low} and {high} may have more than {bits} bits")]
    Quotient {
        /// Which node.
        node: usize,
        /// The least quotient.
        low: i128,
        /// The greatest.
        high: i128,
        /// How many it may have.
        bits: u8,
    },
}

/// Returns the range of every node, by interval arithmetic channel by channel.
///
/// If it returns, no row makes a sum wrap around the field, and every row has an answer. The
/// intervals are true bounds, but not the narrowest: they treat inputs as if each could take any
/// value on its own. Costs about as much as one execution over a single place.
pub fn ranges(program: &Program, parameters: &Parameters) -> Result<Vec<Range>, Overflow> {
    let input = program.input();
    let entry = Interval { low: input.low.into(), high: input.high.into() };
    let mut tensors = vec![vec![entry; program.tensor(0).channels as usize]];
    let mut ranges = Vec::with_capacity(program.nodes().len());
    for (index, node) in program.nodes().iter().enumerate() {
        let channels = match node {
            Node::Max { from, .. } => {
                tensors[*from].iter().map(|&range| Range::of_values(range)).collect()
            }
            Node::Unit { shift, quotient_bits, map, .. } => {
                let layout = &program.parameter_layout().nodes()[index];
                let sums = Analysis { program, parameters, tensors: &tensors }.sums(node, layout);
                let map = &program.maps()[*map];
                let range = |&sums: &Interval| {
                    Range::new(sums, *shift, *quotient_bits, map).map_err(|o| o.at(index))
                };
                sums.iter().map(range).collect::<Result<Vec<_>, _>>()?
            }
        };
        tensors.push(channels.iter().map(|range| range.values).collect());
        ranges.extend(channels.into_iter().reduce(Range::hull));
    }
    Ok(ranges)
}

impl Interval {
    const ZERO: Self = Self { low: 0, high: 0 };

    /// The smallest interval that holds both.
    fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// All products of a number of either.
    fn times(self, other: Self) -> Self {
        let ends = [self.low * other.low, self.low * other.high, self.high * other.low];
        let last = self.high * other.high;
        let all = Self { low: last, high: last };
        ends.into_iter().fold(all, |all, end| all.hull(Self { low: end, high: end }))
    }

    fn scaled(self, factor: i32) -> Self {
        self.times(Self { low: factor.into(), high: factor.into() })
    }
}

impl Range {
    fn of_values(values: Interval) -> Self {
        Self { sums: values, quotients: values, values }
    }

    fn hull(self, other: Self) -> Self {
        Self {
            sums: self.sums.hull(other.sums),
            quotients: self.quotients.hull(other.quotients),
            values: self.values.hull(other.values),
        }
    }

    fn new(sums: Interval, shift: u8, bits: u8, map: &Map) -> Result<Self, Overflow> {
        let Interval { low, high } = sums;
        let limit = i128::from(CENTRED_MAX);
        if low < -limit || limit < high {
            return Err(Overflow::Sum { node: 0, low, high });
        }
        let (low, high) = (low >> shift, high >> shift);
        let half = 1 << (bits - 1);
        if low < -half || half <= high {
            return Err(Overflow::Quotient { node: 0, low, high, bits });
        }
        let values = match map {
            Map::Table(values) => {
                // Within the table, as quotients have `bits` bits.
                let reached = &values[(low + half) as usize..=(high + half) as usize];
                let ends = reached.iter().min().zip(reached.iter().max());
                ends.map_or(Interval::ZERO, |(&low, &high)| Interval {
                    low: low.into(),
                    high: high.into(),
                })
            }
            // Both are monotone; quotients have 16 bits.
            Map::Identity | Map::Clamp { .. } => Interval {
                low: map.apply(low as i16, bits).into(),
                high: map.apply(high as i16, bits).into(),
            },
        };
        Ok(Self { sums, quotients: Interval { low, high }, values })
    }
}

impl Overflow {
    fn at(self, node: usize) -> Self {
        match self {
            Self::Sum { low, high, .. } => Self::Sum { node, low, high },
            Self::Quotient { low, high, bits, .. } => Self::Quotient { node, low, high, bits },
        }
    }
}

/// What is known before a node.
struct Analysis<'a> {
    program: &'a Program,
    parameters: &'a Parameters,
    /// For each tensor so far, the values of each channel.
    tensors: &'a [Vec<Interval>],
}

impl Analysis<'_> {
    fn sums(&self, node: &Node, layout: &NodeLayout) -> Vec<Interval> {
        let Node::Unit { terms, shape, .. } = node else { return Vec::new() };
        let mut sums = vec![Interval::ZERO; shape.channels as usize];
        if let Some(bias) = layout.bias {
            let cells = &self.parameters.cells()[bias.at..];
            for (sum, &bias) in sums.iter_mut().zip(cells) {
                *sum = Interval { low: bias.into(), high: bias.into() };
            }
        }
        for (term, kernel) in terms.iter().zip(&layout.terms) {
            match (term, kernel) {
                (Term::Fixed { from, .. }, _) => self.add_fixed(&mut sums, *from, term),
                (Term::Mixed { from, rows, columns, .. }, Some(kernel)) => {
                    self.add_mixed(&mut sums, *from, [rows, columns], kernel);
                }
                (Term::Product { left, right }, _) => {
                    let pairs = self.tensors[*left].iter().zip(&self.tensors[*right]);
                    for (sum, (&left, &right)) in sums.iter_mut().zip(pairs) {
                        *sum = sum.plus(left.times(right));
                    }
                }
                (Term::Mixed { .. }, None) => {}
            }
        }
        sums
    }

    fn add_fixed(&self, sums: &mut [Interval], from: usize, term: &Term) {
        let Term::Fixed { rows, columns, channels, factor, .. } = term else { return };
        let size = self.program.tensor(from);
        let [(full_rows, some_rows), (full_columns, some_columns)] =
            [census(rows, size.height), census(columns, size.width)];
        // Taps that every output has, and taps that outputs at the edge lack.
        let full = full_rows * full_columns;
        let partial = some_rows * some_columns - full;
        let times = |interval: Interval, count: i128| Interval {
            low: interval.low * count,
            high: interval.high * count,
        };
        for (output, sum) in (0..).zip(sums) {
            for tap in channels.taps_of(output, size.channels) {
                let Some(input) = channels.input(output, tap, size.channels) else { continue };
                let product = self.tensors[from][input as usize].scaled(*factor);
                let edge = times(product.hull(Interval::ZERO), partial);
                *sum = sum.plus(times(product, full)).plus(edge);
            }
        }
    }

    fn add_mixed(
        &self,
        sums: &mut [Interval],
        from: usize,
        [rows, columns]: [&Window; 2],
        kernel: &Kernel,
    ) {
        let size: Shape = self.program.tensor(from);
        let values = &self.tensors[from];
        for (tap, &at) in kernel.taps.iter().enumerate() {
            let [row, column] = [tap as u32 / columns.taps, tap as u32 % columns.taps];
            let reach = [rows.outputs_of(row, size.height), columns.outputs_of(column, size.width)];
            if reach.iter().any(|outputs| outputs.is_empty()) {
                continue;
            }
            let is_full = [rows, columns]
                .iter()
                .zip(&reach)
                .all(|(window, outputs)| outputs.len() == window.outputs as usize);
            for group in 0..kernel.groups {
                let sums = &mut sums[group * kernel.outputs..][..kernel.outputs];
                for input in 0..kernel.inputs {
                    let value = values[group * kernel.inputs + input];
                    let weights = &self.parameters.cells()[at + kernel.row(group, input)..];
                    for (sum, &weight) in sums.iter_mut().zip(weights) {
                        let product = value.scaled(weight);
                        let edge = if is_full { product } else { product.hull(Interval::ZERO) };
                        *sum = sum.plus(edge);
                    }
                }
            }
        }
    }
}

/// How many taps every output has, and how many any output has.
fn census(window: &Window, size: u32) -> (i128, i128) {
    let mut counts = (0, 0);
    for tap in 0..window.taps {
        let outputs = window.outputs_of(tap, size);
        counts.0 += i128::from(outputs.len() == window.outputs as usize);
        counts.1 += i128::from(!outputs.is_empty());
    }
    counts
}
