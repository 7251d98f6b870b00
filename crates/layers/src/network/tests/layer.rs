//! A statement that is nothing but the layer.

use crate::Goal;
use crate::network::{Columns, Execution, Network, Plan, Rows};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Prover, Verifier};
use assay_engine::field::F;
use assay_engine::relations::Relations;
use assay_engine::session::{self, Circuit, Progress, Rejection, Witness};
use assay_model::Table;
use assay_model::ops::network as model;
use rand::rngs::StdRng;

/// What a prover does to the honest cells.
pub(super) type Tamper<'a> = &'a dyn Fn(&Network<'_>, &mut [F]);

/// The layer with its witness.
pub(super) struct Layer<'a> {
    pub(super) network: Network<'a>,
    layout: Layout,
    model: &'a model::Network,
    execution: &'a Execution,
    tamper: Tamper<'a>,
}

const DIGEST: [u8; 32] = [7; 32];

impl<'a> Layer<'a> {
    pub(super) fn new(
        model: &'a model::Network,
        rows: &'a Rows,
        execution: &'a Execution,
        goal: Goal,
        tamper: Tamper<'a>,
    ) -> Self {
        let plan = Plan::new(model.program(), rows.len()).unwrap();
        let layout = Layout::new(plan.blocks(), plan.budget()).unwrap();
        let (columns, rest) = Columns::new(&plan, layout.blocks()).unwrap();
        assert!(rest.is_empty(), "the layer takes all it asked for");
        let network = Network { plan, columns, rows, goal };
        Self { network, layout, model, execution, tamper }
    }

    /// The proof, whatever the cells are.
    pub(super) fn prove(&self) -> Vec<u8> {
        session::prove(self, &DIGEST, &[3; 32], &mut |_| ()).unwrap()
    }

    pub(super) fn verify(&self, proof: &[u8]) -> Result<(), Rejection> {
        session::verify(self, &DIGEST, proof)
    }
}

/// Proves and verifies; the prover executes the rows as `executed` says.
pub(super) fn verdict(
    model: &model::Network,
    table: &Table,
    execution: &Execution,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let rows = Rows::new(model.program(), table).unwrap();
    let layer = Layer::new(model, &rows, execution, goal, tamper);
    assert_eq!(layer.network.plan.budget().clear, 0, "nothing is sent in the clear");
    layer.verify(&layer.prove())
}

impl Circuit for Layer<'_> {
    fn label(&self) -> &'static str {
        "assay/layer/network/test"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.network.verify(verifier, relations)
    }
}

impl Witness for Layer<'_> {
    fn fill(&self, cells: &mut [F], _: &mut StdRng) {
        self.network.fill(self.model, self.execution, cells);
        (self.tamper)(&self.network, cells);
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
        self.network.prove(prover, progress);
    }
}
