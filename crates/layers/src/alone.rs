//! For tests: a statement that is nothing but a layer.

use crate::{Answers, Claim, Execution, Kept, Labels, Layer, Sizes};
use assay_engine::cells::Layout;
use assay_engine::channel::{self, Messages, Prover, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::pads::LAST_SLOTS;
use assay_engine::relations::Relations;
use assay_engine::session::{self, Cancelled, Circuit, Progress, Proof, Rejection, Witness};
use assay_model::Architecture;
use p3_field::{Field, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};
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

impl Labels<'_> {
    /// Where the answers are that are compared with them.
    pub(crate) fn kept(&self) -> Answers {
        match self {
            Self::Public(_) => Answers::Labels,
            Self::OfRows => Answers::OfRows,
            Self::Answers(_) => Answers::Column,
            Self::Hidden(_) => Answers::Hidden,
        }
    }
}

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

    /// Shows that a conversation needs no cells, and that its scalars matter: every fourth of them,
    /// beginning with number `seed` modulo four.
    ///
    /// Uniform scalars, but for the one that the last relation determines, are accepted by a verifier
    /// whose challenges were chosen beforehand: what a layer says tells nothing. With the same
    /// challenges any other scalar in any place is rejected, or leads to other openings: it is the
    /// algebra that rejects, not the hash.
    pub(crate) fn check_conversation(&self, seed: u64) {
        // Of a real proof, only the number of its scalars.
        let real = Proof::decode(&self.layout, &self.prove()).unwrap().messages;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uniform = |count: usize| -> Vec<EF> { (0..count).map(|_| rng.random()).collect() };
        let challenges = uniform(1 << 12);
        let mut messages =
            Messages { hidden: uniform(real.hidden.len()), clear: uniform(real.clear.len()) };
        let hear = |messages: &Messages| {
            let mut verifier = Verifier::programmed(challenges.clone(), &self.layout, messages);
            let (openings, residual) = session::converse(self, &mut verifier).unwrap();
            (openings, residual, verifier.drawn().to_vec())
        };
        let (openings, residual, drawn) = hear(&messages);
        assert!(openings.is_none(), "uniform scalars alone are no proof");
        // The last relation determines g, the scalar before z; e is drawn before s.
        let e = drawn[drawn.len() - 1 - LAST_SLOTS.ilog2() as usize];
        let g = messages.clear.len() - LAST_SLOTS - 1;
        messages.clear[g] += residual * e.inverse();
        let (accepted, residual, _) = hear(&messages);
        assert!(accepted.is_some() && residual == EF::ZERO, "a conversation needs no cells");

        let Messages { hidden, clear } = &messages;
        for place in (seed as usize % 4..hidden.len() + clear.len()).step_by(4) {
            let mut changed = messages.clone();
            match changed.hidden.get_mut(place) {
                Some(scalar) => *scalar += EF::ONE,
                None => changed.clear[place - hidden.len()] += EF::ONE,
            }
            assert_ne!(hear(&changed).0, accepted, "scalar {place} does not matter");
        }
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

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        self.layer.prove(prover, progress)
    }
}
