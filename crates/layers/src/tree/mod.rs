//! A hidden decision tree answers so many of n rows correctly, or answers them so.
//!
//! # Claim
//!
//! There is a table of slots (feature, low, high, left) such that every row ends in a leaf
//! ([`NodeTable::exec`](assay_model::ops::tree::NodeTable::exec) gives it a class, or the leaf's
//! class is none of the declared ones, which counts as wrong), and the number of rows whose class
//! is their label is at least, less than, or exactly k. The slots are cells that other parts of a
//! statement read too (the model's commitment).
//!
//! Or, with [`Goal::Answers`]: every row's class is its label, and a declared one. The labels are
//! then what the model answers, and may be public, cells of their own, or nothing at all but what
//! the last steps hold ([`Labels`]).
//!
//! # Cells
//!
//! A row takes `depth + 1` *steps*: `depth` transitions and a last step, one row of nine columns
//! each:
//!
//! | column | transition | last step |
//! |---|---|---|
//! | NODE | the slot | the slot |
//! | FEAT, TL, TH, LEFT | what the slot holds | what the slot holds |
//! | XL, XH | lower and upper half of the row's feature FEAT | the row's label, 0xffff |
//! | S | 1 if the value exceeds the threshold | 1 if the label exceeds the class |
//! | C | the borrow of the comparison | 1 if the class is the label |
//!
//! Behind them in C stand the bits of the distance between the count and k. Multiplicities: how
//! often each cell of the data, each number below 2^16, each slot is looked up.
//!
//! # Constraints
//!
//! With selectors of transitions (t), last (l) and first (f) steps, and of rows with bits (b):
//!
//! ```text
//! b·S(S−1) = 0                 b·C(C−1) = 0
//! f·NODE = 0                   t·(NODE' − LEFT − S) = 0                       NODE': the next step's
//! l·(XL − label) = 0           l·(XH − 0xffff) = 0        l·(TH − 0xffff) = 0      l·C·(TL − XL) = 0
//! Σ l·C ∓ Σ 2^j·bit_j = k
//! D_low  = (1 − 2S)(TL − XL) + t·(2^16·C − S) + l·(C − 1)      in [0, 2^16)
//! D_high = (1 − 2S)(TH − XH) − t·C                             in [0, 2^16)
//! (NODE, FEAT, TL, TH, LEFT) in the slots       t: (row, FEAT, XL, XH) in the data       slots' FEAT, TL, TH in [0, 2^16)
//! ```
//!
//! On a transition the two differences are the halves of `threshold − value`, or of `value −
//! threshold − 1` if S; only the right S and C keep both in range, because value and threshold have
//! 32 bits. In the last step D_low is |class − label| − 1, or 0 if C: a wrong label cannot pass for
//! a right one, nor a right one for a wrong one. D_low and D_high are not committed; they are
//! quadratic leaves of the lookup, and its claim is part of the one zerocheck.
//!
//! Cells of the data table outside the rows and features get a tag that nothing looks up, so their
//! multiplicities must be zero: a slot whose feature does not exist cannot be followed.
//!
//! # Answers
//!
//! With [`Goal::Answers`] the mark in XH makes room for one more comparison. Of r classes,
//!
//! ```text
//! l·(XH − XL − (2^16 − r)) = 0      l·S = 0                 instead of l·(XH − 0xffff) = 0
//! D_high = TH − XH = r − 1 − XL     in [0, 2^16)
//! Σ l·C = n
//! ```
//!
//! so that C = 1 and TL = XL in every last step, and XL, which is a limb because TL is one, is
//! below r: what is none of the declared classes is no answer. A column of answers is tied to XL at
//! a random point ρ of the rows, Σ_r eq(ρ, r)·(XL(last step of r) − answer(r)) = 0; its cells behind
//! the last row are zero by the same relation.
//!
//! # Committed rows
//!
//! The rows may be cells too ([`Rows::Committed`]): two columns hold the lower and upper halves of
//! the values, row after row, each row filled up to a power of two, the label as one more feature
//! (upper half zero). The leaves of the data table are then readings of those columns; the cells
//! outside the rows and features, the labels among them, carry the tag that nothing looks up. XL in
//! the last steps is tied to the labels at a random point ρ of the rows, Σ_r eq(ρ, r)·(XL(last step
//! of r) − label(r)) = 0, instead of to public values.
//!
//! # Transcript
//!
//! α, β; the LogUp walk ([`fraction`]); with committed rows, the reading β³·low + β⁴·high of the
//! data; τ, μ; a cubic sum-check; eight clear readings; if labels are cells, ρ.
//!
//! Soundness error, beyond that of `fraction`: (4n + 10)/|EF| with 2^n steps.
//!
//! Paper: zkDT (Zhang et al., CCS 2020) for the statement. Deviations: lookups instead of
//! permutation arguments, two-limb comparison, leaves that loop, the tree's shape hidden up to
//! declared bounds, a wrong label is proven too.

#[cfg(feature = "prove")]
pub(crate) mod fill;
#[cfg(feature = "prove")]
mod prove;
mod readings;
mod shape;
#[cfg(feature = "prove")]
mod steps;
#[cfg(feature = "prove")]
#[cfg(test)]
pub(crate) mod tests;
mod verify;

