//! Layers that are several steps: softmax, normalisation, look-ups of rows.
//!
//! They are written in steps that the program has, sums, functions and products, so that a proof needs
//! nothing new for them. What is summed or compared over an axis is spread over it again.

use super::{Fault, Function, Graph, Linear, Node, Shape, Window};

/// Axes that a step goes over: height, width, channels.
pub type Axes = [bool; 3];

impl Graph {
    /// Sums over `axes`, times a factor.
    pub fn sum_over(&mut self, from: usize, axes: Axes, factor: f32) -> Result<usize, Fault> {
        let [rows, columns, channels] = self.over(from, axes);
        self.push(Node::Fixed { from, rows, columns, channels, factor })
    }

    /// The greatest number over `axes`. Over channels it takes a comparison of two halves for each
    /// doubling of their number.
    pub fn max_over(&mut self, from: usize, axes: Axes) -> Result<usize, Fault> {
        let [rows, columns, _] = self.over(from, axes);
        let mut from = from;
        if axes[0] || axes[1] {
            from = self.push(Node::Max { from, rows, columns })?;
        }
        while axes[2] && 1 < self.shapes()[from].channels {
            let channels = self.shapes()[from].channels;
            // Of an odd number the halves have one in common.
            let half = channels.div_ceil(2);
            let first = self.slice(from, 0, half)?;
            let second = self.slice(from, channels - half, half)?;
            let difference = self.push(Node::Add { terms: vec![(first, 1.0), (second, -1.0)] })?;
            let ahead = Node::Map { from: difference, function: Function::RELU };
            let ahead = self.push(ahead)?;
            // Once more, so that each is part of one sum only and no tensor is made of it.
            let second = self.slice(from, channels - half, half)?;
            from = self.push(Node::Add { terms: vec![(second, 1.0), (ahead, 1.0)] })?;
        }
        Ok(from)
    }

    /// The greater of two tensors, cell by cell: `b + max(a − b, 0)`.
    pub fn greater(&mut self, left: usize, right: usize) -> Result<usize, Fault> {
        let from = self.push(Node::Add { terms: vec![(left, 1.0), (right, -1.0)] })?;
        let ahead = self.push(Node::Map { from, function: Function::RELU })?;
        self.push(Node::Add { terms: vec![(right, 1.0), (ahead, 1.0)] })
    }

    /// The less of two tensors: `b − max(b − a, 0)`.
    pub fn less(&mut self, left: usize, right: usize) -> Result<usize, Fault> {
        let from = self.push(Node::Add { terms: vec![(right, 1.0), (left, -1.0)] })?;
        let ahead = self.push(Node::Map { from, function: Function::RELU })?;
        self.push(Node::Add { terms: vec![(right, 1.0), (ahead, -1.0)] })
    }

    /// The cells of a tensor at every place of the axes along which it has one and `to` has more.
    pub fn spread(&mut self, from: usize, to: Shape) -> Result<usize, Fault> {
        let source = self.shapes()[from];
        if source == to {
            return Ok(from);
        }
        let window = |from: usize, to: usize| match from {
            1 => Window::repeated(1, to),
            _ => Window::identity(to),
        };
        let [rows, columns, channels] = [
            window(source.height, to.height),
            window(source.width, to.width),
            window(source.channels, to.channels),
        ];
        let is_whole = |from: usize, to: usize| from == 1 || from == to;
        let fits = is_whole(source.height, to.height)
            && is_whole(source.width, to.width)
            && is_whole(source.channels, to.channels);
        if !fits {
            return Err(Fault::Shapes { expected: to, got: source });
        }
        self.push(Node::Fixed { from, rows, columns, channels, factor: 1.0 })
    }

