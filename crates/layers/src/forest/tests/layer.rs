//! A statement that is nothing but the layer.

use super::forge::Forge;
use crate::Goal;
use crate::forest::{Columns, Forest, Shape};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Prover, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::relations::Relations;
use assay_engine::session::{self, Circuit, Progress, Rejection, Witness};
use assay_model::Table;
use assay_model::ops::forest::ForestTable;
use rand::rngs::StdRng;
use std::cell::RefCell;

/// What a prover does to the honest cells.
pub(super) type Tamper<'a> = &'a dyn Fn(&mut Forge<'_>);

/// The layer with its witness, and what was seen while it was proven.
pub(super) struct Layer<'a> {
    pub(super) forest: Forest<'a>,
    layout: Layout,
    model: &'a ForestTable,
    tamper: Tamper<'a>,
    /// The cells, pads apart.
    pub(super) cells: RefCell<Vec<F>>,
    /// The challenges up to the layer's end.
    pub(super) drawn: RefCell<Vec<EF>>,
}

const DIGEST: [u8; 32] = [7; 32];

impl<'a> Layer<'a> {
    pub(super) fn new(
        model: &'a ForestTable,
        table: &'a Table,
        goal: Goal,
        tamper: Tamper<'a>,
    ) -> Self {
        let shape = Shape::new(model.bounds(), table.rows()).unwrap();
        let layout = Layout::new(&shape.blocks(), shape.budget()).unwrap();
        let (columns, rest) = Columns::new(&shape, layout.blocks()).unwrap();
        assert!(rest.is_empty(), "the layer takes all it asked for");
        let forest = Forest { shape, columns, table, goal };
        let (cells, drawn) = Default::default();
        Self { forest, layout, model, tamper, cells, drawn }
    }

    /// The proof, whatever the cells are.
    pub(super) fn prove(&self) -> Vec<u8> {
        session::prove(self, &DIGEST, &[3; 32], &mut |_| ()).unwrap()
    }

    pub(super) fn verify(&self, proof: &[u8]) -> Result<(), Rejection> {
        session::verify(self, &DIGEST, proof)
    }
}

/// Proves and verifies.
pub(super) fn verdict(
    model: &ForestTable,
    table: &Table,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let layer = Layer::new(model, table, goal, tamper);
    layer.verify(&layer.prove())
}

impl Circuit for Layer<'_> {
    fn label(&self) -> &'static str {
        "assay/layer/forest/test"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.forest.verify(verifier, relations)?;
        *self.drawn.borrow_mut() = verifier.drawn().to_vec();
        Ok(())
    }
}

impl Witness for Layer<'_> {
    fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
        self.forest.fill(self.model, cells, rng);
        (self.tamper)(&mut Forge::new(&self.forest, cells));
        *self.cells.borrow_mut() = cells.to_vec();
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
        self.forest.prove(prover, progress);
    }
}
