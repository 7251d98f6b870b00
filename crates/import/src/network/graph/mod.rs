//! A network of floats: what readers make and the quantiser reads.
//!
//! Tensors have the shape `[height, width, channels]`; there is no batch. Tensor 0 is the input, tensor
//! `i + 1` is made by node `i`, the last one is the answer: a number per class, whose greatest wins, or one number.
//! [`Graph::push`] checks every step and knows its shape; a graph that exists can be executed.

mod compose;
mod exec;
mod fault;
mod function;
mod window;

#[cfg(test)]
mod tests;

pub use compose::Axes;
pub use exec::Trace;
pub use fault::Fault;
pub use function::Function;
pub use window::{AXIS_MAX, Window};

use assay_model::{CLASSES_MAX, FEATURES_MAX};

/// Most steps.
pub const NODES_MAX: usize = 4096;
/// Most cells of a tensor.
pub const CELLS_MAX: usize = 1 << 22;
/// Most parameters.
pub const PARAMETERS_MAX: usize = 1 << 23;
/// Most rows of a table that are told apart by number: each is a column of comparisons.
pub const VOCABULARY_MAX: usize = 512;
/// Most multiplications of one answer.
pub const WORK_MAX: usize = 1 << 31;

/// The lengths of a tensor's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Channels, the innermost axis.
    pub channels: usize,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}, {}, {}]", self.height, self.width, self.channels)
    }
}

impl Shape {
    /// Keeps the three lengths.
    pub fn new(height: usize, width: usize, channels: usize) -> Self {
        Self { height, width, channels }
    }

    /// A list of numbers.
    pub fn flat(channels: usize) -> Self {
        Self::new(1, 1, channels)
    }

    /// Number of cells; [`Graph::push`] has seen that it does not overflow.
    pub fn cells(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Whether there is one place only.
    pub fn is_flat(&self) -> bool {
        self.height == 1 && self.width == 1
    }

    fn checked(self) -> Result<Self, Fault> {
        let cells = self.height.checked_mul(self.width).and_then(|n| n.checked_mul(self.channels));
        match cells {
            Some(1..=CELLS_MAX) if self.height.max(self.width).max(self.channels) <= AXIS_MAX => {
                Ok(self)
            }
            _ => Err(Fault::Size(self)),
        }
    }
}

/// A convolution; a dense layer is one whose windows are full.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// The tensor that is read.
    pub from: usize,
    /// The window along the height.
    pub rows: Window,
    /// The window along the width.
    pub columns: Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
    /// Channels that are made.
    pub outputs: usize,
    /// Shape `[taps of rows, taps of columns, groups, inputs / groups, outputs / groups]`.
    pub weights: Vec<f32>,
    /// One for each output channel.
    pub bias: Vec<f32>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Weighted sums.
    Linear(Linear),
    /// `factor·x + offset`, with numbers for each channel, or for each cell.
    Scale {
        /// The tensor that is read.
        from: usize,
        /// One for each channel or cell.
        factors: Vec<f32>,
        /// As many.
        offsets: Vec<f32>,
    },
    /// Sums over windows, times a factor: pooling, slices, padding, up-sampling.
    Fixed {
        /// The tensor that is read.
        from: usize,
        /// The window along the height.
        rows: Window,
        /// The window along the width.
        columns: Window,
        /// The window along the channels.
        channels: Window,
        /// The factor.
        factor: f32,
    },
    /// The greatest number of a window; padding counts for nothing.
    Max {
        /// The tensor that is read.
        from: usize,
        /// The window along the height.
        rows: Window,
        /// The window along the width.
        columns: Window,
    },
    /// Sums of tensors, each times a factor.
    Add {
        /// Tensors and factors.
        terms: Vec<(usize, f32)>,
    },
    /// Channels of several tensors, one after the other.
    Concat {
        /// The tensors.
        parts: Vec<usize>,
    },
    /// Cell by cell, the product of two tensors.
    Product {
        /// One tensor.
        left: usize,
        /// The other.
        right: usize,
    },
    /// A function of every cell.
    Map {
        /// The tensor that is read.
        from: usize,
        /// The function.
        function: Function,
    },
}

