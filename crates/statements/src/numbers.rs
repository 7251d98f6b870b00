//! Numbers that answer rows, tied to what a layer puts out.
//!
//! # Claim
//!
//! With o_i the first n cells of a layer's column of outputs, the numbers are offset + step·o_i. They are
//! public, or a column of cells, which is zero behind the last row:
//!
//! ```text
//! step·o_i + offset = y_i    for i < n        y_i = 0    for n ≤ i < 2^r
//! ```
//!
//! in the field. Numbers are those nearest to zero, so that public ones are these integers.
//!
//! # Transcript
//!
//! ρ among rows; nothing is sent. Soundness error r/|EF|.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use assay_engine::cells::Block;
use assay_engine::channel::Verifier;
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::relations::{Relation, Relations, Row, Stride};
use assay_model::regression::Reading;
use p3_field::PrimeCharacteristicRing;

/// Where the numbers are.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    /// Everybody has them.
    Public(Vec<F>),
    /// In cells.
    Column(Block),
}

/// The tie between outputs and numbers.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) outputs: Block,
    pub(crate) reading: Reading,
    pub(crate) rows: usize,
    /// Binary logarithm of a column of numbers.
    pub(crate) log: usize,
    pub(crate) values: Values,
}

impl Numbers {
    /// Records that the numbers are what the outputs stand for.
    pub(crate) fn verify(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let rho = verifier.challenges(self.log);
        let id = relations.point(&rho);
        let (step, offset) = (F::from_u32(self.reading.step()), F::from_i32(self.reading.offset()));
        let weights = mle::eq_table(&rho);
        let mut public: EF = weights.iter().take(self.rows).map(|&eq| eq * offset).sum();
        if let Values::Public(values) = &self.values {
            public -= weights.iter().zip(values).map(|(&eq, &value)| eq * value).sum::<EF>();
        }
        let mut relation = Relation::new(Linear::public(public));
        let real = Row::Every(Stride { first: 0, step: 1, count: self.rows });
        relation.read_row(EF::from(step), self.outputs, id, real);
        if let Values::Column(column) = self.values {
            relation.read(-EF::ONE, column, id);
        }
        relations.push(relation);
    }

    /// Draws the point at which the verifier compares; nothing is sent.
    #[cfg(feature = "prove")]
    pub(crate) fn prove(&self, prover: &mut assay_engine::channel::Prover<'_>) {
        prover.challenges(self.log);
    }
}

#[cfg(feature = "prove")]
impl Numbers {
    /// Fills the column; the outputs are there already.
    #[allow(clippy::indexing_slicing, reason = "the prover's own cells")]
    pub(crate) fn fill(&self, cells: &mut [F]) {
        let Values::Column(column) = self.values else { return };
        let (step, offset) = (F::from_u32(self.reading.step()), F::from_i32(self.reading.offset()));
        let outputs = &cells[self.outputs.range()];
        let numbers: Vec<F> =
            outputs.iter().take(self.rows).map(|&output| step * output + offset).collect();
        let column = &mut cells[column.range()];
        column.fill(F::ZERO);
        column.iter_mut().zip(numbers).for_each(|(cell, number)| *cell = number);
    }
}
