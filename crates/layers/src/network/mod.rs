//! A hidden network answers so many of n rows correctly, or answers them so.
//!
//! # Claim
//!
//! For a public [`Program`] there are parameters such that every row has an answer
//! ([`Network::exec`](assay_model::ops::network::Network::exec)), and the number of rows whose
//! answer is their label is at least, less than, or exactly k. The parameters are cells that other
//! parts of a statement read too (the model's commitment).
//!
//! # Cells
//!
//! A tensor is a block of axes `[rows, height, width, channels]`, each padded to a power of two.
//! Per unit: q, stored as q + 2^(b−1); the remainder r in limbs of at most 16 bits; y = map(q),
//! unless the map is the identity. Per maximum over t taps a_0 … a_{t−1}: the t − 1 excesses
//!
//! ```text
//! e_j = max(m_{j−1} − a_j, 0),     m_0 = a_0,     m_j = a_j + e_j,
//! ```
//!
//! so that m_j, the maximum up to tap j, is linear in cells. A tap that reads nothing counts as a
//! number that the tensor cannot be below. For the answer: marks S, the greatest score m of each
//! row, the distance between count and k in limbs. Per table its multiplicities.
//!
//! Nothing else is committed: no accumulator, no copy of an input. The public input is evaluated by
//! the verifier wherever another tensor would be read.
//!
//! # Hidden rows
//!
//! Rows may be cells too ([`RowCells`]): lower and upper halves of the values' codes, the label as one
//! more feature. The map of the input rises with the code, so that the codes that become one integer
//! x are an interval, and an interval is at most three *rectangles*, lower halves in `[L, L']` and upper
//! halves in `[H, H']`. Committed per value: x, and four distances, so that
//!
//! ```text
//! (name, x, low − a, low + b, high − c, high + d)  is an entry      a, b, c, d  in [0, 2^16)
//! ```
//!
//! of a public table, where a cell is named by its feature's scale, as label, or as padding. The table
//! holds every code of a finite float and no other, declared classes for labels, zeros for padding:
//! what is committed are the cells of a table. All readings of the input are readings of x.
//!
//! # Answers
//!
//! A column A holds the answers where they are cells, or are compared with labels that are:
//! A(n) = Σ_j j·S(n, j) and zero behind the last row, at a random point. A score of hidden rows looks
//! up (A(n) − label, right(n)) in the table of (d, 1 if d = 0) and counts right(n). With
//! [`Goal::Answers`] the marks are the answers, whether they are compared, a column, or hidden.
//!
//! Labels that are public may be compared with the best answers instead of the one answer (`best`).
//!
//! # Constraints
//!
//! ```text
//! r limbs in their ranges     (q, y) in the map's table, or q in its range     (m_{j−1} − a_j, e_j) in the table of max(·, 0)
//! 2^s·q + r = bias + Σ fixed terms + Σ mixed terms + Σ products                at every real place of every unit
//! m − y_j − 1 + Σ_{i ≤ j} S_i  in [0, 2^16)         S_j·(S_j − 1) = 0         S_j·(m − y_j − 1 + Σ_{i ≤ j} S_i) = 0         Σ_j S_j = 1
//! Σ_n S(n, label_n) ∓ (low + 2^16·high) = k         low, high, 2^(32−b)·high in [0, 2^16), b bits
//! ```
//!
//! Quotient and remainder have 30 bits together at most, so that no two of them are one number
//! modulo p. The marked score is m, those before it are smaller and those behind it no greater: it
//! is the lowest index of the greatest. Padding is looked up like everything else, and the
//! equations are masked to the real places: padding that is read by a lookup alone may hold
//! anything that some table holds.
//!
//! # Transcript
//!
//! α, β; the LogUp walk ([`fraction`]). The corner ρ: one coordinate for each bit of the rows and
//! of the longest height, width and channels. Per unit and mixed term: the claim c, hidden; the
//! inner product ([`inner`]) of
//!
//! ```text
//! A(k, g, i) = Σ_{n, o} eq(ρ, (n, o))·x(n, input(o, k), g, i)        B(k, g, i) = Σ_j eq(ρ, (g, j))·W(k, g, i, j)
//! ```
//!
//! over taps k, groups g and inputs i: its cost is that of the tensors, whatever the number of
//! multiplications. Per product the same with A = eq(ρ, ·)·left, B = right. Then τ, μ and the inner
//! product of eq(τ, ·)·S and S − 1 + μ·(m − y − 1 + Σ S), which is zero; with a column of answers, a
//! point of the rows; with labels among the best answers a point of the rows and an inner product. Nothing is sent in the clear, so that columns need no blind rows.
//!
//! Soundness error, beyond that of `fraction`: for ρ and τ their coordinates, for each inner
//! product over 2^n places 2n, for μ 1, all over |EF|.
//!
//! Papers: Thaler 2013 for the matrix products; zkCNN (Liu et al., CCS 2021) for the statement.
//! Deviations: no layer-by-layer reduction and no FFT. Each layer's values are committed because
//! they are looked up, so each equation is checked at a random point of its own with readings that
//! weigh every axis; a convolution is a product of shifted views that nobody writes down.

