//! The closing circuit: all commitments opened, and their sum.
//!
//! # Cells
//!
//! Eight per part, padded to a power of two: d_i and its salt. 32 bits of the distance.
//!
//! # Transcript
//!
//! The batch of compressions; τ; an inner product ([`inner`]) of eq(τ, ·)·bit and bit − 1, which is zero.
//!
//! Soundness error, beyond that of both: 5/|EF| for τ.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use crate::commit::elements;
use crate::sum;
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::poseidon2::{self, HALF, Lanes, Program, Run, compress};
use assay_engine::relations::{Axis, Relation, Relations};
use assay_engine::security::Terms;
use assay_engine::{inner, session};
use assay_layers::Goal;
use assay_types::statement::Parted;
use p3_field::PrimeCharacteristicRing;

/// Binary logarithm of the bits of the distance.
const BITS_LOG: usize = 5;

/// The circuit of a statement.
pub(in crate::accuracy) struct Closing {
    sums: Block,
    pub(in crate::accuracy) bits: Block,
    parts: usize,
    goal: Goal,
    /// Σ o_i.
    offset: F,
    program: Program,
    layout: Layout,
}

fn parts_log(parts: usize) -> usize {
    parts.next_power_of_two().trailing_zeros() as usize
}

fn hashes_log(parts: usize) -> usize {
    parts_log(parts).max(poseidon2::LOG_MIN)
}

fn layout(parts: usize) -> Option<Layout> {
    let budget = poseidon2::budget(hashes_log(parts)) + inner::budget(BITS_LOG);
    let layout = Layout::new(&[parts_log(parts) + sum::BLOCK_LOG, BITS_LOG], budget).ok()?;
    Some(layout.one_of(parts.saturating_add(1)))
}

impl Closing {
    /// The circuit of a statement that is fit.
    pub(in crate::accuracy) fn new(statement: &Parted, goal: Goal) -> Option<Self> {
        let parts = statement.sums.len();
        let layout = layout(parts)?;
        let &[sums, bits] = layout.blocks().first_chunk()?;
        let log = parts_log(parts);
        let padding = compress(sum::start(), [F::ZERO; HALF]);
        let commitments = statement.sums.iter().map(elements);
        let commitments = commitments.chain(std::iter::repeat(padding)).take(1 << log);
        let run = Run {
            at: 0,
            log,
            state: Lanes::Constant(sum::start()),
            block: Lanes::Rows(sums),
            output: Lanes::Public(commitments.collect()),
        };
        let offset = |part| F::from_i64(goal.of_part(statement.rows(part).len()).1);
        let offset = (0..parts).map(offset).sum();
        let program = Program::new(vec![run]);
        Some(Self { sums, bits, parts, goal, offset, program, layout })
    }

    /// The bits are bits.
    fn bits(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let tau = verifier.challenges(BITS_LOG);
        let ends = inner::verify(verifier, relations, Linear::zero(), BITS_LOG)?;
        let weigh =
            |(&tau, &r): (&EF, &EF)| Axis::new(1, vec![(EF::ONE - tau) * (EF::ONE - r), tau * r]);
        let products = relations.tensor(tau.iter().zip(&ends.point).map(weigh).collect());
        let mut weighed = Relation::new(ends.a.times(-EF::ONE));
        weighed.read(EF::ONE, self.bits, products);
        relations.push(weighed);
        let id = relations.point(&ends.point);
        let mut others = Relation::new(ends.b.times(-EF::ONE));
        others.add_public(-EF::ONE);
        others.read(EF::ONE, self.bits, id);
        relations.push(others);
        Ok(())
    }
}

impl session::Circuit for Closing {
    fn label(&self) -> &'static str {
        "assay/accuracy/parts/closing/2"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        poseidon2::verify(&self.program, verifier, relations)?;
        self.bits(verifier, relations)?;
        let mut sum = Relation::new(Linear::public(-EF::from(self.goal.target() + self.offset)));
        let firsts = (0..self.parts).map(|part| (part << sum::BLOCK_LOG, EF::ONE));
        let id = relations.sparse(firsts.collect());
        sum.read(EF::ONE, self.sums, id);
        let factors = (0..1 << BITS_LOG).map(|j| (j, EF::from(self.goal.factor(j))));
        let id = relations.sparse(factors.take(BITS).collect());
        sum.read(EF::ONE, self.bits, id);
        relations.push(sum);
        Ok(())
    }
}

/// Bits of the distance that count: more than any distance has.
const BITS: usize = 30;

pub(super) fn security(parts: usize) -> Option<Terms> {
    let mut terms = crate::terms::common(&layout(parts)?)?;
    terms.point("closing: bits", BITS_LOG as u64);
    terms.sumcheck("closing: bits", BITS_LOG as u64, 2);
    crate::terms::poseidon2(&mut terms, hashes_log(parts));
    Some(terms)
}

#[cfg(feature = "prove")]
pub(in crate::accuracy) use proven::Proven;

#[cfg(feature = "prove")]
#[allow(clippy::indexing_slicing, reason = "a prover writes cells of its own layout")]
mod proven {
    use super::{BITS, BITS_LOG, Closing, EF, F, HALF, Layout, Rejection, Relations, Verifier};
    use assay_engine::channel::Prover;
    use assay_engine::session::{self, Cancelled, Progress};
    use assay_engine::{inner, mle, poseidon2};
    use p3_field::PrimeCharacteristicRing;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    pub(in crate::accuracy) struct Proven {
        pub(in crate::accuracy) closing: Closing,
        /// What each commitment opens to.
        pub(in crate::accuracy) opened: Vec<[F; HALF]>,
        pub(in crate::accuracy) distance: u64,
    }

    impl session::Circuit for Proven {
        fn label(&self) -> &'static str {
            self.closing.label()
        }

        fn layout(&self) -> &Layout {
            self.closing.layout()
        }

        fn verify(
            &self,
            verifier: &mut Verifier<'_>,
            relations: &mut Relations,
        ) -> Result<(), Rejection> {
            self.closing.verify(verifier, relations)
        }
    }

    impl session::Witness for Proven {
        fn fill(&self, cells: &mut [F], _: &mut StdRng) {
            let (sums, _) = cells[self.closing.sums.range()].as_chunks_mut::<HALF>();
            sums.iter_mut().zip(&self.opened).for_each(|(cells, opened)| *cells = *opened);
            let bits = &mut cells[self.closing.bits.range()];
            for (j, bit) in bits.iter_mut().enumerate().take(BITS) {
                *bit = F::from_bool(self.distance >> j & 1 == 1);
            }
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
            let mut again = || progress.phase("sums of the parts");
            again()?;
            poseidon2::prove(&self.closing.program, prover, &mut again)?;
            let tau = prover.challenges(BITS_LOG);
            let bits = &prover.cells()[self.closing.bits.range()];
            let weighed = mle::eq_table(&tau).into_iter().zip(bits).map(|(eq, &bit)| eq * bit);
            let (weighed, others) =
                (weighed.collect(), bits.iter().map(|&bit| EF::from(bit - F::ONE)).collect());
            inner::prove(prover, weighed, others);
            Ok(())
        }
    }
}
