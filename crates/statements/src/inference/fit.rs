//! Whether a statement says anything, and of what is at hand.

use super::kind::{Answering, Asked, Shown, View};
use crate::circuit::{self, Numbered, Stated};
use crate::commit::blocks_of;
use assay_codec::Digest;
use assay_engine::field::F;
use assay_engine::poseidon2::HALF;
use assay_layers::{Claim, Goal, Rows};
use assay_model::{Model, Table};
use assay_types::statement::{Modes, Part};

/// The public parts of a statement. What it does not call public is not looked at.
#[derive(Debug)]
pub struct Known<'a, M: Answering = Model> {
    /// The rows, if the input is public.
    pub rows: Option<&'a Table>,
    /// The model, if its weights are public.
    pub model: Option<&'a M>,
    /// The answer to each row, if the output is public.
    pub answers: Option<&'a [M::Answer]>,
}

// Derived, all three would demand the same of models.
impl<M: Answering> Copy for Known<'_, M> {}
impl<M: Answering> Clone for Known<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: Answering> Default for Known<'_, M> {
    fn default() -> Self {
        Self { rows: None, model: None, answers: None }
    }
}

/// Why a statement cannot be true, or cannot be checked with what is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// More than one part is hidden: something always answers something somehow.
    #[error("at most one of input, weights and output may be hidden, or nothing is stated")]
    SaysNothing,
    /// The architecture is not one that this statement proves.
    #[error("this architecture has no inference proof")]
    Architecture,
    /// The numbers of rows, features or classes disagree.
    #[error("the sizes of the statement disagree with each other")]
    Sizes,
    /// Rows of such a network must be public.
    #[error("rows of this network cannot be hidden: its features become too many integers")]
    Public,
    /// Rows and bounds are too large for one proof.
    #[error("rows and declared bounds are too large for one proof")]
    TooLarge,
    /// A public part is not at hand.
    #[error("the public {0} are not given")]
    Absent(&'static str),
    /// The rows are not the ones that the statement names.
    #[error("these are not the rows that the statement names")]
    Rows,
    /// The model is not the one that the statement names.
    #[error("this is not the model that the statement names")]
    Model,
    /// The answers are not the ones that the statement names.
    #[error("these are not the answers that the statement names")]
    Answers,
    /// An answer is none of the declared classes, or no number of the field.
    #[error("the answer to row {row} is none of the declared classes, or too great a number")]
    Answer {
        /// The row.
        row: usize,
    },
}

impl From<circuit::Unfit> for Unfit {
    fn from(reason: circuit::Unfit) -> Self {
        match reason {
            circuit::Unfit::Architecture => Self::Architecture,
            circuit::Unfit::Sizes => Self::Sizes,
            circuit::Unfit::Kept => Self::Public,
            circuit::Unfit::TooLarge => Self::TooLarge,
        }
    }
}

/// What a circuit is made of, beside the statement: everything on the prover's side, on the
/// verifier's only what is public.
#[derive(Clone, Debug)]
pub(super) struct Parts<'a> {
    pub(super) claim: Claim<'a>,
    /// The parameters, if they are public.
    pub(super) weights: Option<Vec<[F; HALF]>>,
    /// The answers, if they are numbers and public.
    pub(super) numbers: &'a [i32],
}

/// Labels that are all the same, as many as rows are answered with numbers. The statement is sound.
pub(super) fn blank(statement: &impl Asked) -> Vec<u16> {
    let View { rows, numbers, .. } = statement.view();
    let count = if numbers.is_some() { rows } else { 0 };
    vec![0; usize::try_from(count).unwrap_or_default()]
}

impl<'a, M: Answering> Known<'a, M> {
    /// Checks that the public parts are the ones that `statement` names. `blank` is what
    /// [`blank`] gives.
    pub(super) fn fit(
        &self,
        statement: &M::Statement,
        blank: &'a [u16],
    ) -> Result<Parts<'a>, Unfit> {
        stated(statement)?;
        let View { shown, rows: count, .. } = statement.view();
        let rows = match shown.input {
            Part::Public(_) => Rows::Public(self.fit_rows(statement)?),
            _ => Rows::Committed(None),
        };
        let weights = match shown.model {
            Part::Public(_) => Some(blocks_of(self.fit_model(statement)?.operators())),
            _ => None,
        };
        let answers = match shown.output {
            Part::Public(_) => Some(self.fit_answers(statement)?),
            _ => None,
        };
        let labels = M::labels(&shown.output, answers, blank);
        let numbers = answers.map_or(&[][..], M::numbers);
        let claim = Claim { rows, labels, goal: Goal::Answers(count) };
        Ok(Parts { claim, weights, numbers })
    }

    fn fit_rows(&self, statement: &M::Statement) -> Result<&'a Table, Unfit> {
        let table = self.rows.ok_or(Unfit::Absent("rows"))?;
        let View { shown, rows, schema, .. } = statement.view();
        let is_fit = u32::try_from(table.rows()) == Ok(rows)
            && table.schema() == schema
            && Part::Public(table.digest()) == shown.input;
        if is_fit { Ok(table) } else { Err(Unfit::Rows) }
    }

    fn fit_model(&self, statement: &M::Statement) -> Result<&'a M, Unfit> {
        let model = self.model.ok_or(Unfit::Absent("weights"))?;
        let shown = statement.view().shown;
        let is_fit = model.is_described(statement) && Part::Public(model.name()) == shown.model;
        if is_fit { Ok(model) } else { Err(Unfit::Model) }
    }

    fn fit_answers(&self, statement: &M::Statement) -> Result<&'a [M::Answer], Unfit> {
        let answers = self.answers.ok_or(Unfit::Absent("answers"))?;
        let View { shown, rows, .. } = statement.view();
        let is_fit = u32::try_from(answers.len()) == Ok(rows)
            && Part::Public(M::public(answers)) == shown.output;
        if !is_fit {
            return Err(Unfit::Answers);
        }
        match answers.iter().position(|&answer| !statement.declares(answer)) {
            Some(row) => Err(Unfit::Answer { row }),
            None => Ok(answers),
        }
    }
}

/// What `statement` says, if anything.
pub(super) fn stated<S: Asked>(statement: &S) -> Result<Stated<'_>, Unfit> {
    let View { label, architecture, schema, shown, rows, numbers } = statement.view();
    let modes = Modes {
        input: shown.input.privacy(),
        weights: shown.model.privacy(),
        output: shown.output.privacy(),
    };
    if !modes.says_something() {
        return Err(Unfit::SaysNothing);
    }
    let Shown { input, model, output } = shown;
    let numbers =
        numbers.map(|(schema, reading)| Numbered { schema, reading, output, public: &[] });
    // The one class of numbers answers every row.
    let labels = if numbers.is_some() { Part::Public(Digest([0; 32])) } else { output };
    let goal = Goal::Answers(rows);
    let stated = Stated {
        label,
        architecture,
        schema,
        rows,
        input,
        model,
        labels,
        goal,
        best: None,
        share: None,
        squares: None,
        numbers,
    };
    stated.check()?;
    Ok(stated)
}
