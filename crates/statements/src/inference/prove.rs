//! The prover's half.

use super::fit::{Unfit, stated};
use crate::accuracy::Scored;
use crate::answers::{answers_digest, commit_answers, states};
use crate::circuit::{self, Circuit, Opened, Proven};
use crate::commit::{Salt, blocks_of, chain, commit};
use crate::rows::{Hashed, commit_rows};
use assay_engine::poseidon2::Compressor;
use assay_engine::session::{self, Progress};
use assay_layers::{Claim, Goal, Labels, Layer, Rows};
use assay_model::{Graph, Model, Table};
use assay_types::ModelCommitment;
use assay_types::statement::{Context, Inference, Modes, Part, Privacy};

/// The computation, and the salts of what is committed of it.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The model.
    pub model: &'a Model,
    /// The rows; their labels mean nothing.
    pub rows: &'a Table,
    /// The salt of the rows' commitment.
    pub rows_salt: Option<&'a Salt>,
    /// The salt of the model's commitment.
    pub model_salt: Option<&'a Salt>,
    /// The salt of the answers' commitment.
    pub answers_salt: Option<&'a Salt>,
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

/// What `model` answers: a class index per row.
pub fn answers(model: &Model, rows: &Table) -> Result<Vec<u16>, ProveError> {
    let answer = |row| model.exec(rows.row(row)).ok_or(ProveError::NoAnswer { row });
    (0..rows.rows()).map(answer).collect()
}

/// What is true of `witness`, as far as `modes` show it.
pub fn describe(
    context: Context,
    modes: Modes,
    witness: &Witness<'_>,
) -> Result<Inference, ProveError> {
    if !modes.says_something() {
        return Err(Unfit::SaysNothing.into());
    }
    let Witness { model, rows, .. } = *witness;
    if rows.schema() != model.schema() {
        return Err(ProveError::Mismatch("the rows have other columns or classes than the model"));
    }
    let answers = answers(model, rows)?;
    let salted = |salt: Option<&Salt>| {
        salt.copied().ok_or(ProveError::Mismatch("what is committed has a salt"))
    };
    Ok(Inference {
        context,
        architecture: model.architecture(),
        schema: model.schema().clone(),
        input: match modes.input {
            Privacy::Public => Part::Public(rows.digest()),
            Privacy::Committed => Part::Committed(commit_rows(rows, &salted(witness.rows_salt)?)),
            Privacy::Hidden => Part::Hidden,
        },
        model: match modes.weights {
            Privacy::Public => Part::Public(model.digest()),
            Privacy::Committed => {
                Part::Committed(committed(model.graph(), &salted(witness.model_salt)?))
            }
            Privacy::Hidden => Part::Hidden,
        },
        output: match modes.output {
            Privacy::Public => Part::Public(answers_digest(&answers)),
            Privacy::Committed => {
                let salt = salted(witness.answers_salt)?;
                Part::Committed(commit_answers(model.schema(), &answers, &salt))
            }
            Privacy::Hidden => Part::Hidden,
        },
        rows: u32::try_from(rows.rows()).map_err(|_| Unfit::Sizes)?,
    })
}

/// Proves `statement`. `seed` is 32 fresh bytes of the operating system's randomness, used for
/// nothing else; `progress` is told the name of each phase as it begins, and
/// may stop the proof.
pub fn prove(
    statement: &Inference,
    witness: &Witness<'_>,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    progress.phase("execution")?;
    let truth = describe(statement.context, statement.modes(), witness)?;
    if truth != *statement {
        let rest = Inference { output: statement.output, ..truth };
        let is_answer = rest == *statement && statement.output.committed().is_none();
        let other = ProveError::Mismatch("the statement is about another model, rows or salts");
        return Err(if is_answer { ProveError::False } else { other });
    }
    let answers = answers(witness.model, witness.rows)?;
    match witness.model.graph() {
        Graph::DecisionTree(model) => {
            prove_with(statement, model, witness, &answers, seed, progress)
        }
        Graph::Forest(model) => prove_with(statement, model, witness, &answers, seed, progress),
        Graph::Network(model) => prove_with(statement, model, witness, &answers, seed, progress),
    }
}

fn prove_with<M: Scored>(
    statement: &Inference,
    model: &M,
    witness: &Witness<'_>,
    answers: &[u16],
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let (circuit, opened) = circuit(statement, model, witness, answers)?;
    let execution = circuit.layer.execute(model)?;
    let proven = Proven { circuit, model, execution, opened };
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// Commits to the parameters of any model.
fn committed(graph: &Graph, salt: &Salt) -> ModelCommitment {
    match graph {
        Graph::DecisionTree(model) => commit(model, salt),
        Graph::Forest(model) => commit(model, salt),
        Graph::Network(model) => commit(model, salt),
    }
}

/// The circuit, and what is opened in it, of a witness whose model is `model`. Takes the public parts
/// from the witness; what fits the statement is for the caller to know.
pub(super) fn circuit<'a, M: Scored>(
    statement: &Inference,
    model: &'a M,
    witness: &Witness<'a>,
    answers: &'a [u16],
) -> Result<(Circuit<'a, M::Sizes>, Opened<'a>), ProveError> {
    let &Witness { rows: table, rows_salt, model_salt, answers_salt, .. } = witness;
    let claim = Claim {
        rows: match statement.input {
            Part::Public(_) => Rows::Public(table),
            _ => Rows::Committed(Some(table)),
        },
        labels: match statement.output {
            Part::Public(_) => Labels::Public(answers),
            Part::Committed(_) => Labels::Answers(Some(answers)),
            Part::Hidden => Labels::Hidden(Some(answers)),
        },
        goal: Goal::Answers(statement.rows),
    };
    let is_public = matches!(statement.model, Part::Public(_));
    let weights = is_public.then(|| blocks_of(witness.model.graph()));
    let circuit = Circuit::<M::Sizes>::new(&stated(statement)?, claim, weights)?;
    let compressor = Compressor::default();
    let opened = Opened {
        model: model_salt.map(|salt| (chain(&compressor, model), salt)),
        answers: answers_salt
            .map(|salt| (states(&compressor, witness.model.schema(), answers), salt)),
        rows: rows_salt.and_then(|salt| Some((Hashed::new(&compressor, table)?, salt))),
        sum: None,
    };
    Ok((circuit, opened))
}