impl Node {
    /// The tensors that are read.
    pub fn reads(&self) -> Vec<usize> {
        match self {
            Self::Linear(Linear { from, .. })
            | Self::Scale { from, .. }
            | Self::Fixed { from, .. }
            | Self::Max { from, .. }
            | Self::Map { from, .. } => vec![*from],
            Self::Add { terms } => terms.iter().map(|term| term.0).collect(),
            Self::Concat { parts } => parts.clone(),
            Self::Product { left, right } => vec![*left, *right],
        }
    }

    /// Renames the tensors that are read.
    pub fn rename(&mut self, name: impl Fn(usize) -> usize) {
        match self {
            Self::Linear(Linear { from, .. })
            | Self::Scale { from, .. }
            | Self::Fixed { from, .. }
            | Self::Max { from, .. }
            | Self::Map { from, .. } => *from = name(*from),
            Self::Add { terms } => terms.iter_mut().for_each(|term| term.0 = name(term.0)),
            Self::Concat { parts } => parts.iter_mut().for_each(|part| *part = name(*part)),
            Self::Product { left, right } => (*left, *right) = (name(*left), name(*right)),
        }
    }

    /// Its name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Linear(linear) if linear.rows.taps * linear.columns.taps == 1 => "dense",
            Self::Linear(linear) if 1 < linear.groups => "grouped convolution",
            Self::Linear(_) => "convolution",
            Self::Scale { .. } => "scale",
            Self::Fixed { .. } => "sum",
            Self::Max { .. } => "maximum",
            Self::Add { .. } => "addition",
            Self::Concat { .. } => "concatenation",
            Self::Product { .. } => "product",
            Self::Map { .. } => "function",
        }
    }
}

/// Checked steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    shapes: Vec<Shape>,
    nodes: Vec<Node>,
    parameters: usize,
    work: usize,
}

impl Graph {
    /// Begins with an input.
    pub fn new(input: Shape) -> Result<Self, Fault> {
        let input = input.checked()?;
        if FEATURES_MAX < input.cells() {
            return Err(Fault::Features { got: input.cells() });
        }
        Ok(Self { shapes: vec![input], nodes: Vec::new(), parameters: 0, work: 0 })
    }

    /// The steps.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The shape of every tensor, the input first.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The input's shape.
    pub fn input(&self) -> Shape {
        self.shapes[0]
    }

    /// Number of weights, biases, factors and offsets.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Multiplications of one answer.
    pub fn work(&self) -> usize {
        self.work
    }

    /// The number of the last tensor.
    pub fn last(&self) -> usize {
        self.nodes.len()
    }

    /// How many numbers the last tensor has: one for each class, or the one that is the answer.
    pub fn outputs(&self) -> Result<usize, Fault> {
        let shape = self.shapes[self.last()];
        match shape.channels {
            outputs @ 1..=CLASSES_MAX if shape.is_flat() => Ok(outputs),
            _ => Err(Fault::Answer(shape)),
        }
    }

    /// Appends a step, and returns the number of the tensor that it makes.
    pub fn push(&mut self, node: Node) -> Result<usize, Fault> {
        if self.nodes.len() == NODES_MAX {
            return Err(Fault::Steps);
        }
        if node.reads().iter().any(|&tensor| self.shapes.len() <= tensor) {
            return Err(Fault::Order);
        }
        let shape = self.infer(&node)?;
        self.nodes.push(node);
        self.shapes.push(shape);
        Ok(self.last())
    }

