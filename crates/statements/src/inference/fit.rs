//! Whether a statement says anything, and of what is at hand.

use crate::answers::answers_digest;
use crate::circuit::{self, Stated};
use crate::commit::blocks_of;
use assay_engine::field::F;
use assay_engine::poseidon2::HALF;
use assay_layers::{Claim, Goal, Labels, Rows};
use assay_model::{Model, Table};
use assay_types::statement::{Inference, Part};

/// The public parts of a statement. What it does not call public is not looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The rows, if the input is public.
    pub rows: Option<&'a Table>,
    /// The model, if its weights are public.
    pub model: Option<&'a Model>,
    /// The class index of each row, if the output is public.
    pub answers: Option<&'a [u16]>,
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
    /// An answer is none of the declared classes.
    #[error("the answer to row {row} is none of the declared classes")]
    Class {
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
}

impl<'a> Known<'a> {
    /// Checks that the public parts are the ones that `statement` names.
    pub(super) fn fit(&self, statement: &Inference) -> Result<Parts<'a>, Unfit> {
        stated(statement)?;
        let rows = match statement.input {
            Part::Public(_) => Rows::Public(self.fit_rows(statement)?),
            _ => Rows::Committed(None),
        };
        let weights = match statement.model {
            Part::Public(_) => Some(blocks_of(self.fit_model(statement)?.graph())),
            _ => None,
        };
        let labels = match statement.output {
            Part::Public(_) => Labels::Public(self.fit_answers(statement)?),
            Part::Committed(_) => Labels::Answers(None),
            Part::Hidden => Labels::Hidden(None),
        };
        Ok(Parts { claim: Claim { rows, labels, goal: Goal::Answers(statement.rows) }, weights })
    }

    fn fit_rows(&self, statement: &Inference) -> Result<&'a Table, Unfit> {
        let table = self.rows.ok_or(Unfit::Absent("rows"))?;
        let is_fit = u32::try_from(table.rows()) == Ok(statement.rows)
            && *table.schema() == statement.schema
            && Part::Public(table.digest()) == statement.input;
        if is_fit { Ok(table) } else { Err(Unfit::Rows) }
    }

    fn fit_model(&self, statement: &Inference) -> Result<&'a Model, Unfit> {
        let model = self.model.ok_or(Unfit::Absent("weights"))?;
        let is_fit = model.architecture() == statement.architecture
            && *model.schema() == statement.schema
            && Part::Public(model.digest()) == statement.model;
        if is_fit { Ok(model) } else { Err(Unfit::Model) }
    }

    fn fit_answers(&self, statement: &Inference) -> Result<&'a [u16], Unfit> {
        let answers = self.answers.ok_or(Unfit::Absent("answers"))?;
        let is_fit = u32::try_from(answers.len()) == Ok(statement.rows)
            && Part::Public(answers_digest(answers)) == statement.output;
        if !is_fit {
            return Err(Unfit::Answers);
        }
        let classes = statement.schema.classes().len();
        match answers.iter().position(|&class| classes <= usize::from(class)) {
            Some(row) => Err(Unfit::Class { row }),
            None => Ok(answers),
        }
    }
}

/// What `statement` says, if anything.
pub(super) fn stated(statement: &Inference) -> Result<Stated<'_>, Unfit> {
    if !statement.modes().says_something() {
        return Err(Unfit::SaysNothing);
    }
    let &Inference { ref architecture, ref schema, input, model, output, rows, .. } = statement;
    let (label, goal) = ("assay/inference/2", Goal::Answers(rows));
    let stated = Stated {
        label,
        architecture,
        schema,
        rows,
        input,
        model,
        labels: output,
        goal,
        best: None,
        share: None,
        squares: None,
    };
    stated.check()?;
    Ok(stated)
}