    /// `e^(x − max) / Σ e^(x − max)` over `axes`.
    pub fn softmax(&mut self, from: usize, axes: Axes) -> Result<usize, Fault> {
        let shape = self.shapes()[from];
        let greatest = self.max_over(from, axes)?;
        let greatest = self.spread(greatest, shape)?;
        let below = self.push(Node::Add { terms: vec![(from, 1.0), (greatest, -1.0)] })?;
        let power = self.push(Node::Map { from: below, function: Function::Exp })?;
        let all = self.sum_over(power, axes, 1.0)?;
        let share = self.push(Node::Map { from: all, function: Function::Reciprocal })?;
        let share = self.spread(share, shape)?;
        self.push(Node::Product { left: power, right: share })
    }

    /// `(x − mean) / √(variance + epsilon)` over `axes`.
    pub fn normalise(&mut self, from: usize, axes: Axes, epsilon: f32) -> Result<usize, Fault> {
        let shape = self.shapes()[from];
        let taps = self.over(from, axes).map(|window| window.taps);
        let factor = 1.0 / taps.iter().product::<usize>() as f32;
        let mean = self.sum_over(from, axes, factor)?;
        let mean = self.spread(mean, shape)?;
        let apart = self.push(Node::Add { terms: vec![(from, 1.0), (mean, -1.0)] })?;
        let square = self.push(Node::Map { from: apart, function: Function::square() })?;
        let variance = self.sum_over(square, axes, factor)?;
        let function = Function::inverse_root(epsilon);
        let scale = self.push(Node::Map { from: variance, function })?;
        let scale = self.spread(scale, shape)?;
        self.push(Node::Product { left: apart, right: scale })
    }

    /// A 1 in the channel that each place's one number names, of `count`, and zeros in the others.
    pub fn one_hot(&mut self, from: usize, count: usize) -> Result<usize, Fault> {
        let shape = self.shapes()[from];
        let (rows, columns) = (Window::identity(shape.height), Window::identity(shape.width));
        // At most 2^14 channels: floats count them exactly.
        let bias = (0..count).map(|channel| -(channel as f32)).collect();
        let weights = vec![1.0; count];
        let linear = Linear { from, rows, columns, groups: 1, outputs: count, weights, bias };
        let from = self.push(Node::Linear(linear))?;
        self.push(Node::Map { from, function: Function::IsZero })
    }

    /// Tensors one after the other along an axis: 0 is the height, 1 the width, 2 are the channels.
    pub fn join(&mut self, parts: Vec<usize>, axis: usize) -> Result<usize, Fault> {
        if axis == 2 {
            return self.push(Node::Concat { parts });
        }
        let length = |shape: Shape| if axis == 0 { shape.height } else { shape.width };
        let all = parts.iter().map(|&part| length(self.shapes()[part]));
        let all = all.fold(0_usize, usize::saturating_add);
        let (mut terms, mut at) = (Vec::new(), 0);
        for part in parts {
            let shape = self.shapes()[part];
            // Zeros before and behind, which the other parts fill.
            let moved = Window::slice(-at, all);
            let (rows, columns) = match axis {
                0 => (moved, Window::identity(shape.width)),
                _ => (Window::identity(shape.height), moved),
            };
            let channels = Window::identity(shape.channels);
            terms.push((
                self.push(Node::Fixed { from: part, rows, columns, channels, factor: 1.0 })?,
                1.0,
            ));
            at += length(shape) as i64;
        }
        self.push(Node::Add { terms })
    }

    /// So many channels from `start` on.
    fn slice(&mut self, from: usize, start: usize, count: usize) -> Result<usize, Fault> {
        let shape = self.shapes()[from];
        let (rows, columns) = (Window::identity(shape.height), Window::identity(shape.width));
        let channels = Window::slice(start as i64, count);
        self.push(Node::Fixed { from, rows, columns, channels, factor: 1.0 })
    }

    /// Windows that are full along `axes`.
    fn over(&self, from: usize, axes: Axes) -> [Window; 3] {
        let shape = self.shapes()[from];
        let window = |is_over: bool, size: usize| match is_over {
            true => Window::full(size),
            false => Window::identity(size),
        };
        [
            window(axes[0], shape.height),
            window(axes[1], shape.width),
            window(axes[2], shape.channels),
        ]
    }
}