mod best;
mod equations;
#[cfg(feature = "prove")]
mod fill;
mod kept;
mod plan;
#[cfg(feature = "prove")]
mod prove;
mod reader;
mod rows;
mod tables;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;
#[cfg(feature = "prove")]
mod view;
mod weights;

#[cfg(feature = "prove")]
pub use fill::Execution;
pub use plan::{Columns, Plan, Unsupported, parameter_logs};
pub use rows::Rows;

#[cfg(feature = "prove")]
use crate::Unprovable;
use crate::data::RowCells;
use crate::{Claim, Goal, Kept, Layer, Sizes, scored};
use assay_engine::cells::Block;
#[cfg(feature = "prove")]
use assay_engine::channel::Prover;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::pads::Budget;
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
#[cfg(feature = "prove")]
use assay_engine::session::{Cancelled, Progress};
use assay_engine::{fraction, inner};
use assay_model::Architecture;
use assay_model::ops::network as model;
#[cfg(doc)]
use assay_model::ops::network::Program;
use assay_model::ops::network::{Node, Term};
use equations::{Contraction, Corner};
use p3_field::PrimeCharacteristicRing;
#[cfg(feature = "prove")]
use rand::rngs::StdRng;

/// The layer, for some rows.
#[derive(Clone, Debug)]
pub struct Network {
    /// The public sizes.
    pub plan: Plan,
    /// Where its cells lie.
    pub columns: Columns,
    /// The rows and labels.
    pub rows: Rows,
    /// What is asserted.
    pub goal: Goal,
}

impl Plan {
    /// Number of rounds of each inner product, but for the answer's.
    fn products(&self) -> impl Iterator<Item = usize> {
        let nodes = self.program.nodes().iter().enumerate();
        nodes.flat_map(move |(node, kind)| {
            let terms = match kind {
                Node::Unit { terms, .. } => terms.as_slice(),
                Node::Max { .. } => &[],
            };
            terms.iter().enumerate().filter_map(move |(position, term)| match term {
                Term::Fixed { .. } => None,
                Term::Mixed { .. } => Contraction::new(self, node, position).map(|c| c.rounds()),
                Term::Product { .. } => Some(self.axes(node + 1).iter().sum()),
            })
        })
    }

    /// Number of rounds of the answer's inner product.
    fn answer_rounds(&self) -> usize {
        self.answer.axes.iter().sum()
    }
}

impl Sizes for Plan {
    type Model = model::Network;
    type Trace = Vec<model::Trace>;
    type Layer<'a> = Network;

