//! A conversation without commitment and opening, for tests: here all cells are known, so that what
//! a verifier only records can be looked at.

use super::{Messages, Prover, Verifier};
use crate::cells::{Block, Layout};
use crate::challenger::Challenger;
use crate::field::{EF, F};
use crate::linear::Linear;
use crate::packed;
use crate::pads::{self, Budget};
use crate::relations::Relations;
use p3_blake3::Blake3;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Cells, and the channel over them.
pub(crate) struct Rehearsal {
    pub(crate) layout: Layout,
    pub(crate) cells: Vec<F>,
}

impl Rehearsal {
    /// Blocks of zeros, and pads.
    pub(crate) fn new(logs: &[usize], budget: Budget) -> Self {
        let layout = Layout::new(logs, budget).unwrap();
        let mut cells = vec![F::ZERO; 1 << layout.variables()];
        pads::fill(&mut cells, layout.region(), &mut StdRng::seed_from_u64(99));
        Self { layout, cells }
    }

    /// Block `index`.
    pub(crate) fn block(&self, index: usize) -> Block {
        self.layout.blocks()[index]
    }

    /// What `prove` says.
    pub(crate) fn messages(&self, prove: impl FnOnce(&mut Prover<'_>)) -> Messages {
        let mut prover = Prover::new(challenger(), &self.layout, &self.cells);
        prove(&mut prover);
        prover.finish().0
    }

    /// Who hears it.
    pub(crate) fn verifier<'a>(&'a self, messages: &'a Messages) -> Verifier<'a> {
        Verifier::new(challenger(), &self.layout, messages)
    }

    /// What an expression is worth.
    pub(crate) fn value(&self, expression: &Linear) -> EF {
        let pads = expression.terms.iter().map(|&(at, k)| k * pads::value(&self.cells, at));
        expression.constant + pads.sum::<EF>()
    }

    /// Whether all relations hold, batched at a random place.
    pub(crate) fn holds(&self, relations: Relations) -> bool {
        self.excess(relations, StdRng::seed_from_u64(98).random()) == EF::ZERO
    }

    /// By how much Σ W·f exceeds T, batched by `gamma`; by 0 only the first relation counts.
    pub(crate) fn excess(&self, relations: Relations, gamma: EF) -> EF {
        let functional = relations.batch(gamma);
        let weights = packed::unpack(&functional.dense(&self.layout));
        let sum: EF = weights.into_iter().zip(&self.cells).map(|(w, &cell)| w * cell).sum();
        sum - functional.total
    }
}

fn challenger() -> Challenger {
    Challenger::from_hasher(b"rehearsal".to_vec(), Blake3)
}
