//! Steps of floats to units of integers.
//!
//! Convolutions, sums and scales stay sums as long as they can: a unit is made where a function is
//! applied, or where the numbers themselves are needed. So a residual is added to the convolution's own
//! sum, and rounded once.

use super::cells::{Cells, Part, Sum};
use super::observe::Observed;
use super::unit::{Unit, shape, window};
use super::{Calibration, Error, Meaning, Options};
use crate::network::graph::{Function, Graph, Linear, Node, Shape, Window};
use assay_model::ops::network::{self as model, Map};
use assay_model::regression::Reading;

/// What the last tensor is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer {
    /// Scores of classes.
    Scores,
    /// A number, in so many parts of a unit.
    Number { parts: f64 },
}

/// Steps of the scores, which are compared and not looked up.
const SCORE_STEPS: f64 = 4095.0;
/// Steps of what a function is applied to.
const TABLE_STEPS: f64 = 1023.0;

/// A node of the program to be.
#[derive(Debug)]
pub(super) enum Step {
    Unit(Unit),
    Max { from: usize, rows: Window, columns: Window, shape: Shape },
}

/// Where a tensor of floats is.
#[derive(Clone, Debug)]
enum Place {
    Cells(Cells),
    Sum(Sum),
}

pub(super) struct Lower<'a> {
    pub(super) graph: &'a Graph,
    observed: &'a [Observed],
    options: &'a Options,
    answer: Answer,
    places: Vec<Place>,
    uses: Vec<usize>,
    /// The program's steps, with what each makes.
    pub(super) steps: Vec<(Step, Meaning)>,
    /// What the answer means, if it is a number.
    pub(super) reading: Reading,
}

/// Lowers all steps.
pub(super) fn lower<'a>(
    graph: &'a Graph,
    observed: &'a [Observed],
    options: &'a Options,
    answer: Answer,
    input: Cells,
) -> Result<Lower<'a>, Error> {
    let mut uses = vec![0; graph.shapes().len()];
    graph.nodes().iter().flat_map(Node::reads).for_each(|tensor| uses[tensor] += 1);
    let places = vec![Place::Cells(input)];
    let (steps, reading) = (Vec::new(), Reading::PLAIN);
    let mut lower = Lower { graph, observed, options, answer, places, uses, steps, reading };
    for (index, node) in graph.nodes().iter().enumerate() {
        let place = lower.node(node, index + 1)?;
        lower.places.push(place);
    }
    match answer {
        Answer::Number { parts } => lower.number(parts)?,
        Answer::Scores => lower.scores(),
    }
    Ok(lower)
}

