//! What statements need of a kind of model: its sizes, and a layer over its rows.
//!
//! A statement knows nothing of trees, forests or networks. It asks for the [`Sizes`] of an
//! architecture and a number of rows, lays out the blocks that they name, and puts a [`Layer`] over
//! them; the parameters, the rows and the answers are cells of that layer if they are cells at all,
//! and the statement opens commitments over the same cells.

use crate::{Goal, RowCells};
use assay_engine::cells::Block;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::pads::Budget;
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_model::{Architecture, Table};

/// The rows that a model answers.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// Everybody has them.
    Public(&'a Table),
    /// They are cells; only the prover has them.
    Committed(Option<&'a Table>),
}

impl<'a> Rows<'a> {
    /// The table, if it is at hand.
    pub fn table(&self) -> Option<&'a Table> {
        match self {
            Self::Public(table) => Some(table),
            Self::Committed(table) => *table,
        }
    }
}

/// What the answers are compared with: a class for each row.
#[derive(Clone, Copy, Debug)]
pub enum Labels<'a> {
    /// Everybody has them.
    Public(&'a [u16]),
    /// They are cells: one more feature of committed rows.
    OfRows,
    /// They are cells: the column of answers. Only the prover has them.
    Answers(Option<&'a [u16]>),
    /// Nothing but the layer holds them. Only the prover has them.
    Hidden(Option<&'a [u16]>),
}

impl<'a> Labels<'a> {
    /// The labels, whoever has them, where the rows are these.
    pub(crate) fn at_hand(&self, rows: &Rows<'a>) -> &'a [u16] {
        match *self {
            Self::Public(labels) => labels,
            Self::OfRows => rows.table().map_or(&[], Table::labels),
            Self::Answers(labels) | Self::Hidden(labels) => labels.unwrap_or_default(),
        }
    }

    /// The labels that the verifier knows.
    pub(crate) fn public(&self) -> &'a [u16] {
        match self {
            Self::Public(labels) => labels,
            Self::OfRows | Self::Answers(_) | Self::Hidden(_) => &[],
        }
    }

    /// Whether the verifier knows them.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self, Self::Public(_))
    }

    /// Whether other cells are tied to them.
    pub(crate) fn is_tied(&self) -> bool {
        matches!(self, Self::OfRows | Self::Answers(_))
    }
}

/// Where the answers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answers {
    /// They are compared with labels that are public.
    #[default]
    Labels,
    /// They are compared with labels that are public: whether these are among so many best answers.
    Best(u16),
    /// They are compared with the labels of committed rows.
    OfRows,
    /// In a column of their own.
    Column,
    /// Nowhere but in the layer.
    Hidden,
}

/// Which parts of a claim are cells, beside the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The rows, with their labels as one more feature.
    pub rows: bool,
    /// The answers.
    pub answers: Answers,
}

/// What is claimed of the rows' answers.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The rows.
    pub rows: Rows<'a>,
    /// What their answers are compared with.
    pub labels: Labels<'a>,
    /// What is asserted.
    pub goal: Goal,
}

impl Claim<'_> {
    /// Whether what is claimed is a cell where `kept` says so, and only there, and nothing is
    /// asserted of labels that a layer could not know.
    pub(crate) fn fits(&self, kept: Kept) -> bool {
        let is_kept = matches!(self.rows, Rows::Committed(_));
        let is_score = !self.goal.is_answers() && !matches!(self.goal, Goal::Weighed(_));
        is_kept == kept.rows
            && match (kept.answers, self.labels) {
                (Answers::Labels, Labels::Public(_)) => true,
                (Answers::Best(_), Labels::Public(_)) | (Answers::OfRows, Labels::OfRows) => {
                    is_score
                }
                (Answers::Column, Labels::Answers(_)) | (Answers::Hidden, Labels::Hidden(_)) => {
                    self.goal.is_answers()
                }
                _ => false,
            }
    }
}

/// Why there is no layer of an architecture and a number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// No rows, or too many.
    #[error("a proof is about 1 to 2^24 rows")]
    Rows,
    /// The architecture is of another kind, or has no proof.
    #[error("this architecture has no proof")]
    Architecture,
    /// Rows of such a model cannot be cells, or labels cannot be.
    #[error("rows of a network cannot be cells if its features become too many integers")]
    Kept,
}

/// Everything public that follows from an architecture and a number of rows.
pub trait Sizes: Clone + Sized {
    /// The parameters.
    type Model;
    /// What the prover keeps of an execution, beside the answers.
    type Trace;
    /// The layer of these sizes.
    type Layer<'a>: Layer<Model = Self::Model, Trace = Self::Trace>;