    fn infer(&mut self, node: &Node) -> Result<Shape, Fault> {
        match node {
            Node::Linear(linear) => self.linear(linear),
            Node::Scale { from, factors, offsets } => {
                let shape = self.shapes[*from];
                let expected =
                    if factors.len() == shape.channels { shape.channels } else { shape.cells() };
                self.numbers(factors, expected)?;
                self.numbers(offsets, expected)?;
                self.count_work(shape, 1)?;
                Ok(shape)
            }
            Node::Fixed { rows, columns, channels, factor, .. } => {
                self.numbers(&[*factor], 1)?;
                self.windowed([rows, columns, channels])
            }
            Node::Max { from, rows, columns } => {
                let source = self.shapes[*from];
                let shape = self.windowed([rows, columns, &Window::identity(source.channels)])?;
                // A window of nothing but padding has no maximum.
                let is_empty = |window: &Window, size| {
                    let mut outputs = 0..window.outputs;
                    outputs.any(|o| (0..window.taps).all(|k| window.at(o, k, size).is_none()))
                };
                if is_empty(rows, source.height) || is_empty(columns, source.width) {
                    return Err(Fault::Window);
                }
                Ok(shape)
            }
            Node::Add { terms } => {
                let first = terms.first().ok_or(Fault::Order)?;
                self.count_work(self.shapes[first.0], terms.len())?;
                self.numbers(&terms.iter().map(|term| term.1).collect::<Vec<_>>(), terms.len())?;
                terms
                    .iter()
                    .try_fold(self.shapes[first.0], |shape, term| equal(shape, self.shapes[term.0]))
            }
            Node::Concat { parts } => {
                let first = self.shapes[*parts.first().ok_or(Fault::Order)?];
                let mut channels = 0_usize;
                for &part in parts {
                    let shape = self.shapes[part];
                    equal(Shape { channels: shape.channels, ..first }, shape)?;
                    channels += shape.channels;
                }
                let shape = Shape { channels, ..first }.checked()?;
                self.count_work(shape, 1)?;
                Ok(shape)
            }
            Node::Product { left, right } => {
                self.count_work(self.shapes[*left], 1)?;
                equal(self.shapes[*left], self.shapes[*right])
            }
            Node::Map { from, function } => {
                if !function.is_sound() {
                    return Err(Fault::NotFinite);
                }
                self.count_work(self.shapes[*from], 32)?;
                Ok(self.shapes[*from])
            }
        }
    }

    fn linear(&mut self, linear: &Linear) -> Result<Shape, Fault> {
        let Linear { from, rows, columns, groups, outputs, weights, bias } = linear;
        let source = self.shapes[*from];
        let one = Window::identity(1);
        let places = self.windowed([rows, columns, &one])?;
        for channels in [source.channels, *outputs] {
            if *groups == 0 || !channels.is_multiple_of(*groups) || channels == 0 {
                return Err(Fault::Groups { channels, groups: *groups });
            }
        }
        let shape = Shape { channels: *outputs, ..places }.checked()?;
        let each = source.channels / groups;
        let taps = (rows.taps * columns.taps).checked_mul(each);
        let expected = taps.and_then(|taps| taps.checked_mul(*outputs)).ok_or(Fault::Parameters)?;
        self.numbers(weights, expected)?;
        self.numbers(bias, *outputs)?;
        self.count_work(shape, rows.taps * columns.taps * each)?;
        Ok(shape)
    }

    /// The shape that windows make.
    fn windowed(&mut self, windows: [&Window; 3]) -> Result<Shape, Fault> {
        if !windows.iter().all(|window| window.is_bounded()) {
            return Err(Fault::Window);
        }
        let [rows, columns, channels] = windows.map(|window| window.outputs);
        let shape = Shape::new(rows, columns, channels).checked()?;
        let taps = windows.iter().try_fold(1_usize, |taps, window| taps.checked_mul(window.taps));
        self.count_work(shape, taps.ok_or(Fault::Work)?)?;
        Ok(shape)
    }

    fn numbers(&mut self, numbers: &[f32], expected: usize) -> Result<(), Fault> {
        if numbers.len() != expected {
            return Err(Fault::Count { expected, got: numbers.len() });
        }
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(Fault::NotFinite);
        }
        self.parameters += numbers.len();
        if self.parameters <= PARAMETERS_MAX { Ok(()) } else { Err(Fault::Parameters) }
    }

    fn count_work(&mut self, shape: Shape, each: usize) -> Result<(), Fault> {
        let work = shape.cells().checked_mul(each).and_then(|work| work.checked_add(self.work));
        self.work = work.filter(|&work| work <= WORK_MAX).ok_or(Fault::Work)?;
        Ok(())
    }
}

fn equal(expected: Shape, got: Shape) -> Result<Shape, Fault> {
    if expected == got { Ok(got) } else { Err(Fault::Shapes { expected, got }) }
}
