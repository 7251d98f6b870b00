//! The circuit of a forest: its layer, and the commitment over the same slots and values.

use super::{Accuracy, MODES, Rejection, Unfit, goal};
use crate::commit::{NetworkGadget, batch_logs, forest_gadget, forest_logs, programs};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Verifier};
use assay_engine::poseidon2::{self, Program};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::forest::{Columns, Forest, Shape};
use assay_model::Table;
use assay_model::ops::forest::Bounds;

/// Everything derived from a statement and its rows.
pub(super) struct Circuit<'a> {
    layer: Forest<'a>,
    commitment: NetworkGadget,
    programs: Vec<Program>,
    layout: Layout,
}

/// The sizes that follow from a statement alone.
fn shape(statement: &Accuracy, bounds: Bounds) -> Result<Shape, Unfit> {
    if statement.modes != MODES {
        return Err(Unfit::Modes);
    }
    let schema = &statement.schema;
    if (schema.features().len(), schema.classes().len()) != (bounds.features(), bounds.classes()) {
        return Err(Unfit::Sizes);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let shape = Shape::new(bounds, rows).map_err(|_| Unfit::Sizes)?;
    if goal(statement.score).is_stated_for(rows) { Ok(shape) } else { Err(Unfit::Score) }
}

/// Binary logarithms of the batches of compressions.
fn hashes_logs(shape: &Shape) -> Vec<usize> {
    let pieces = forest_logs(&shape.bounds());
    let runs: Vec<usize> = NetworkGadget::chain_logs(&pieces).chain([0]).collect();
    batch_logs(&runs)
}

fn layout(shape: &Shape) -> Result<Layout, Unfit> {
    let mut logs = shape.blocks();
    logs.extend(NetworkGadget::blocks(&forest_logs(&shape.bounds())));
    let budget = hashes_logs(shape)
        .into_iter()
        .fold(shape.budget(), |sum, log| sum + poseidon2::budget(log));
    Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)
}

impl<'a> Circuit<'a> {
    pub(super) fn new(
        statement: &Accuracy,
        bounds: Bounds,
        table: &'a Table,
    ) -> Result<Self, Unfit> {
        let shape = shape(statement, bounds)?;
        let is_fit = table.rows() == shape.rows() && *table.schema() == statement.schema;
        if !is_fit || table.digest() != statement.data {
            return Err(Unfit::Data);
        }
        let layout = layout(&shape)?;
        let (columns, rest) = Columns::new(&shape, layout.blocks()).ok_or(Unfit::TooLarge)?;
        let [feature, low, high, left] = columns.slots;
        let parameters = [columns.values, feature, low, high, left];
        let gadget = forest_gadget(bounds, &parameters, rest);
        let (commitment, _) = gadget.ok_or(Unfit::TooLarge)?;
        let mut runs = commitment.chain_runs();
        runs.push(commitment.salt_run(&statement.model));
        let layer = Forest { shape, columns, table, goal: goal(statement.score) };
        Ok(Self { layer, commitment, programs: programs(runs), layout })
    }
}

impl session::Circuit for Circuit<'_> {
    fn label(&self) -> &'static str {
        "assay/accuracy/forest/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.layer.verify(verifier, relations)?;
        self.commitment.verify(relations);
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

/// As [`super::verify`], for a forest.
pub(super) fn verify(
    statement: &Accuracy,
    bounds: Bounds,
    table: &Table,
    proof: &[u8],
) -> Result<(), Rejection> {
    let circuit = Circuit::new(statement, bounds, table)?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

pub(super) fn security(statement: &Accuracy, bounds: Bounds) -> Result<Terms, Unfit> {
    let shape = shape(statement, bounds)?;
    let mut terms = crate::terms::common(&layout(&shape)?).ok_or(Unfit::TooLarge)?;
    shape.security(&mut terms);
    for log in hashes_logs(&shape) {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

#[cfg(feature = "prove")]
#[cfg(test)]
pub(super) use proven::Proven;

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Relations, Verifier, channel, poseidon2};
    use crate::accuracy::{Accuracy, ProveError, Scored, Unfit, Witness};
    use crate::commit::{Salt, chain, salted};
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::{Compressor, HALF};
    use assay_engine::session::{self, Progress};
    use assay_model::Architecture;
    use assay_model::ops::forest::ForestTable;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    pub(in crate::accuracy) struct Proven<'a> {
        pub(in crate::accuracy) circuit: Circuit<'a>,
        pub(in crate::accuracy) model: &'a ForestTable,
        pub(in crate::accuracy) salt: &'a Salt,
        /// Every state of the commitment's chain.
        pub(in crate::accuracy) states: Vec<[F; HALF]>,
    }

    impl Scored for ForestTable {
        fn prove_score(
            statement: &Accuracy,
            witness: &Witness<'_, Self>,
            seed: [u8; 32],
            progress: &mut dyn FnMut(&'static str),
        ) -> Result<Vec<u8>, ProveError> {
            let Architecture::Forest(bounds) = statement.architecture else {
                return Err(Unfit::Architecture.into());
            };
            let Witness { model, salt, table } = *witness;
            let circuit = Circuit::new(statement, bounds, table)?;
            progress("execution");
            let compressor = Compressor::default();
            let states = chain(&compressor, model);
            let last = states.last().copied().unwrap_or_default();
            if salted(&compressor, last, salt) != statement.model {
                let what = "the commitment is not to this model under this salt";
                return Err(ProveError::Mismatch(what));
            }
            let correct = circuit.layer.correct(model)?;
            if !circuit.layer.goal.holds(correct) {
                return Err(ProveError::False { correct, rows: table.rows() });
            }
            let proven = Proven { circuit, model, salt, states };
            Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
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
        ) -> Result<(), channel::Rejection> {
            self.circuit.verify(verifier, relations)
        }
    }

    impl session::Witness for Proven<'_> {
        fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
            self.circuit.layer.fill(self.model, cells, rng);
            self.circuit.commitment.fill(&self.states, self.salt, cells);
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
            self.circuit.layer.prove(prover, &mut *progress);
            progress("commitments opened");
            for program in &self.circuit.programs {
                poseidon2::prove(program, prover);
            }
        }
    }
}
