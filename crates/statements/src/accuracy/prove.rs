//! The prover's half.

use super::verify::{committed, public, stated};
use super::{Accuracy, Unfit};
use crate::circuit::{self, Circuit, Opened, Proven, Stated};
use crate::commit::{Committed, Salt, chain, salted};
use crate::rows::{Hashed, as_digest};
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_engine::session::{self, Progress};
use assay_layers::{Claim, Goal, Layer, Sizes, forest, network, tree};
use assay_model::ops::{forest::ForestTable, network::Network, tree::NodeTable};
use assay_model::{Ordered, Table};
use assay_types::statement::{ClassScore, Score};

/// What the prover knows and the verifier does not, and the rows.
#[derive(Debug)]
pub struct Witness<'a, M = NodeTable> {
    /// The model.
    pub model: &'a M,
    /// The salt of its commitment.
    pub salt: &'a Salt,
    /// The rows.
    pub table: &'a Table,
}

// Derived, both would demand the same of models.
impl<M> Copy for Witness<'_, M> {}
impl<M> Clone for Witness<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Why nothing was proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The claim is false.
    #[error("the claim is false: {correct} of {rows} rows are answered correctly")]
    False {
        /// Rows answered correctly.
        correct: usize,
        /// All rows.
        rows: usize,
    },
    /// The claim about a class is false, or so barely true that it cannot be said of so many rows.
    #[error(
        "the claim is false: {right} of {given} answers of the class are right, of {positives} rows"
    )]
    FalseFigure {
        /// Rows of the class that are answered with it.
        right: usize,
        /// Rows that are answered with the class.
        given: usize,
        /// Rows of the class.
        positives: usize,
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

/// A model whose score is proven: a tree, a forest or a network.
pub trait Scored: Committed {
    /// Its sizes.
    #[doc(hidden)]
    type Sizes: Sizes<Model = Self>;

    /// What it answers a row.
    #[doc(hidden)]
    fn answer(&self, row: &[Ordered]) -> Option<u16>;

    /// The rank of a class among its answers, from 1 on, if they have ranks.
    #[doc(hidden)]
    fn rank(&self, _row: &[Ordered], _class: u16) -> Option<usize> {
        None
    }
}

/// What `model` answers a row: its label, if that need only be among the best answers, and is.
pub(super) fn answer<M: Scored>(
    model: &M,
    best: Option<u16>,
    (row, label): (&[Ordered], u16),
) -> Option<u16> {
    let is_among = |best: u16| model.rank(row, label).is_some_and(|rank| rank <= best.into());
    if best.is_some_and(is_among) { Some(label) } else { model.answer(row) }
}

impl Scored for NodeTable {
    type Sizes = tree::Shape;

    fn answer(&self, row: &[Ordered]) -> Option<u16> {
        self.exec(row)
    }
}

impl Scored for ForestTable {
    type Sizes = forest::Shape;

    fn answer(&self, row: &[Ordered]) -> Option<u16> {
        self.exec(row)
    }

    fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        self.rank(row, class)
    }
}

impl Scored for Network {
    type Sizes = network::Plan;

    fn answer(&self, row: &[Ordered]) -> Option<u16> {
        self.exec(row)
    }

    fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        self.rank(row, class)
    }
}

/// Proves `statement` about public rows. `seed` is 32 fresh bytes of the operating system's
/// randomness, used for nothing else; `progress` is told the name of each phase as it begins, and
/// may stop the proof.
pub fn prove<M: Scored>(
    statement: &Accuracy,
    witness: &Witness<'_, M>,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let stated = stated(statement)?;
    let claim = public(statement, &stated, witness.table)?;
    let proven = proven(statement, &stated, claim, witness, None, progress)?;
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// Proves `statement` about committed rows, whose commitment has `rows_salt`. Otherwise as
/// [`prove`].
pub fn prove_committed<M: Scored>(
    statement: &Accuracy,
    witness: &Witness<'_, M>,
    rows_salt: &Salt,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let table = witness.table;
    if *table.schema() != statement.schema || table.rows() != statement.rows as usize {
        return Err(Unfit::Data.into());
    }
    let hashed = Hashed::new(&Compressor::default(), table).ok_or(Unfit::Sizes)?;
    if as_digest(&hashed.commitment(rows_salt)) != statement.data {
        return Err(ProveError::Mismatch("the commitment is not to these rows under this salt"));
    }
    let stated = stated(statement)?;
    let claim = committed(statement, &stated, Some(table))?;
    let rows = Some((hashed, rows_salt));
    let proven = proven(statement, &stated, claim, witness, rows, progress)?;
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// The circuit with its witness, if the claim is true.
fn proven<'a, M: Scored>(
    statement: &Accuracy,
    stated: &Stated<'_>,
    claim: Claim<'a>,
    witness: &Witness<'a, M>,
    rows: Option<(Hashed, &'a Salt)>,
    progress: Progress<'_>,
) -> Result<Proven<'a, M::Sizes>, ProveError> {
    let circuit = Circuit::<M::Sizes>::new(stated, claim, None)?;
    progress.phase("execution")?;
    let &Witness { model, salt, table } = witness;
    let states = known(statement, witness)?;
    let execution = circuit.layer.execute(model)?;
    is_true(statement, stated.goal, &execution.answers, table.labels())?;
    let opened = Opened { model: Some((states, salt)), rows, ..Opened::default() };
    Ok(Proven { circuit, model, execution, opened })
}

/// h_0 … h_K, if they are those of the statement's commitment.
pub(super) fn known<M: Scored>(
    statement: &Accuracy,
    witness: &Witness<'_, M>,
) -> Result<Vec<[F; HALF]>, ProveError> {
    let compressor = Compressor::default();
    let states = chain(&compressor, witness.model);
    let end = states.last().copied().unwrap_or_default();
    if salted(&compressor, end, witness.salt) != statement.model {
        return Err(ProveError::Mismatch("the commitment is not to this model under this salt"));
    }
    Ok(states)
}

/// Checks the claim against the answers.
pub(super) fn is_true(
    statement: &Accuracy,
    goal: Goal,
    answers: &[u16],
    labels: &[u16],
) -> Result<(), ProveError> {
    if goal.holds(goal.sum(answers, labels)) {
        return Ok(());
    }
    let rows = || answers.iter().zip(labels);
    Err(match statement.score {
        Score::Class(ClassScore { class, positives, .. }) => ProveError::FalseFigure {
            right: rows().filter(|&both| both == (&class, &class)).count(),
            given: answers.iter().filter(|&&answer| answer == class).count(),
            positives: positives as usize,
        },
        _ => ProveError::False {
            correct: rows().filter(|(answer, label)| answer == label).count(),
            rows: labels.len(),
        },
    })
}