    /// The sizes for `rows` rows, and a goal whose distance has so many `bits` ([`Goal::bits`]).
    fn of(
        architecture: &Architecture,
        rows: usize,
        bits: usize,
        kept: Kept,
    ) -> Result<Self, Unsupported>;

    /// Binary logarithms of the blocks that the layer asks for.
    fn blocks(&self) -> Vec<usize>;

    /// What the layer exchanges.
    fn budget(&self) -> Budget;

    /// How a cheating prover can be lucky here.
    fn security(&self, terms: &mut Terms);

    /// The cells of rows that are cells.
    fn row_cells(&self) -> Option<RowCells>;

    /// Takes the blocks that [`Sizes::blocks`] asked for; the rest is returned. `None` if there are
    /// too few, or if the claim is not of these sizes.
    fn layer<'a, 'b>(
        self,
        claim: Claim<'a>,
        blocks: &'b [Block],
    ) -> Option<(Self::Layer<'a>, &'b [Block])>;
}

/// A part of a circuit: rows put through a model with hidden parameters, and what is said of the
/// answers.
pub trait Layer {
    /// The parameters.
    type Model;
    /// What the prover keeps of an execution, beside the answers.
    type Trace;

    /// The cells of the parameters, in the order in which they are committed to.
    fn parameters(&self) -> Vec<Block>;

    /// The rows, if they are cells: lower and upper halves of the values.
    fn rows(&self) -> Option<[Block; 2]>;

    /// The column of answers, if there is one.
    fn answers(&self) -> Option<Block>;

    /// The column whose first cells are the numbers that answer the rows, if the model answers with
    /// numbers ([`Architecture::is_number`]).
    fn outputs(&self) -> Option<Block> {
        None
    }

    /// The cells that hold the distance, each with its factor: it is the sum of their products.
    fn distance(&self) -> Vec<(F, Block)>;

    /// Records what the claim demands of the cells.
    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection>;

    /// Puts the rows through `model`.
    #[cfg(feature = "prove")]
    fn execute(&self, model: &Self::Model) -> Result<Execution<Self::Trace>, Unprovable>;

    /// Fills the layer's cells with an execution of `model`.
    #[cfg(feature = "prove")]
    fn fill(
        &self,
        model: &Self::Model,
        execution: &Execution<Self::Trace>,
        cells: &mut [F],
        rng: &mut rand::rngs::StdRng,
    );

    /// Sends the layer's messages, unless it is stopped on the way.
    #[cfg(feature = "prove")]
    fn prove(
        &self,
        prover: &mut assay_engine::channel::Prover<'_>,
        progress: assay_engine::session::Progress<'_>,
    ) -> Result<(), assay_engine::session::Cancelled>;
}

/// Every row's answer.
#[cfg(feature = "prove")]
#[derive(Clone, Debug)]
pub struct Execution<T = ()> {
    /// The class index of each row; its label, where that is compared with the best answers and among
    /// them.
    pub answers: Vec<u16>,
    pub(crate) trace: T,
}

#[cfg(feature = "prove")]
impl Execution {
    /// Answers of whose making nothing is kept.
    pub fn of(answers: Vec<u16>) -> Self {
        Self { answers, trace: () }
    }
}

#[cfg(feature = "prove")]
impl<T> Execution<T> {
    /// Number of rows that are answered with their label.
    pub fn correct(&self, labels: &[u16]) -> usize {
        self.answers.iter().zip(labels).filter(|(answer, label)| answer == label).count()
    }
}

/// Why rows have no proof, whatever is claimed of them.
#[cfg(feature = "prove")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unprovable {
    /// The parameters lead a row nowhere.
    #[error("the model gives row {row} no class")]
    NoClass {
        /// The row.
        row: usize,
    },
    /// The rows or their labels are not at hand.
    #[error("a prover needs the rows and their labels")]
    NoRows,
    /// The model is not of the declared architecture.
    #[error("the model does not have the declared bounds")]
    Bounds,
}

/// What `answer` says of every row.
#[cfg(feature = "prove")]
pub(crate) fn execute(
    rows: &Table,
    answer: impl Fn(&[assay_model::Ordered]) -> Option<u16>,
) -> Result<Execution, Unprovable> {
    let class = |row| answer(rows.row(row)).ok_or(Unprovable::NoClass { row });
    let answers = (0..rows.rows()).map(class).collect::<Result<_, _>>()?;
    Ok(Execution::of(answers))
}
