//! Linear relations on committed cells, and the one functional that stands for all of them.
//!
//! A circuit's verifier ends in relations
//!
//! ```text
//! Σ_k coeff_k · Σ_i w_k(i)·f(block_k, i)  +  (linear expression in pads)  =  0,
//! w(i) = eq(point, i),   for the next row   w(i) = eq(point, i − 1),   or one of the forms of [`Row`].
//! ```
//!
//! Batched by powers of a challenge γ they are one claim Σ_x W(x)·f(x) = T with W and T public. If
//! a relation is false, at most `relations − 1` values of γ hide it: error `relations / |EF|`.

#[cfg(feature = "prove")]
mod dense;
mod functional;
#[cfg(test)]
mod tests;

pub use functional::Functional;

use crate::cells::Block;
use crate::field::EF;
use crate::linear::Linear;

/// Names a point of a [`Relations`] value.
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
    points: Vec<Vec<EF>>,
    relations: Vec<Relation>,
}

impl Default for Relations {
    fn default() -> Self {
        Self { points: vec![Vec::new()], relations: Vec::new() }
    }
}

impl Relations {
    /// The point without coordinates: the reading of a single cell is the cell.
    pub const CELL: PointId = PointId(0);

    /// Keeps a point and names it.
    pub fn point(&mut self, point: &[EF]) -> PointId {
        self.points.push(point.to_vec());
        PointId(self.points.len().saturating_sub(1))
    }

    /// Records a relation.
    pub fn push(&mut self, relation: Relation) {
        debug_assert!(
            relation.readings.iter().all(|reading| {
                let len = self.points.get(reading.point.0).map(Vec::len);
                matches!(reading.row, Row::Every(_)) || len == Some(reading.block.log)
            }),
            "a reading's point has as many corners as its block has cells"
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
