//! The circuit of a network: its layer, and the commitment over the same parameters.

use super::{Accuracy, MODES, Rejection, Unfit, goal};
use crate::commit::{NetworkGadget, batch_logs, programs};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Verifier};
use assay_engine::poseidon2;
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::network::{Columns, Network, Plan, Rows, Unsupported};
use assay_model::Table;
use assay_model::ops::network::Program;

/// Everything derived from a statement and its rows.
struct Circuit<'a> {
    layer: Network<'a>,
    commitment: NetworkGadget,
    programs: Vec<poseidon2::Program>,
    layout: Layout,
}

/// The sizes that follow from a statement alone.
fn plan(statement: &Accuracy, program: &Program) -> Result<Plan, Unfit> {
    if statement.modes != MODES {
        return Err(Unfit::Modes);
    }
    let schema = &statement.schema;
    let sizes = (schema.features().len(), schema.classes().len());
    if sizes != (program.features(), program.classes()) {
        return Err(Unfit::Sizes);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let plan = Plan::new(program, rows).map_err(|reason| match reason {
        Unsupported::Rows => Unfit::Sizes,
        _ => Unfit::Architecture,
    })?;
    if goal(statement.score).is_stated_for(rows) { Ok(plan) } else { Err(Unfit::Score) }
}

/// Binary logarithms of the batches of compressions.
fn hashes_logs(plan: &Plan) -> Vec<usize> {
    let pieces = plan.parameter_logs();
    let runs: Vec<usize> = NetworkGadget::chain_logs(&pieces).chain([0]).collect();
    batch_logs(&runs)
}

fn layout(plan: &Plan) -> Result<Layout, Unfit> {
    let mut logs = plan.blocks().to_vec();
    logs.extend(NetworkGadget::blocks(&plan.parameter_logs()));
    let budget =
        hashes_logs(plan).into_iter().fold(plan.budget(), |sum, log| sum + poseidon2::budget(log));
    Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)
}

/// The rows that the statement names, as the program reads them.
fn rows(statement: &Accuracy, program: &Program, table: &Table) -> Result<Rows, Unfit> {
    let is_fit = table.rows() == statement.rows as usize && *table.schema() == statement.schema;
    if !is_fit || table.digest() != statement.data {
        return Err(Unfit::Data);
    }
    Rows::new(program, table).ok_or(Unfit::Sizes)
}

impl<'a> Circuit<'a> {
    fn new(statement: &Accuracy, plan: Plan, rows: &'a Rows) -> Result<Self, Unfit> {
        let layout = layout(&plan)?;
        let (columns, rest) = Columns::new(&plan, layout.blocks()).ok_or(Unfit::TooLarge)?;
        let gadget = NetworkGadget::new(plan.program(), &columns.parameters, rest);
        let (commitment, _) = gadget.ok_or(Unfit::TooLarge)?;
        let mut runs = commitment.chain_runs();
        runs.push(commitment.salt_run(&statement.model));
        let layer = Network { plan, columns, rows, goal: goal(statement.score) };
        Ok(Self { layer, commitment, programs: programs(runs), layout })
    }
}

impl session::Circuit for Circuit<'_> {
    fn label(&self) -> &'static str {
        "assay/accuracy/network/1"
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

/// As [`super::verify`], for a network.
pub(super) fn verify(
    statement: &Accuracy,
    program: &Program,
    table: &Table,
    proof: &[u8],
) -> Result<(), Rejection> {
    let plan = plan(statement, program)?;
    let rows = rows(statement, program, table)?;
    let circuit = Circuit::new(statement, plan, &rows)?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

pub(super) fn security(statement: &Accuracy, program: &Program) -> Result<Terms, Unfit> {
    let plan = plan(statement, program)?;
    let mut terms = crate::terms::common(&layout(&plan)?).ok_or(Unfit::TooLarge)?;
    plan.security(&mut terms);
    for log in hashes_logs(&plan) {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Relations, Verifier, channel, plan, poseidon2, rows};
    use crate::accuracy::{Accuracy, ProveError, Scored, Unfit, Witness};
    use crate::commit::{Salt, chain, salted};
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::{Compressor, HALF};
    use assay_engine::session::{self, Progress};
    use assay_layers::network::Execution;
    use assay_model::Architecture;
    use assay_model::ops::network::Network;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    struct Proven<'a> {
        circuit: Circuit<'a>,
        model: &'a Network,
        salt: &'a Salt,
        /// Every state of the commitment's chain.
        states: Vec<[F; HALF]>,
        execution: Execution,
    }

    impl Scored for Network {
        fn prove_score(
            statement: &Accuracy,
            witness: &Witness<'_, Self>,
            seed: [u8; 32],
            progress: &mut dyn FnMut(&'static str),
        ) -> Result<Vec<u8>, ProveError> {
            let Architecture::Network(program) = &statement.architecture else {
                return Err(Unfit::Architecture.into());
            };
            let plan = plan(statement, program)?;
            let rows = rows(statement, program, witness.table)?;
            let circuit = Circuit::new(statement, plan, &rows)?;
            progress("execution");
            let Witness { model, salt, table } = *witness;
            let compressor = Compressor::default();
            let states = chain(&compressor, model);
            let last = states.last().copied().unwrap_or_default();
            if salted(&compressor, last, salt) != statement.model {
                let what = "the commitment is not to this model under this salt";
                return Err(ProveError::Mismatch(what));
            }
            let execution = Execution::new(model, program, table)?;
            let correct = execution.correct;
            if !circuit.layer.goal.holds(correct) {
                return Err(ProveError::False { correct, rows: table.rows() });
            }
            let proven = Proven { circuit, model, salt, states, execution };
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
        fn fill(&self, cells: &mut [F], _: &mut StdRng) {
            self.circuit.layer.fill(self.model, &self.execution, cells);
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
