//! The circuit: tree layer and commitment over the same slots.

use super::{Accuracy, MODES, MODES_COMMITTED, Unfit, goal};
use crate::commit::Gadget;
use crate::rows;
use assay_engine::cells::Layout;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::poseidon2::{self, Program};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::tree::{Columns, Labels, Rows, Shape, Tree};
use assay_model::Architecture;

/// Everything derived from a statement and its rows.
pub(super) struct Circuit<'a> {
    tree: Tree<'a>,
    commitment: Gadget,
    rows: Option<rows::Gadget>,
    /// Batches of compressions: the rows' chains, if they are committed, and everything else.
    programs: Vec<Program>,
    layout: Layout,
}

/// The sizes that follow from a statement alone.
fn shape(statement: &Accuracy) -> Result<Shape, Unfit> {
    let Architecture::DecisionTree(bounds) = statement.architecture.clone() else {
        return Err(Unfit::Architecture);
    };
    let is_committed = match statement.modes {
        MODES => false,
        MODES_COMMITTED => true,
        _ => return Err(Unfit::Modes),
    };
    let schema = &statement.schema;
    if bounds.features() != schema.features().len() || bounds.classes() != schema.classes().len() {
        return Err(Unfit::Sizes);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let shape =
        if is_committed { Shape::committed(bounds, rows) } else { Shape::new(bounds, rows) };
    let shape = shape.map_err(|_| Unfit::Sizes)?;
    if goal(statement.score).is_stated_for(rows) { Ok(shape) } else { Err(Unfit::Score) }
}

/// Positions of the single batch that holds the model's chain and, behind it, everything short.
struct Positions {
    salt: usize,
    rows: usize,
    end: usize,
}

impl Positions {
    fn new(shape: &Shape) -> Self {
        let salt = 1 << Gadget::chain_log(shape.bounds());
        if !shape.is_committed() {
            return Self { salt, rows: 0, end: salt + 1 };
        }
        let chains = 1_usize << rows::chains_log(shape);
        let rows = (salt + 1).next_multiple_of(chains);
        Self { salt, rows, end: rows + chains + 1 }
    }
}

/// Binary logarithms of the batches.
fn hashes_logs(shape: &Shape) -> Vec<usize> {
    let short = Positions::new(shape).end.next_power_of_two().ilog2() as usize;
    let chains = shape.is_committed().then(|| rows::calls_log(shape));
    chains.into_iter().chain([short]).map(|log| log.max(poseidon2::LOG_MIN)).collect()
}

fn layout(shape: &Shape) -> Result<Layout, Unfit> {
    let mut logs = shape.blocks();
    logs.extend(Gadget::blocks(shape.bounds()));
    if shape.is_committed() {
        logs.extend(rows::Gadget::blocks(shape));
    }
    let budget = hashes_logs(shape)
        .into_iter()
        .fold(shape.budget(), |sum, log| sum + poseidon2::budget(log));
    Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)
}

impl<'a> Circuit<'a> {
    /// The circuit of a statement about public or committed rows.
    pub(super) fn new(statement: &Accuracy, table: Rows<'a>) -> Result<Self, Unfit> {
        let shape = shape(statement)?;
        match table {
            Rows::Public(table) => {
                let is_fit = table.rows() == shape.rows() && *table.schema() == statement.schema;
                if !is_fit || shape.is_committed() || table.digest() != statement.data {
                    return Err(Unfit::Data);
                }
            }
            Rows::Committed(_) if !shape.is_committed() => return Err(Unfit::Modes),
            Rows::Committed(_) => (),
        }
        let layout = layout(&shape)?;
        let bounds = shape.bounds();
        let (columns, rest) = Columns::new(&shape, layout.blocks()).ok_or(Unfit::TooLarge)?;
        let (commitment, rest) = Gadget::new(bounds, columns.slots, rest).ok_or(Unfit::TooLarge)?;
        let positions = Positions::new(&shape);
        let mut runs =
            vec![commitment.chain_run(0), commitment.salt_run(positions.salt, &statement.model)];
        let mut programs = Vec::new();
        let mut rows = None;
        if let Some(data) = columns.data {
            let named = rows::from_digest(&statement.data).ok_or(Unfit::Data)?;
            let gadget = rows::Gadget::new(&statement.schema, shape.rows(), data, rest)
                .ok_or(Unfit::TooLarge)?;
            programs.push(gadget.chains());
            runs.extend(gadget.closing_runs(positions.rows, &named));
            rows = Some(gadget);
        }
        programs.push(Program::new(runs));
        let labels = match table {
            Rows::Public(table) => Labels::Public(table.labels()),
            Rows::Committed(_) => Labels::OfRows,
        };
        let tree = Tree { shape, columns, rows: table, labels, goal: goal(statement.score) };
        Ok(Self { tree, commitment, rows, programs, layout })
    }

    #[cfg(feature = "prove")]
    pub(super) fn tree(&self) -> &Tree<'a> {
        &self.tree
    }
}

impl session::Circuit for Circuit<'_> {
    fn label(&self) -> &'static str {
        if self.rows.is_some() {
            "assay/accuracy/tree/committed-rows/1"
        } else {
            "assay/accuracy/tree/1"
        }
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
        if let Some(rows) = &self.rows {
            rows.verify(relations);
        }
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

pub(super) fn security(statement: &Accuracy) -> Result<Terms, Unfit> {
    let shape = shape(statement)?;
    let layout = layout(&shape)?;
    let mut terms = crate::terms::common(&layout).ok_or(Unfit::TooLarge)?;
    shape.security(&mut terms);
    for log in hashes_logs(&shape) {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

#[cfg(feature = "prove")]
pub(super) use proven::Proven;

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Rejection, Relations, Verifier, poseidon2};
    use crate::commit::{Salt, chain};
    use crate::rows::Hashed;
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
        /// The salt of the rows, if they are committed.
        pub(in crate::accuracy) rows_salt: Option<&'a Salt>,
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
            let table = self.circuit.tree.rows.table();
            if let (Some(rows), Some(salt), Some(table)) =
                (&self.circuit.rows, self.rows_salt, table)
                && let Some(hashed) = Hashed::new(&Compressor::default(), table)
            {
                rows.fill(&hashed, salt, cells);
            }
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
            self.circuit.tree.prove(prover, &mut *progress);
            progress("commitments opened");
            for program in &self.circuit.programs {
                poseidon2::prove(program, prover);
            }
        }
    }
}
