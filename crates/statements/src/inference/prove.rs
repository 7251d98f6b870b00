//! The prover's half.

use super::fit::{Unfit, blank, stated};
use super::kind::{Answering, Asked, Shown, View};
use crate::accuracy::Scored;
use crate::circuit::{self, Circuit, Opened, Proven};
use crate::commit::{Salt, blocks_of, chain, commit};
use crate::rows::{Hashed, commit_rows};
use assay_engine::poseidon2::Compressor;
use assay_engine::session::{self, Progress};
use assay_layers::{Claim, Goal, Layer, Rows};
use assay_model::{Graph, Model, Table};
use assay_types::ModelCommitment;
use assay_types::statement::{Context, Modes, Part, Privacy};

/// The computation, and the salts of what is committed of it.
#[derive(Debug)]
pub struct Witness<'a, M = Model> {
    /// The model.
    pub model: &'a M,
    /// The rows; their labels mean nothing.
    pub rows: &'a Table,
    /// The salt of the rows' commitment.
    pub rows_salt: Option<&'a Salt>,
    /// The salt of the model's commitment.
    pub model_salt: Option<&'a Salt>,
    /// The salt of the answers' commitment.
    pub answers_salt: Option<&'a Salt>,
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
    /// The model answers otherwise.
    #[error("the claim is false: the model gives other answers to these rows")]
    False,
    /// The model has no answer to a row.
    #[error("the model has no answer to row {row}")]
    NoAnswer {
        /// The row.
        row: usize,
    },
    /// The statement makes no sense for what is at hand.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The witness is not the one that the statement is about.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The rows lead nowhere.
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

/// What `model` answers to each row: a class index, or a number in parts of the unit.
pub fn answers<M: Answering>(model: &M, rows: &Table) -> Result<Vec<M::Answer>, ProveError> {
    let answer = |row| model.answer(rows.row(row)).ok_or(ProveError::NoAnswer { row });
    (0..rows.rows()).map(answer).collect()
}

/// What is true of `witness`, as far as `modes` show it.
pub fn describe<M: Answering>(
    context: Context,
    modes: Modes,
    witness: &Witness<'_, M>,
) -> Result<M::Statement, ProveError> {
    if !modes.says_something() {
        return Err(Unfit::SaysNothing.into());
    }
    let Witness { model, rows, .. } = *witness;
    if rows.schema() != model.names() {
        return Err(ProveError::Mismatch("the rows have other columns or classes than the model"));
    }
    let answers = answers(model, rows)?;
    let salted = |salt: Option<&Salt>| {
        salt.copied().ok_or(ProveError::Mismatch("what is committed has a salt"))
    };
    let shown = Shown {
        input: match modes.input {
            Privacy::Public => Part::Public(rows.digest()),
            Privacy::Committed => Part::Committed(commit_rows(rows, &salted(witness.rows_salt)?)),
            Privacy::Hidden => Part::Hidden,
        },
        model: match modes.weights {
            Privacy::Public => Part::Public(model.name()),
            Privacy::Committed => {
                Part::Committed(committed(model.operators(), &salted(witness.model_salt)?))
            }
            Privacy::Hidden => Part::Hidden,
        },
        output: match modes.output {
            Privacy::Public => Part::Public(M::public(&answers)),
            Privacy::Committed => {
                let salt = salted(witness.answers_salt)?;
                Part::Committed(model.commit(&answers, &salt))
            }
            Privacy::Hidden => Part::Hidden,
        },
    };
    let rows = u32::try_from(rows.rows()).map_err(|_| Unfit::Sizes)?;
    Ok(model.state(context, shown, rows))
}

/// Proves `statement`. `seed` is 32 fresh bytes of the operating system's randomness, used for
/// nothing else; `progress` is told the name of each phase as it begins, and
/// may stop the proof.
pub fn prove<M: Answering>(
    statement: &M::Statement,
    witness: &Witness<'_, M>,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    progress.phase("execution")?;
    check(statement, witness)?;
    let answers = answers(witness.model, witness.rows)?;
    match witness.model.operators() {
        Graph::DecisionTree(model) => {
            prove_with(statement, model, witness, &answers, seed, progress)
        }
        Graph::Forest(model) => prove_with(statement, model, witness, &answers, seed, progress),
        Graph::Network(model) => prove_with(statement, model, witness, &answers, seed, progress),
    }
}

/// Checks that the statement is what is true of the witness.
fn check<M: Answering>(
    statement: &M::Statement,
    witness: &Witness<'_, M>,
) -> Result<(), ProveError> {
    let (context, Shown { input, model, output }) = (statement.context(), statement.view().shown);
    let modes =
        Modes { input: input.privacy(), weights: model.privacy(), output: output.privacy() };
    let truth = describe(context, modes, witness)?;
    if truth == *statement {
        return Ok(());
    }
    let (shown, rows) = (truth.view().shown, truth.view().rows);
    let rest = witness.model.state(context, Shown { output, ..shown }, rows);
    let is_answer = rest == *statement && output.committed().is_none();
    let other = ProveError::Mismatch("the statement is about another model, rows or salts");
    Err(if is_answer { ProveError::False } else { other })
}

fn prove_with<M: Answering, T: Scored>(
    statement: &M::Statement,
    model: &T,
    witness: &Witness<'_, M>,
    answers: &[M::Answer],
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    stated(statement)?;
    let blank = blank(statement);
    let (circuit, opened) = circuit(statement, model, witness, (answers, &blank))?;
    let execution = circuit.layer.execute(model)?;
    let proven = Proven { circuit, model, execution, opened };
    Ok(session::prove(&proven, &statement.name().0.0, &seed, progress)?)
}

/// Commits to the parameters of any model.
fn committed(graph: &Graph, salt: &Salt) -> ModelCommitment {
    match graph {
        Graph::DecisionTree(model) => commit(model, salt),
        Graph::Forest(model) => commit(model, salt),
        Graph::Network(model) => commit(model, salt),
    }
}

/// The circuit, and what is opened in it, of a witness whose model is `model`; the answers come with
/// labels that are all the same. Takes the public parts from the witness; what fits the statement is for
/// the caller to know.
pub(super) fn circuit<'a, M: Answering, T: Scored>(
    statement: &M::Statement,
    model: &'a T,
    witness: &Witness<'a, M>,
    (answers, blank): (&'a [M::Answer], &'a [u16]),
) -> Result<(Circuit<'a, T::Sizes>, Opened<'a>), ProveError> {
    let &Witness { rows: table, rows_salt, model_salt, answers_salt, .. } = witness;
    let View { shown, rows: count, .. } = statement.view();
    let claim = Claim {
        rows: match shown.input {
            Part::Public(_) => Rows::Public(table),
            _ => Rows::Committed(Some(table)),
        },
        labels: M::labels(&shown.output, Some(answers), blank),
        goal: Goal::Answers(count),
    };
    let is_public = matches!(shown.model, Part::Public(_));
    let weights = is_public.then(|| blocks_of(witness.model.operators()));
    let mut stated = stated(statement)?;
    if let Some(numbers) = &mut stated.numbers {
        numbers.public = M::numbers(answers);
    }
    let circuit = Circuit::<T::Sizes>::new(&stated, claim, weights)?;
    let compressor = Compressor::default();
    let opened = Opened {
        model: model_salt.map(|salt| (chain(&compressor, model), salt)),
        answers: answers_salt.map(|salt| (witness.model.states(&compressor, answers), salt)),
        rows: rows_salt.and_then(|salt| Some((Hashed::new(&compressor, table)?, salt))),
        sum: None,
    };
    Ok((circuit, opened))
}
