//! For tests: a statement that is nothing but a layer.

use crate::{Claim, Execution, Kept, Layer, Sizes};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Prover, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::relations::Relations;
use assay_engine::session::{self, Circuit, Progress, Rejection, Witness};
use assay_model::Architecture;
use rand::rngs::StdRng;
use std::cell::RefCell;

/// What a prover does to the honest cells.
pub(crate) type Tamper<'a, L> = Box<dyn Fn(&L, &mut [F]) + 'a>;

/// A layer with its witness, and what was seen while it was proven.
pub(crate) struct Alone<'a, L: Layer> {
    pub(crate) layer: L,
    layout: Layout,
    model: &'a L::Model,
    execution: Execution<L::Trace>,
    tamper: Tamper<'a, L>,
    /// The cells, pads apart.
    pub(crate) cells: RefCell<Vec<F>>,
    /// The challenges up to the layer's end.
    pub(crate) drawn: RefCell<Vec<EF>>,
}

const DIGEST: [u8; 32] = [7; 32];

impl<'a, L: Layer> Alone<'a, L> {
    /// The layer of `claim`, whose rows the prover executes as `execution` says.
    pub(crate) fn new<S: Sizes<Layer<'a> = L>>(
        architecture: &Architecture,
        kept: Kept,
        claim: Claim<'a>,
        (model, execution): (&'a L::Model, Execution<L::Trace>),
        tamper: Tamper<'a, L>,
    ) -> Self {
        let rows = claim.rows.table().unwrap().rows();
        let sizes = S::of(architecture, rows, claim.goal.bits(rows), kept).unwrap();
        let layout = Layout::new(&sizes.blocks(), sizes.budget()).unwrap();
        let (layer, rest) = sizes.layer(claim, layout.blocks()).unwrap();
        assert!(rest.is_empty(), "the layer takes all it asked for");
        let (cells, drawn) = Default::default();
        Self { layer, layout, model, execution, tamper, cells, drawn }
    }

    /// The proof, whatever the cells are.
    pub(crate) fn prove(&self) -> Vec<u8> {
        session::prove(self, &DIGEST, &[3; 32], &mut |_| ()).unwrap()
    }

    pub(crate) fn verify(&self, proof: &[u8]) -> Result<(), Rejection> {
        session::verify(self, &DIGEST, proof)
    }

    /// Proves and verifies.
    pub(crate) fn verdict(&self) -> Result<(), Rejection> {
        self.verify(&self.prove())
    }
}

impl<L: Layer> Circuit for Alone<'_, L> {
    fn label(&self) -> &'static str {
        "assay/layer/test"
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
        *self.drawn.borrow_mut() = verifier.drawn().to_vec();
        Ok(())
    }
}

impl<L: Layer> Witness for Alone<'_, L> {
    fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
        self.layer.fill(self.model, &self.execution, cells, rng);
        (self.tamper)(&self.layer, cells);
        *self.cells.borrow_mut() = cells.to_vec();
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
        self.layer.prove(prover, progress);
    }
}
