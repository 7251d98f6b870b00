//! What a network of floats answers.
//!
//! Sums are made in 64 bits, so that runtimes, which sum in 32 bits in an order of their own, differ
//! from this by their own rounding only.

use super::{Graph, Linear, Node, Shape, Window};

/// All tensors of one answer, the input first.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The cells of each tensor.
    pub tensors: Vec<Vec<f32>>,
}

impl Trace {
    /// The place of the greatest number of the last tensor, the lowest one on a tie.
    pub fn class(&self) -> usize {
        let answer = self.tensors.last().map_or(&[][..], Vec::as_slice);
        (1..answer.len())
            .fold(0, |best, class| if answer[best] < answer[class] { class } else { best })
    }
}

impl Graph {
    /// Answers a row, which has as many numbers as the input has cells.
    ///
    /// # Panics
    ///
    /// If the row has another length.
    pub fn exec(&self, row: &[f32]) -> Trace {
        assert_eq!(
            row.len(),
            self.input().cells(),
            "a row has a number for each cell of the input"
        );
        let mut tensors = Vec::with_capacity(self.shapes.len());
        tensors.push(row.to_vec());
        for (node, shape) in self.nodes.iter().zip(&self.shapes[1..]) {
            let made = self.step(node, *shape, &tensors);
            tensors.push(made);
        }
        Trace { tensors }
    }

    fn step(&self, node: &Node, shape: Shape, tensors: &[Vec<f32>]) -> Vec<f32> {
        match node {
            Node::Linear(linear) => {
                convolve(linear, self.shapes[linear.from], shape, &tensors[linear.from])
            }
            Node::Scale { from, factors, offsets } => {
                let numbers = factors.iter().zip(offsets).cycle();
                tensors[*from].iter().zip(numbers).map(|(x, (a, b))| a * x + b).collect()
            }
            Node::Fixed { from, rows, columns, channels, factor } => {
                let windows = [rows, columns, channels];
                let sum = |x: Option<f64>, y: f32| Some(x.unwrap_or(0.0) + f64::from(y));
                let made = pool(windows, self.shapes[*from], &tensors[*from], sum);
                let value = |sum: Option<f64>| (sum.unwrap_or(0.0) * f64::from(*factor)) as f32;
                made.into_iter().map(value).collect()
            }
            Node::Max { from, rows, columns } => {
                let windows = [rows, columns, &Window::identity(shape.channels)];
                let max = |x: Option<f32>, y: f32| Some(x.map_or(y, |x| x.max(y)));
                let made = pool(windows, self.shapes[*from], &tensors[*from], max);
                made.into_iter().map(|value| value.unwrap_or(0.0)).collect()
            }
            Node::Add { terms } => {
                let sum =
                    |cell: usize| terms.iter().map(|&(from, a)| a * tensors[from][cell]).sum();
                (0..shape.cells()).map(sum).collect()
            }
            Node::Concat { parts } => {
                let place = |place: usize| {
                    parts.iter().flat_map(move |&part| {
                        let channels = self.shapes[part].channels;
                        &tensors[part][place * channels..(place + 1) * channels]
                    })
                };
                (0..shape.height * shape.width).flat_map(place).copied().collect()
            }
            Node::Product { left, right } => {
                tensors[*left].iter().zip(&tensors[*right]).map(|(x, y)| x * y).collect()
            }
            Node::Map { from, function } => {
                tensors[*from].iter().map(|&x| function.apply(f64::from(x)) as f32).collect()
            }
        }
    }
}

fn pool<T: Copy>(
    [rows, columns, channels]: [&Window; 3],
    source: Shape,
    cells: &[f32],
    join: impl Fn(Option<T>, f32) -> Option<T>,
) -> Vec<Option<T>> {
    let mut made = Vec::with_capacity(rows.outputs * columns.outputs * channels.outputs);
    let reads = |window: &Window, output: usize, size: usize| -> Vec<usize> {
        (0..window.taps).filter_map(|tap| window.at(output, tap, size)).collect()
    };
    let per_channel: Vec<Vec<usize>> =
        (0..channels.outputs).map(|output| reads(channels, output, source.channels)).collect();
    for row in 0..rows.outputs {
        let ys = reads(rows, row, source.height);
        for column in 0..columns.outputs {
            let xs = reads(columns, column, source.width);
            for zs in &per_channel {
                let mut value = None;
                for &y in &ys {
                    for &x in &xs {
                        for &z in zs {
                            value =
                                join(value, cells[(y * source.width + x) * source.channels + z]);
                        }
                    }
                }
                made.push(value);
            }
        }
    }
    made
}

fn convolve(linear: &Linear, source: Shape, shape: Shape, cells: &[f32]) -> Vec<f32> {
    let Linear { rows, columns, groups, weights, bias, .. } = linear;
    let (inputs, outputs) = (source.channels / groups, shape.channels / groups);
    let mut made = Vec::with_capacity(shape.cells());
    let mut sums = vec![0.0_f64; shape.channels];
    for row in 0..rows.outputs {
        for column in 0..columns.outputs {
            sums.iter_mut().zip(bias).for_each(|(sum, &bias)| *sum = f64::from(bias));
            for tap in 0..rows.taps * columns.taps {
                let y = rows.at(row, tap / columns.taps, source.height);
                let x = columns.at(column, tap % columns.taps, source.width);
                let (Some(y), Some(x)) = (y, x) else { continue };
                let start = (y * source.width + x) * source.channels;
                let of_tap = &weights[tap * source.channels * outputs..];
                let read = &cells[start..start + source.channels];
                for (channel, (&value, of_channel)) in
                    read.iter().zip(of_tap.chunks_exact(outputs)).enumerate()
                {
                    let group = channel / inputs;
                    let sums = &mut sums[group * outputs..(group + 1) * outputs];
                    for (sum, &weight) in sums.iter_mut().zip(of_channel) {
                        *sum += f64::from(value) * f64::from(weight);
                    }
                }
            }
            made.extend(sums.iter().map(|&sum| sum as f32));
        }
    }
    made
}
