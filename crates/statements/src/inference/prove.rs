//! The prover's half.

use super::circuit::Circuit;
use super::fit::{Parts, Unfit, slots};
use crate::answers::{answers_digest, commit_answers, states};
use crate::commit::{Salt, chain, commit};
use crate::rows::{Hashed, commit_rows};
use assay_engine::cells::Layout;
use assay_engine::channel::{Prover, Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::poseidon2::{self, Compressor};
use assay_engine::relations::Relations;
use assay_engine::session::{self, Progress};
use assay_layers::tree::{Labels, Rows};
use assay_model::ops::tree::NodeTable;
use assay_model::{Model, Table};
use assay_types::statement::{Context, Inference, Modes, Part, Privacy};
use rand::rngs::StdRng;

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
    Unprovable(#[from] assay_layers::tree::Unprovable),
    /// The proof could not be made.
    #[error(transparent)]
    Engine(#[from] session::CommitError),
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
    let slots = slots(model)?;
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
            Privacy::Committed => Part::Committed(commit(slots, &salted(witness.model_salt)?)),
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
/// nothing else; `progress` is told the name of each phase as it begins.
pub fn prove(
    statement: &Inference,
    witness: &Witness<'_>,
    seed: [u8; 32],
    progress: &mut dyn FnMut(&'static str),
) -> Result<Vec<u8>, ProveError> {
    let truth = describe(statement.context, statement.modes(), witness)?;
    if truth != *statement {
        let rest = Inference { output: statement.output, ..truth };
        let is_answer = rest == *statement && statement.output.committed().is_none();
        let other = ProveError::Mismatch("the statement is about another model, rows or salts");
        return Err(if is_answer { ProveError::False } else { other });
    }
    let answers = answers(witness.model, witness.rows)?;
    let proven = Proven::new(statement, witness, &answers)?;
    proven.circuit.tree.correct(proven.slots)?;
    Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
}

/// The circuit with its witness.
pub(super) struct Proven<'a> {
    pub(super) circuit: Circuit<'a>,
    slots: &'a NodeTable,
    answers: &'a [u16],
    witness: Witness<'a>,
}

impl<'a> Proven<'a> {
    /// Takes the public parts from the witness; what fits the statement is for the caller to know.
    pub(super) fn new(
        statement: &Inference,
        witness: &Witness<'a>,
        answers: &'a [u16],
    ) -> Result<Self, Unfit> {
        let slots = slots(witness.model)?;
        let parts = Parts {
            rows: match statement.input {
                Part::Public(_) => Rows::Public(witness.rows),
                _ => Rows::Committed(Some(witness.rows)),
            },
            labels: match statement.output {
                Part::Public(_) => Labels::Public(answers),
                Part::Committed(_) => Labels::Answers(Some(answers)),
                Part::Hidden => Labels::Hidden(Some(answers)),
            },
            slots: matches!(statement.model, Part::Public(_)).then_some(slots),
        };
        let circuit = Circuit::new(statement, parts)?;
        Ok(Self { circuit, slots, answers, witness: *witness })
    }
}

impl session::Circuit for Proven<'_> {
    fn label(&self) -> &'static str {
        self.circuit.label()
    }

    fn layout(&self) -> &Layout {
        self.circuit.layout()
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.circuit.verify(verifier, relations)
    }
}

impl session::Witness for Proven<'_> {
    fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
        let Self { circuit, slots, witness, .. } = self;
        let compressor = Compressor::default();
        circuit.tree.fill(slots, cells, rng);
        if let (Some(gadget), Some(salt)) = (&circuit.model, witness.model_salt) {
            gadget.fill(&chain(&compressor, *slots), salt, cells);
        }
        if let (Some(gadget), Some(salt)) = (&circuit.answers, witness.answers_salt) {
            let states = states(&compressor, witness.model.schema(), self.answers);
            gadget.fill(&states, salt, cells);
        }
        if let (Some(gadget), Some(salt), Some(hashed)) =
            (&circuit.rows, witness.rows_salt, Hashed::new(&compressor, witness.rows))
        {
            gadget.fill(&hashed, salt, cells);
        }
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
        self.circuit.tree.prove(prover, &mut *progress);
        if self.circuit.slots.is_some() {
            // The point at which the verifier compares slots; nothing is sent.
            prover.challenges(self.slots.bounds().slots_log());
        }
        progress("commitments opened");
        for program in &self.circuit.programs {
            poseidon2::prove(program, prover);
        }
    }
}