impl Lower<'_> {
    /// The last unit, whose numbers are compared.
    fn scores(&mut self) {
        let last = self.graph.last();
        let Place::Sum(sum) = self.places[last].clone() else { return };
        let step = self.observed[last].limit(Calibration::MinMax) / SCORE_STEPS;
        let unit = Unit::new(sum, step);
        let meaning = Meaning::plain(last, unit.step);
        self.steps.push((Step::Unit(unit), meaning));
    }

    /// The last tensor as a sum that a unit may have any step of.
    pub(super) fn answer(&mut self) -> Result<Sum, Error> {
        let last = self.graph.last();
        match &self.places[last] {
            Place::Sum(sum) if sum.product().is_none() => Ok(sum.clone()),
            _ => {
                let (cells, shape) = (self.cells(last)?, self.graph.shapes()[last]);
                Ok(Sum::of(identity(&cells, shape, 1.0), shape))
            }
        }
    }

    fn node(&mut self, node: &Node, tensor: usize) -> Result<Place, Error> {
        let made = self.graph.shapes()[tensor];
        Ok(match node {
            Node::Linear(linear) => Place::Sum(self.linear(linear, made)?),
            Node::Scale { from, factors, offsets } => {
                Place::Sum(self.scale(*from, factors, offsets, made)?)
            }
            Node::Fixed { from, rows, columns, channels, factor } => {
                let cells = self.cells(*from)?;
                let part = Part::Fixed {
                    from: cells.tensor,
                    rows: *rows,
                    columns: *columns,
                    channels: *channels,
                    factor: f64::from(*factor) * cells.unit(0),
                    range: (cells.low, cells.high),
                };
                Place::Sum(Sum::of(part, made))
            }
            Node::Max { from, rows, columns } => {
                let cells = self.cells(*from)?;
                let (from, rows, columns) = (cells.tensor, *rows, *columns);
                let step = Step::Max { from, rows, columns, shape: made };
                self.steps.push((step, Meaning::plain(tensor, cells.unit(0))));
                Place::Cells(Cells { tensor: self.steps.len(), ..cells })
            }
            Node::Add { terms } => self.add(terms, made)?,
            Node::Concat { parts } => Place::Sum(self.concat(parts, made)?),
            Node::Product { left, right } => {
                let (left, right) = (self.cells(*left)?, self.cells(*right)?);
                let ends = [left.low * right.low, left.low * right.high, left.high * right.low];
                let last = left.high * right.high;
                let range = ends.iter().fold((last, last), |(a, b), &c| (a.min(c), b.max(c)));
                let factor = left.unit(0) * right.unit(0);
                let (left, right) = (left.tensor, right.tensor);
                Place::Sum(Sum::of(Part::Product { left, right, factor, range }, made))
            }
            Node::Map { from, function } => {
                let sum = match self.sole(*from, |_| true) {
                    Some(sum) => sum,
                    None => Sum::of(identity(&self.cells(*from)?, made, 1.0), made),
                };
                Place::Cells(self.map(sum, Some(function), *from, tensor))
            }
        })
    }

    fn scale(
        &mut self,
        from: usize,
        factors: &[f32],
        offsets: &[f32],
        made: Shape,
    ) -> Result<Sum, Error> {
        let cells = self.cells(from)?;
        if factors.len() != made.channels {
            return Err(Error::ScaleByCell);
        }
        let has_own = 1 < cells.units.len();
        let part = if !has_own && factors.windows(2).all(|pair| pair[0] == pair[1]) {
            identity(&cells, made, factors[0].into())
        } else {
            let weight =
                |(channel, &factor): (usize, &f32)| f64::from(factor) * cells.unit(channel);
            let weights = factors.iter().enumerate().map(weight);
            Part::Mixed {
                from: cells.tensor,
                rows: Window::identity(made.height),
                columns: Window::identity(made.width),
                groups: made.channels,
                weights: weights.collect(),
                range: (cells.low, cells.high),
            }
        };
        let bias = |(channel, (&offset, &factor)): (usize, (&f32, &f32))| {
            let unit = f64::from(factor) * cells.unit(channel);
            f64::from(offset) - unit * cells.offset(channel)
        };
        let bias = offsets.iter().zip(factors).enumerate().map(bias).collect();
        Ok(Sum { parts: vec![part], bias, shape: made })
    }

    fn concat(&mut self, parts: &[usize], made: Shape) -> Result<Sum, Error> {
        let mut sum = Sum { parts: Vec::new(), bias: vec![0.0; made.channels], shape: made };
        let mut at = 0;
        for &part in parts {
            let cells = self.cells(part)?;
            sum.parts.push(Part::Fixed {
                from: cells.tensor,
                rows: Window::identity(made.height),
                columns: Window::identity(made.width),
                channels: Window::slice(-at, made.channels),
                factor: cells.unit(0),
                range: (cells.low, cells.high),
            });
            at += self.graph.shapes()[part].channels as i64;
        }
        Ok(sum)
    }

    fn linear(&mut self, linear: &Linear, made: Shape) -> Result<Sum, Error> {
        let cells = self.cells(linear.from)?;
        let source = self.graph.shapes()[linear.from];
        let Linear { rows, columns, groups, weights, bias, .. } = linear;
        let (rows, columns, groups) = (*rows, *columns, *groups);
        let (inputs, outputs) = (source.channels / groups, made.channels / groups);
        let mut bias: Vec<f64> = bias.iter().map(|&bias| bias.into()).collect();
        let mut scaled = Vec::with_capacity(weights.len());
        for (place, &weight) in weights.iter().enumerate() {
            let channel = place / outputs % source.channels;
            let weight = f64::from(weight) * cells.unit(channel);
            let output = channel / inputs * outputs + place % outputs;
            bias[output] -= weight * cells.offset(channel);
            scaled.push(weight);
        }
        let range = (cells.low, cells.high);
        let from = cells.tensor;
        let part = Part::Mixed { from, rows, columns, groups, weights: scaled, range };
        Ok(Sum { parts: vec![part], bias, shape: made })
    }

    /// Sums of sums are one sum, unless two products with steps of their own would meet in it.
    fn add(&mut self, terms: &[(usize, f32)], made: Shape) -> Result<Place, Error> {
        let mut all = Sum { parts: Vec::new(), bias: vec![0.0; made.channels], shape: made };
        for &(from, factor) in terms {
            let factor = f64::from(factor);
            let is_fit =
                |sum: &Sum| sum.product().is_none() || all.product().is_none() && factor == 1.0;
            match self.sole(from, is_fit) {
                Some(sum) => {
                    let mut parts = sum.parts;
                    if factor != 1.0 {
                        parts.iter_mut().for_each(|part| part.scale(factor));
                    }
                    all.parts.extend(parts);
                    all.bias.iter_mut().zip(&sum.bias).for_each(|(a, b)| *a += factor * b);
                }
                None => all.parts.push(identity(&self.cells(from)?, made, factor)),
            }
        }
        Ok(Place::Sum(all))
    }

    /// Takes a sum that is read once only; a copy of it would hold all its weights once more.
    fn sole(&mut self, tensor: usize, is_fit: impl Fn(&Sum) -> bool) -> Option<Sum> {
        let Place::Sum(sum) = &mut self.places[tensor] else { return None };
        let is_taken = self.uses[tensor] == 1 && is_fit(sum);
        let none = Sum { parts: Vec::new(), bias: Vec::new(), shape: sum.shape };
        is_taken.then(|| std::mem::replace(sum, none))
    }

    /// The integers of a tensor; a sum is made into a unit.
    fn cells(&mut self, tensor: usize) -> Result<Cells, Error> {
        let cells = match self.places[tensor].clone() {
            Place::Cells(cells) => return Ok(cells),
            Place::Sum(sum) => self.map(sum, None, tensor, tensor),
        };
        self.places[tensor] = Place::Cells(cells.clone());
        Ok(cells)
    }

    /// A unit that applies a function, or only saturates.
    fn map(&mut self, sum: Sum, function: Option<&Function>, from: usize, made: usize) -> Cells {
        let observed = &self.observed[made];
        let clip = match function {
            None => Some((f32::NEG_INFINITY, f32::INFINITY)),
            Some(Function::Clip { low, high }) => Some((*low, *high)),
            Some(_) => None,
        };
        let is_positive = 0.0 <= observed.low;
        // Steep functions are parts of softmax and the like, and are multiplied once more. A number that is
        // the answer is no activation.
        let is_answer = matches!(self.answer, Answer::Number { .. }) && made == self.graph.last();
        let is_fine = is_answer || function.is_some_and(Function::is_steep);
        let (bits, calibration, steps) = match is_fine {
            true => (Options::BITS_MAX, Calibration::MinMax, SCORE_STEPS),
            false => (self.options.bits, self.options.calibration, TABLE_STEPS),
        };
        let (low, high) = Options::range_of(bits, is_positive);
        let wanted = observed.limit(calibration) / f64::from(high);
        let (unit, step) = match clip {
            Some((least, most)) => {
                // A copy of integers needs no other steps.
                let mut unit = Unit::new(sum, wanted);
                let step = unit.step;
                // A product's steps may be finer: then there are more of them.
                let top = (wanted / step).max(1.0) * f64::from(high);
                let bottom = (wanted / step).max(1.0) * f64::from(low);
                let bound = |value: f32| (f64::from(value) / step).round();
                unit.map = Map::Clamp {
                    low: bound(least).max(bottom).min(top) as i16,
                    high: bound(most).min(top).max(bottom) as i16,
                };
                (unit, step)
            }
            None => {
                let table = self.observed[from].limit(Calibration::MinMax) / steps;
                let mut unit = Unit::new(sum, table);
                let half = 1_i32 << (unit.quotient_bits - 1);
                let value = |quotient: i32| {
                    let x = f64::from(quotient) * unit.step;
                    let y = function.map_or(x, |function| function.apply(x));
                    // NaN becomes 0.
                    (y / wanted).round().clamp(low.into(), high.into()) as i16
                };
                unit.map = Map::Table((-half..half).map(value).collect());
                (unit, wanted)
            }
        };
        let (low, high) = match &unit.map {
            Map::Clamp { low, high } => (*low, *high),
            Map::Table(values) => {
                values.iter().fold((i16::MAX, i16::MIN), |(a, b), &c| (a.min(c), b.max(c)))
            }
            Map::Identity => (i16::MIN, i16::MAX),
        };
        self.steps.push((Step::Unit(unit), Meaning::plain(made, step)));
        Cells {
            tensor: self.steps.len(),
            units: vec![step],
            offsets: vec![0.0],
            low: low.into(),
            high: high.into(),
        }
    }
}

/// The same cells times a factor.
fn identity(cells: &Cells, shape: Shape, factor: f64) -> Part {
    Part::Fixed {
        from: cells.tensor,
        rows: Window::identity(shape.height),
        columns: Window::identity(shape.width),
        channels: Window::identity(shape.channels),
        factor: factor * cells.unit(0),
        range: (cells.low, cells.high),
    }
}

impl Meaning {
    /// Steps of a tensor whose zero is zero.
    pub(super) fn plain(tensor: usize, step: f64) -> Self {
        Self { tensor, step, offset: 0.0 }
    }
}

impl Step {
    /// The program's node for a maximum.
    pub(super) fn max(&self) -> Option<model::Node> {
        match self {
            Self::Max { from, rows, columns, shape: made } => Some(model::Node::Max {
                from: *from,
                rows: window(rows),
                columns: window(columns),
                shape: shape(*made),
            }),
            Self::Unit(_) => None,
        }
    }
}
