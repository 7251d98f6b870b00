//! The circuit: tree layer, openings, public weights, over the same cells.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Unfit;
use super::fit::{Parts, shape};
use super::plan::{Piece, Plan};
use crate::commit::{Gadget, cells};
use crate::{answers, chain, rows};
use assay_engine::cells::Layout;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::EF;
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::poseidon2::{self, Program};
use assay_engine::relations::{Relation, Relations};
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::tree::{Columns, Goal, Shape, Tree};
use assay_model::ops::tree::NodeTable;
use assay_types::statement::Inference;
use p3_field::PrimeCharacteristicRing;

/// Everything derived from a statement and what is known of it.
pub(super) struct Circuit<'a> {
    pub(super) tree: Tree<'a>,
    /// The slots, if they are public.
    pub(super) slots: Option<&'a NodeTable>,
    pub(super) model: Option<Gadget>,
    pub(super) rows: Option<rows::Gadget>,
    pub(super) answers: Option<chain::Gadget>,
    pub(super) programs: Vec<Program>,
    layout: Layout,
}

fn layout(statement: &Inference, shape: &Shape, plan: &Plan) -> Result<Layout, Unfit> {
    let mut logs = shape.blocks();
    if statement.model.committed().is_some() {
        logs.extend(Gadget::blocks(shape.bounds()));
    }
    if statement.output.committed().is_some() {
        logs.extend(chain::Gadget::blocks(answers::chain_log(shape.rows_log())));
    }
    if statement.input.committed().is_some() {
        logs.extend(rows::Gadget::blocks(shape));
    }
    Layout::new(&logs, shape.budget() + plan.budget()).map_err(|_| Unfit::TooLarge)
}

impl<'a> Circuit<'a> {
    /// The circuit of a statement; `parts` fit it.
    pub(super) fn new(statement: &Inference, parts: Parts<'a>) -> Result<Self, Unfit> {
        let shape = shape(statement)?;
        let plan = Plan::new(statement, &shape);
        let layout = layout(statement, &shape, &plan)?;
        let (columns, mut rest) = Columns::new(&shape, layout.blocks()).ok_or(Unfit::TooLarge)?;

        let (mut model, mut output, mut input) = (None, None, None);
        if statement.model.committed().is_some() {
            let (gadget, left) =
                Gadget::new(shape.bounds(), columns.slots, rest).ok_or(Unfit::TooLarge)?;
            (model, rest) = (Some(gadget), left);
        }
        if let Some(column) = columns.answers {
            let (gadget, left) = answers::gadget(&statement.schema, shape.rows(), column, rest)
                .ok_or(Unfit::TooLarge)?;
            (output, rest) = (Some(gadget), left);
        }
        if let (Some(_), Some(data)) = (statement.input.committed(), columns.data) {
            let gadget = rows::Gadget::new(&statement.schema, shape.rows(), data, rest);
            input = Some(gadget.ok_or(Unfit::TooLarge)?);
        }

        let tree = Tree {
            shape,
            columns,
            rows: parts.rows,
            labels: parts.labels,
            goal: Goal::Answers(statement.rows),
        };
        let slots = parts.slots;
        let mut circuit =
            Self { tree, slots, model, rows: input, answers: output, programs: vec![], layout };
        circuit.programs = circuit.programs(statement, &plan);
        Ok(circuit)
    }

    /// The batches of compressions.
    fn programs(&self, statement: &Inference, plan: &Plan) -> Vec<Program> {
        let mut runs = Vec::new();
        for &(piece, at) in &plan.pieces {
            if let (Some(gadget), Some(commitment)) = (&self.model, statement.model.committed()) {
                match piece {
                    Piece::Model => runs.push(gadget.chain_run(at)),
                    Piece::ModelSalt => runs.push(gadget.salt_run(at, commitment)),
                    _ => (),
                }
            }
            if let (Some(gadget), Some(commitment)) = (&self.answers, statement.output.committed())
            {
                match piece {
                    Piece::Answers => runs.push(gadget.chain_run(at)),
                    Piece::AnswersSalt => runs.push(gadget.salt_run(at, commitment)),
                    _ => (),
                }
            }
            if let (Some(gadget), Some(commitment), Piece::Rows) =
                (&self.rows, statement.input.committed(), piece)
            {
                runs.extend(gadget.closing_runs(at, commitment));
            }
        }
        let chains = self.rows.as_ref().map(rows::Gadget::chains);
        let short = (!runs.is_empty()).then(|| Program::new(runs));
        chains.into_iter().chain(short).collect()
    }

    /// Records that the slots are the public ones.
    fn public_slots(
        &self,
        slots: &NodeTable,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) {
        let rho = verifier.challenges(self.tree.shape.bounds().slots_log());
        let mut values = [EF::ZERO; 4];
        for (slot, eq) in slots.slots().iter().zip(mle::eq_table(&rho)) {
            for (value, cell) in values.iter_mut().zip(cells(slot)) {
                *value += eq * cell;
            }
        }
        let id = relations.point(&rho);
        for (block, value) in self.tree.columns.slots.into_iter().zip(values) {
            let mut relation = Relation::new(Linear::public(-value));
            relation.read(EF::ONE, block, id);
            relations.push(relation);
        }
    }
}

impl session::Circuit for Circuit<'_> {
    fn label(&self) -> &'static str {
        "assay/inference/tree/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.tree.verify(verifier, relations)?;
        if let Some(slots) = self.slots {
            self.public_slots(slots, verifier, relations);
        }
        self.model.iter().for_each(|model| model.verify(relations));
        self.answers.iter().for_each(|answers| answers.verify(relations));
        self.rows.iter().for_each(|rows| rows.verify(relations));
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

pub(super) fn security(statement: &Inference) -> Result<Terms, Unfit> {
    let shape = shape(statement)?;
    let plan = Plan::new(statement, &shape);
    let layout = layout(statement, &shape, &plan)?;
    let mut terms = crate::terms::common(&layout).ok_or(Unfit::TooLarge)?;
    shape.security(&mut terms);
    if matches!(statement.model, assay_types::statement::Part::Public(_)) {
        terms.point("public weights", shape.bounds().slots_log() as u64);
    }
    plan.logs().for_each(|log| crate::terms::poseidon2(&mut terms, log));
    Ok(terms)
}
