//! Whether a statement says anything, and of what is at hand.

use crate::answers::answers_digest;
use assay_layers::tree::{Labels, Rows, Shape};
use assay_model::ops::tree::NodeTable;
use assay_model::{Architecture, Graph, Model, Table};
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

/// What a circuit is made of, beside the statement: everything on the prover's side, on the
/// verifier's only what is public.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) labels: Labels<'a>,
    /// The slots, if they are public.
    pub(super) slots: Option<&'a NodeTable>,
}

impl<'a> Known<'a> {
    /// Checks that the public parts are the ones that `statement` names.
    pub(super) fn fit(&self, statement: &Inference) -> Result<Parts<'a>, Unfit> {
        shape(statement)?;
        let rows = match statement.input {
            Part::Public(_) => Rows::Public(self.fit_rows(statement)?),
            _ => Rows::Committed(None),
        };
        let slots = match statement.model {
            Part::Public(_) => Some(self.fit_model(statement)?),
            _ => None,
        };
        let labels = match statement.output {
            Part::Public(_) => Labels::Public(self.fit_answers(statement)?),
            Part::Committed(_) => Labels::Answers(None),
            Part::Hidden => Labels::Hidden(None),
        };
        Ok(Parts { rows, labels, slots })
    }

    fn fit_rows(&self, statement: &Inference) -> Result<&'a Table, Unfit> {
        let table = self.rows.ok_or(Unfit::Absent("rows"))?;
        let is_fit = u32::try_from(table.rows()) == Ok(statement.rows)
            && *table.schema() == statement.schema
            && Part::Public(table.digest()) == statement.input;
        if is_fit { Ok(table) } else { Err(Unfit::Rows) }
    }

    fn fit_model(&self, statement: &Inference) -> Result<&'a NodeTable, Unfit> {
        let model = self.model.ok_or(Unfit::Absent("weights"))?;
        let is_fit = model.architecture() == statement.architecture
            && *model.schema() == statement.schema
            && Part::Public(model.digest()) == statement.model;
        if is_fit { slots(model) } else { Err(Unfit::Model) }
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

/// The parameters, where the architecture is one that this statement proves.
pub(super) fn slots(model: &Model) -> Result<&NodeTable, Unfit> {
    match model.graph() {
        Graph::DecisionTree(slots) => Ok(slots),
        Graph::Forest(_) | Graph::Network(_) => Err(Unfit::Architecture),
    }
}

/// The sizes that follow from a statement alone.
pub(super) fn shape(statement: &Inference) -> Result<Shape, Unfit> {
    if !statement.modes().says_something() {
        return Err(Unfit::SaysNothing);
    }
    let Architecture::DecisionTree(bounds) = statement.architecture else {
        return Err(Unfit::Architecture);
    };
    let schema = &statement.schema;
    if bounds.features() != schema.features().len() || bounds.classes() != schema.classes().len() {
        return Err(Unfit::Sizes);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let shape = match statement.input {
        Part::Public(_) => Shape::new(bounds, rows),
        Part::Committed(_) | Part::Hidden => Shape::committed(bounds, rows),
    };
    let shape = shape.map_err(|_| Unfit::Sizes)?;
    Ok(if statement.output.committed().is_some() { shape.with_answers() } else { shape })
}
