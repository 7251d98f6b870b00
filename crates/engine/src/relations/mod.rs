//! Linear relations on committed cells, and the one functional that stands for all of them.
//!
//! A circuit's verifier ends in relations
//!
//! ```text
//! Σ_k coeff_k · Σ_i w_k(i)·f(block_k, i)  +  (linear expression in pads)  =  0,
//! w(i) = eq(point, i),   for the next row   w(i) = eq(point, i − 1),   or one of the forms of [`Row`].
//! ```
//!
//! In the place of a point weights may be said outright: a *tensor* reads the block as axes of
//! powers of two and weighs a cell by the product of a number per axis, w(i_1, …, i_k) = Π_a
//! v_a(i_a), which costs the verifier Σ_a |v_a|; *lanes* are rows that eq weighs times a vector
//! within the row, *rows* the same for rows of any length, at a cost of their length times the number
//! of variables; *sparse* weights name their cells.
//!
//! Batched by powers of a challenge γ they are one claim Σ_x W(x)·f(x) = T with W and T public. If
//! a relation is false, at most `relations − 1` values of γ hide it: error `relations / |EF|`.

#[cfg(feature = "prove")]
mod dense;
mod functional;
#[cfg(test)]
mod tests;
mod weights;

pub use functional::Functional;
pub use weights::Axis;

use crate::cells::Block;
use crate::field::EF;
use crate::linear::Linear;
use weights::Weights;

/// Most relations of a proof, those of the pads' products included. Statements count the error of so
/// many; a circuit that records more is refused.
pub const RELATIONS_MAX: usize = 1 << 16;

/// Names a point of a [`Relations`] value, or weights that take the place of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PointId(usize);

/// Which weight a cell gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// eq(point, i): the reading at the point.
    Same,
    /// eq(point, i − 1), zero for i = 0: the reading of the next row at the point.
    Next,
    /// eq(point, i − 2^log), zero for i < 2^log: the next row of each of 2^log interleaved columns.
    After(u8),
    /// eq(point, r) for i = first + step·r with r < count, else zero: every step-th row.
    Every(Stride),
}

/// The rows first, first + step, … of a block, `count` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stride {
    /// The first row.
    pub first: usize,
    /// The distance between rows.
    pub step: usize,
    /// The number of rows.
    pub count: usize,
}

/// coeff · (weighted sum of the cells of a block).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The factor.
    pub coeff: EF,
    /// The cells; as many as the point has corners, or more for [`Row::Every`].
    pub block: Block,
    /// The weights' point.
    pub point: PointId,
    /// The weights' shift.
    pub row: Row,
}

/// A relation: the readings and the expression sum to zero.
#[derive(Clone, Debug, Default)]
pub struct Relation {
    pub(crate) readings: Vec<Reading>,
    pub(crate) rest: Linear,
}

impl Relation {
    /// Starts from an expression.
    pub fn new(rest: Linear) -> Self {
        Self { readings: Vec::new(), rest }
    }

    /// Adds `coeff` times the reading of `block` at `point`.
    pub fn read(&mut self, coeff: EF, block: Block, point: PointId) {
        self.readings.push(Reading { coeff, block, point, row: Row::Same });
    }

    /// Adds `coeff` times the reading of `block`, one row on, at `point`.
    pub fn read_next(&mut self, coeff: EF, block: Block, point: PointId) {
        self.readings.push(Reading { coeff, block, point, row: Row::Next });
    }

    /// Adds `coeff` times the reading of `block` with these weights.
    pub fn read_row(&mut self, coeff: EF, block: Block, point: PointId, row: Row) {
        self.readings.push(Reading { coeff, block, point, row });
    }

    /// Adds a public value.
    pub fn add_public(&mut self, value: EF) {
        self.rest.add_public(value);
    }

    /// Adds `factor · expression`.
    pub fn add(&mut self, expression: &Linear, factor: EF) {
        self.rest.add(expression, factor);
    }
}

/// All relations of a proof. The point of a single cell, [`Relations::CELL`], is always there.
#[derive(Clone, Debug)]
pub struct Relations {
    points: Vec<Weights>,
    relations: Vec<Relation>,
}

impl Default for Relations {
    fn default() -> Self {
        Self { points: vec![Weights::Point(Vec::new())], relations: Vec::new() }
    }
}

impl Relations {
    /// The point without coordinates: the reading of a single cell is the cell.
    pub const CELL: PointId = PointId(0);

    /// Keeps a point and names it.
    pub fn point(&mut self, point: &[EF]) -> PointId {
        self.keep(Weights::Point(point.to_vec()))
    }

    /// Keeps the weights of a tensor, outermost axis first, and names them.
    pub fn tensor(&mut self, axes: Vec<Axis>) -> PointId {
        self.keep(Weights::Tensor(axes))
    }

    /// Keeps the weights of rows of cells: eq(point, row), times a weight for each cell of a row.
    pub fn lanes(&mut self, point: &[EF], lanes: Axis) -> PointId {
        self.keep(Weights::Lanes { point: point.to_vec(), lanes })
    }

    /// Keeps the weights of the first `count` rows of as many cells as there are weights, one row
    /// after the other: eq(point, row), times the cell's weight.
    pub fn rows(&mut self, point: &[EF], count: usize, cells: Vec<EF>) -> PointId {
        self.keep(Weights::Rows { point: point.to_vec(), count, cells })
    }

    /// Keeps the weights of single cells of a block, and names them. Cells that stand more than
    /// once weigh their sum.
    pub fn sparse(&mut self, entries: Vec<(usize, EF)>) -> PointId {
        self.keep(Weights::Sparse(entries))
    }

    fn keep(&mut self, weights: Weights) -> PointId {
        self.points.push(weights);
        PointId(self.points.len().saturating_sub(1))
    }

    /// Records a relation.
    pub fn push(&mut self, relation: Relation) {
        debug_assert!(
            relation.readings.iter().all(|reading| {
                let weights = self.points.get(reading.point.0);
                weights.is_some_and(|weights| weights.fits(reading.row, reading.block.log))
            }),
            "a reading has as many weights as its block has cells"
        );
        self.relations.push(relation);
    }

    /// Records that an expression is zero.
    pub fn push_zero(&mut self, expression: Linear) {
        self.push(Relation::new(expression));
    }

    /// Number of relations recorded so far.
    pub fn count(&self) -> usize {
        self.relations.len()
    }
}
