//! The prover's half.

use super::verify::public;
use super::{Regression, Unfit};
use crate::accuracy::Scored;
use crate::circuit::{self, Circuit, Opened, Proven};
use crate::commit::{Salt, chain, salted};
use assay_engine::poseidon2::Compressor;
use assay_engine::session::{self, Progress};
use assay_layers::Layer;
use assay_model::Ordered;
use assay_model::ops::{forest::ForestTable, network::Network};
use assay_model::regression::{Reading, Table};

/// What the prover knows and the verifier does not, and the rows.
#[derive(Debug)]
pub struct Witness<'a, M> {
    /// The model.
    pub model: &'a M,
    /// The salt of its commitment.
    pub salt: &'a Salt,
    /// The rows.
    pub table: &'a Table,
}

/// Why nothing was proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The claim is false.
    #[error("the claim is false: the squared errors add up to {sum}, the bound is {bound}")]
    False {
        /// The sum of the squared errors, in squared parts of the unit.
        sum: u128,
        /// The greatest sum that meets the fraction.
        bound: u128,
    },
    /// An answer is too far from its target.
    #[error("row {row} is answered too far from its target for the declared range")]
    Far {
        /// The row, counted from 0.
        row: usize,
    },
    /// The statement makes no sense for the table.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The witness is not the one that the statement is about.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The model leads some row nowhere.
    #[error(transparent)]
    Unprovable(#[from] assay_layers::Unprovable),
    /// The proof could not be made.
    #[error(transparent)]
    Engine(session::CommitError),
    /// Whoever follows the proof stopped it.
    #[error(transparent)]
    Cancelled(#[from] session::Cancelled),
}

crate::from_engine!(ProveError);

impl From<circuit::Unfit> for ProveError {
    fn from(reason: circuit::Unfit) -> Self {
        Self::Unfit(reason.into())
    }
}

/// A model that answers with numbers: a forest or a network of one output.
pub trait Regressor: Scored {
    /// The output that stands for the number that answers a row.
    #[doc(hidden)]
    fn output(&self, row: &[Ordered]) -> Option<i32>;
}

impl Regressor for ForestTable {
    fn output(&self, row: &[Ordered]) -> Option<i32> {
        self.number(row)
    }
}

impl Regressor for Network {
    fn output(&self, row: &[Ordered]) -> Option<i32> {
        self.number(row)
    }
}

/// Proves `statement` about public rows. `seed` is 32 fresh bytes of the operating system's
/// randomness, used for nothing else; `progress` is told the name of each phase as it begins, and
/// may stop the proof.
pub fn prove<M: Regressor>(
    statement: &Regression,
    witness: &Witness<'_, M>,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let &Witness { model, salt, table } = witness;
    let (stated, claim) = public(statement, table)?;
    let circuit = Circuit::<M::Sizes>::new(&stated, claim, None)?;
    progress.phase("execution")?;
    let compressor = Compressor::default();
    let states = chain(&compressor, model);
    let end = states.last().copied().unwrap_or_default();
    if salted(&compressor, end, salt) != statement.model {
        return Err(ProveError::Mismatch("the commitment is not to this model under this salt"));
    }
    let execution = circuit.layer.execute(model)?;
    if let Some(squares) = &stated.squares {
        let sum = sum(model, squares.reading, table)?;
        if !squares.goal.holds(sum) {
            return Err(ProveError::False { sum, bound: squares.goal.bound });
        }
    }
    let opened = Opened { model: Some((states, salt)), ..Opened::default() };
    let proven = Proven { circuit, model, execution, opened };
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// The sum of the squared errors, each of which must have the bits that the scale declares.
fn sum<M: Regressor>(model: &M, reading: Reading, table: &Table) -> Result<u128, ProveError> {
    let half = 1_i64 << (table.schema().scale().error_bits() - 1);
    let mut sum = 0;
    for (row, &target) in table.targets().iter().enumerate() {
        let answer = model.output(table.rows().row(row)).ok_or(ProveError::Far { row })?;
        let error = i64::from(reading.number(answer)) - i64::from(target);
        if !(-half..half).contains(&error) {
            return Err(ProveError::Far { row });
        }
        sum += u128::from(error.unsigned_abs()).pow(2);
    }
    Ok(sum)
}
