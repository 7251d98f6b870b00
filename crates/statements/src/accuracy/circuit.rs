//! The circuit: tree layer and commitment over the same slots.

use super::{Accuracy, MODES, Unfit, goal};
use crate::commit::Gadget;
use assay_engine::cells::Layout;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::pads::Budget;
use assay_engine::poseidon2::{self, Program};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::tree::{Columns, Shape, Tree};
use assay_model::{Architecture, Table};

/// Everything derived from a statement and its rows.
pub(super) struct Circuit<'a> {
    tree: Tree<'a>,
    commitment: Gadget,
    program: Program,
    layout: Layout,
}

/// The sizes that follow from a statement alone.
fn shape(statement: &Accuracy) -> Result<Shape, Unfit> {
    let Architecture::DecisionTree(bounds) = statement.architecture else {
        return Err(Unfit::Architecture);
    };
    if statement.modes != MODES {
        return Err(Unfit::Modes);
    }
    let schema = &statement.schema;
    if bounds.features() != schema.features().len() || bounds.classes() != schema.classes().len() {
        return Err(Unfit::Sizes);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let shape = Shape::new(bounds, rows).map_err(|_| Unfit::Sizes)?;
    if goal(statement.score).is_stated_for(rows) { Ok(shape) } else { Err(Unfit::Score) }
}

fn hashes_log(shape: &Shape) -> usize {
    // The chain and, behind it, the call with the salt.
    Gadget::chain_log(shape.bounds()).saturating_add(1).max(poseidon2::LOG_MIN)
}

fn budget(shape: &Shape) -> Budget {
    shape.budget() + poseidon2::budget(hashes_log(shape))
}

fn layout(shape: &Shape) -> Result<Layout, Unfit> {
    let mut logs = shape.blocks();
    logs.extend(Gadget::blocks(shape.bounds()));
    Layout::new(&logs, budget(shape)).map_err(|_| Unfit::TooLarge)
}

impl<'a> Circuit<'a> {
    pub(super) fn new(statement: &Accuracy, table: &'a Table) -> Result<Self, Unfit> {
        let shape = shape(statement)?;
        if table.rows() != shape.rows() || *table.schema() != statement.schema {
            return Err(Unfit::Data);
        }
        if table.digest() != statement.data {
            return Err(Unfit::Data);
        }
        let layout = layout(&shape)?;
        let bounds = shape.bounds();
        let (columns, rest) = Columns::new(layout.blocks()).ok_or(Unfit::TooLarge)?;
        let (commitment, _) = Gadget::new(bounds, columns.slots, rest).ok_or(Unfit::TooLarge)?;
        let chain = 1 << Gadget::chain_log(bounds);
        let program = Program::new(vec![
            commitment.chain_run(),
            commitment.salt_run(chain, &statement.model),
        ]);
        let tree = Tree { shape, columns, table, goal: goal(statement.score) };
        Ok(Self { tree, commitment, program, layout })
    }

    #[cfg(feature = "prove")]
    pub(super) fn tree(&self) -> &Tree<'a> {
        &self.tree
    }
}

impl session::Circuit for Circuit<'_> {
    fn label(&self) -> &'static str {
        "assay/accuracy/tree/1"
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
        self.commitment.verify(relations);
        poseidon2::verify(&self.program, verifier, relations)
    }
}

pub(super) fn security(statement: &Accuracy) -> Result<Terms, Unfit> {
    let shape = shape(statement)?;
    let layout = layout(&shape)?;
    let mut terms = crate::terms::common(&layout).ok_or(Unfit::TooLarge)?;
    shape.security(&mut terms);
    crate::terms::poseidon2(&mut terms, hashes_log(&shape));
    Ok(terms)
}

#[cfg(feature = "prove")]
pub(super) use proven::Proven;

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Rejection, Relations, Verifier, poseidon2};
    use crate::commit::{Salt, chain};
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::Compressor;
    use assay_engine::session::{self, Progress};
    use assay_model::ops::tree::NodeTable;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    pub(in crate::accuracy) struct Proven<'a> {
        pub(in crate::accuracy) circuit: Circuit<'a>,
        pub(in crate::accuracy) model: &'a NodeTable,
        pub(in crate::accuracy) salt: &'a Salt,
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
            self.circuit.tree.fill(self.model, cells, rng);
            let chain = chain(&Compressor::default(), self.model);
            self.circuit.commitment.fill(&chain, self.salt, cells);
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
            self.circuit.tree.prove(prover, &mut *progress);
            progress("model commitment");
            poseidon2::prove(&self.circuit.program, prover);
        }
    }
}