pub use shape::{Columns, Shape};

use crate::data::{Entries, RowCells};
use crate::{Answers, Claim, Goal, Kept, Labels, Layer, Rows, Sizes, Unsupported};
#[cfg(feature = "prove")]
use crate::{Execution, Unprovable};
use assay_engine::cells::Block;
#[cfg(feature = "prove")]
use assay_engine::channel::Prover;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::fraction;
use assay_engine::pads::Budget;
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
#[cfg(feature = "prove")]
use assay_engine::session::{Cancelled, Progress};
use assay_model::ops::tree::NodeTable;
use assay_model::{Architecture, Table};
use p3_field::PrimeCharacteristicRing;
#[cfg(feature = "prove")]
use rand::rngs::StdRng;

/// The layer, for one table.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    /// The public sizes.
    pub shape: Shape,
    /// Where its cells lie.
    pub columns: Columns,
    /// The rows.
    pub rows: Rows<'a>,
    /// Their labels, or answers.
    pub labels: Labels<'a>,
    /// What is asserted.
    pub goal: Goal,
}

impl Tree<'_> {
    /// The data table of public rows.
    fn entries<'t>(&self, table: &'t Table) -> Entries<'t> {
        let logs = [self.shape.rows_log(), self.shape.features_log()];
        Entries { table, logs }
    }
}

impl Sizes for Shape {
    type Model = NodeTable;
    type Trace = ();
    type Layer<'a> = Tree<'a>;

    fn of(
        architecture: &Architecture,
        rows: usize,
        bits: usize,
        kept: Kept,
    ) -> Result<Self, Unsupported> {
        let &Architecture::DecisionTree(bounds) = architecture else {
            return Err(Unsupported::Architecture);
        };
        let shape = if kept.rows { Self::committed(bounds, rows) } else { Self::new(bounds, rows) };
        let shape = shape.map_err(|_| Unsupported::Rows)?.with_slack(bits);
        let has_column = kept.answers == Answers::Column;
        Ok(if has_column { shape.with_answers() } else { shape })
    }

    fn blocks(&self) -> Vec<usize> {
        let mut logs = vec![self.steps_log(); shape::COLUMNS];
        logs.push(self.data_log());
        logs.push(shape::LIMB_LOG);
        logs.extend([self.bounds().slots_log(); shape::SLOT_COLUMNS]);
        if self.is_committed() {
            logs.extend([self.data_log(); 2]);
        }
        if self.has_answers() {
            logs.push(self.rows_log());
        }
        logs
    }

    fn budget(&self) -> Budget {
        let linear = 3 * self.steps_log() + usize::from(self.is_committed());
        let local = Budget { linear, clear: readings::COUNT, ..Budget::default() };
        fraction::budget(self.tree_logs()) + local
    }

    fn security(&self, terms: &mut Terms) {
        let [big, small] = self.tree_logs().map(|log| log as u64);
        terms.logup("tree: lookups", (1 << big) + (1 << small), 6);
        let layers = big.max(small);
        terms.sumcheck("tree: lookup walk", layers * (layers + 5) / 2, 3);
        terms.point("tree: zerocheck point", self.steps_log() as u64);
        terms.powers("tree: constraints", readings::CONSTRAINTS as u64);
        if self.is_committed() || self.has_answers() {
            terms.point("tree: labels", self.rows_log() as u64);
        }
        terms.sumcheck("tree: zerocheck", self.steps_log() as u64, 3);
    }

    fn row_cells(&self) -> Option<RowCells> {
        let (rows, features) = (self.rows(), self.bounds().features());
        self.is_committed().then_some(RowCells { rows, features })
    }

    fn layer<'a, 'b>(
        self,
        claim: Claim<'a>,
        blocks: &'b [Block],
    ) -> Option<(Tree<'a>, &'b [Block])> {
        let Claim { rows, labels, goal } = claim;
        let (columns, rest) = Columns::new(&self, blocks)?;
        Some((Tree { shape: self, columns, rows, labels, goal }, rest))
    }
}

impl Layer for Tree<'_> {
    type Model = NodeTable;
    type Trace = ();

    fn parameters(&self) -> Vec<Block> {
        self.columns.slots.to_vec()
    }

    fn rows(&self) -> Option<[Block; 2]> {
        self.columns.data
    }

    fn answers(&self) -> Option<Block> {
        self.columns.answers
    }

    fn distance(&self) -> Vec<(F, Block)> {
        let [.., carry] = self.columns.step;
        let bit = |j: usize| (F::TWO.exp_u64(j as u64), carry.cell(self.shape.steps() + j));
        (0..self.shape.slack()).map(bit).collect()
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.verify(verifier, relations)
    }

    #[cfg(feature = "prove")]
    fn execute(&self, model: &NodeTable) -> Result<Execution, Unprovable> {
        self.execute(model)
    }

    #[cfg(feature = "prove")]
    fn fill(&self, model: &NodeTable, _: &Execution, cells: &mut [F], rng: &mut StdRng) {
        self.fill(model, cells, rng);
    }

    #[cfg(feature = "prove")]
    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        self.prove(prover, progress)
    }
}