    fn of(
        architecture: &Architecture,
        rows: usize,
        bits: usize,
        kept: Kept,
    ) -> Result<Self, scored::Unsupported> {
        let Architecture::Network(program) = architecture else {
            return Err(scored::Unsupported::Architecture);
        };
        Self::with(program, rows, bits, kept).map_err(|reason| match reason {
            Unsupported::Rows => scored::Unsupported::Rows,
            Unsupported::Input | Unsupported::Labels => scored::Unsupported::Kept,
            _ => scored::Unsupported::Architecture,
        })
    }

    fn blocks(&self) -> Vec<usize> {
        self.blocks().to_vec()
    }

    fn budget(&self) -> Budget {
        let claim = Budget { linear: 1, ..Budget::default() };
        let own = self.best.map(|_| self.answer_rounds());
        self.products().chain(own).fold(
            fraction::budget(self.trees) + inner::budget(self.answer_rounds()),
            |sum, rounds| sum + claim + inner::budget(rounds),
        )
    }

    fn security(&self, terms: &mut Terms) {
        let [big, small] = self.trees.map(|log| log as u64);
        // The tag, and as many powers of β as the longest tuple has numbers.
        let tuple = if self.hidden.is_some() { kept::NUMBERS as u64 + 1 } else { 3 };
        terms.logup("network: lookups", (1 << big) + (1 << small), tuple);
        let layers = big.max(small);
        terms.sumcheck("network: lookup walk", layers * (layers + 5) / 2, 3);
        terms.point("network: corner of the equations", Corner::len(self) as u64);
        let rounds: usize = self.products().sum();
        terms.sumcheck("network: inner products", rounds as u64, 2);
        terms.point("network: corner of the answers", self.answer_rounds() as u64);
        terms.powers("network: marks", 2);
        terms.sumcheck("network: answers", self.answer_rounds() as u64, 2);
        if let Some(best) = &self.best {
            terms.point("network: labels' scores", best.log as u64);
            terms.sumcheck("network: labels' scores", self.answer_rounds() as u64, 2);
        }
        if let Some(answers) = &self.answers {
            terms.point("network: column of answers", answers.log as u64);
        }
    }

    fn row_cells(&self) -> Option<RowCells> {
        self.hidden.as_ref().map(|hidden| hidden.sizes)
    }

    fn layer<'b>(self, claim: Claim<'_>, blocks: &'b [Block]) -> Option<(Network, &'b [Block])> {
        let Claim { rows, labels, goal } = claim;
        if !claim.fits(self.kept) {
            return None;
        }
        let rows = Rows::of(&self.program, rows, labels.at_hand(&rows))?;
        let (columns, rest) = Columns::new(&self, blocks)?;
        Some((Network { plan: self, columns, rows, goal }, rest))
    }
}

impl Layer for Network {
    type Model = model::Network;
    type Trace = Vec<model::Trace>;

    fn parameters(&self) -> Vec<Block> {
        self.columns.parameters.clone()
    }

    fn rows(&self) -> Option<[Block; 2]> {
        self.plan.hidden.map(|hidden| hidden.halves.map(|half| self.columns.block(half)))
    }

    fn answers(&self) -> Option<Block> {
        self.plan.answers.map(|plan| self.columns.block(plan.answers))
    }

    /// The greatest number of the last tensor: of one class, it is the only one.
    fn outputs(&self) -> Option<Block> {
        let is_number = self.plan.program.classes() == 1;
        is_number.then_some(self.columns.block(self.plan.answer.top))
    }

    fn distance(&self) -> Vec<(F, Block)> {
        let distance = self.columns.block(self.plan.answer.distance);
        vec![(F::ONE, distance.cell(0)), (F::from_u32(1 << 16), distance.cell(1))]
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.verify(verifier, relations)
    }

    #[cfg(feature = "prove")]
    fn execute(&self, model: &model::Network) -> Result<Execution, Unprovable> {
        self.execute(model)
    }

    #[cfg(feature = "prove")]
    fn fill(&self, model: &model::Network, run: &Execution, cells: &mut [F], _: &mut StdRng) {
        self.fill(model, run, cells);
    }

    #[cfg(feature = "prove")]
    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        self.prove(prover, progress)
    }
}
