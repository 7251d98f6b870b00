//! A hidden forest answers so many of n rows correctly, or answers them so.
//!
//! # Claim
//!
//! There is a table of slots and values such that every row has an answer
//! ([`ForestTable::exec`](assay_model::ops::forest::ForestTable::exec)), and the number of rows
//! whose answer is their label is at least, less than, or exactly k. Slots and values are cells that
//! other parts of a statement read too (the model's commitment).
//!
//! # Cells
//!
//! *Steps.* A row takes `depth` steps in each of the trees; step `(row·trees + tree)·depth + level`
//! has NODE, FEAT, TL, TH, LEFT (the slot and what it holds), XL, XH (the halves of the row's
//! feature FEAT), S (whether the value exceeds the threshold) and C (the borrow of the comparison).
//!
//! *Ends.* Where row and tree end: the slot, and its values; index `row·trees + tree`.
//!
//! *Answers.* Over `[class, row]`: `is`, 1 for the answer; E = low + 2^16·high, by how much the
//! class is behind it. Per row the sum of the answer, TOP. In the row behind the last class of `is`
//! stand the bits of the distance between the count and k. Rows behind the last one are answered
//! with class 0 and sums of zero, so that they need no exception.
//!
//! Multiplicities: how often each value of the data, number below 2^16, slot, leaf is looked up.
//!
//! # Constraints
//!
//! ```text
//! S(S−1) = 0    C(C−1) = 0    first level: NODE = tree    else: NODE' = LEFT + S         NODE': the next step's
//! D_low  = (1 − 2S)(TL − XL) + 2^16·C − S      in [0, 2^16)
//! D_high = (1 − 2S)(TH − XH) − C               in [0, 2^16)
//! (NODE, FEAT, TL, TH, LEFT) in the slots      (row, FEAT, XL, XH) in the data       slots' FEAT, TL, TH in [0, 2^16)
//! END = LEFT + S of the last level             (END, 0xffff, votes) in the slots with their values
//! E(j) = TOP − Σ votes for j − 1 + Σ_{i≤j} is(i)         low, high, 2^3·high in [0, 2^16)
//! is(is − 1 + μ·E) = 0                          Σ_j is(j) = 1
//! Σ_row is(label) ∓ Σ 2^j·bit_j = k
//! ```
//!
//! The differences hold as in [`tree`](crate::tree). E < 2^29, so the answer's sum is the greatest
//! in the sense of [`answer`](assay_model::ops::forest::answer), and before it all are less. The
//! first two lines are one zerocheck; the rest of the lines are linear, but for the last but one,
//! an inner product. Nobody commits to sums.
//!
//! Values that the width is filled up with are zero, so that the commitment is to a model.
//!
//! # Hidden rows and answers
//!
//! Rows may be cells, as in [`tree`](crate::tree): the data table's leaves are readings of them. A
//! column A holds the answers where they are cells or are compared with labels that are:
//! A(row) = Σ_j j·is(j, row), zero behind the last row, at a random point of the rows. A score of hidden
//! rows looks up (A − label, right) in the table of (d, 1 if d = 0) and counts `right` instead of
//! `is(label)`. With [`Goal::Answers`] the marks are the answers. Labels that are public may be
//! compared with the best answers instead of the one answer (`best`).
//!
//! # Transcript
//!
//! α, β; the LogUp walk ([`fraction`]) of the steps' lookups and of everything else; τ, μ; a cubic
//! sum-check; six clear readings; ρ among ends; κ among classes, ρ among rows; τ, μ; an inner
//! product ([`inner`]).
//!
//! Soundness error, beyond that of `fraction` and `inner`: (4n + e + 2a + 8)/|EF| with 2^n steps, 2^e
//! ends, 2^a answers.
//!
//! Paper: zkDT (Zhang et al., CCS 2020), section 6, for forests. Deviations: as in the tree, and the
//! votes are numbers, of any ensemble; numbers, depths and sizes of the trees are hidden up to
//! declared bounds; the answer is the greatest sum and not a majority of classes.

mod answer;
mod best;
#[cfg(feature = "prove")]
mod fill;
#[cfg(feature = "prove")]
mod prove;
mod readings;
mod segments;
mod shape;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
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
use assay_engine::pads::Budget;
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
#[cfg(feature = "prove")]
use assay_engine::session::{Cancelled, Progress};
use assay_engine::{fraction, inner};
use assay_model::ops::forest::ForestTable;
use assay_model::{Architecture, Table};
use p3_field::PrimeCharacteristicRing;
#[cfg(feature = "prove")]
use rand::rngs::StdRng;
use shape::part;

/// The layer, for one table.
#[derive(Clone, Debug)]
pub struct Forest<'a> {
    /// The public sizes.
    pub shape: Shape,
    /// Where its cells lie.
    pub columns: Columns,
    /// The rows.
    pub rows: Rows<'a>,
    /// What their answers are compared with.
    pub labels: Labels<'a>,
    /// What is asserted.
    pub goal: Goal,
}

impl Forest<'_> {
    /// The data table of public rows.
    fn entries<'t>(&self, table: &'t Table) -> Entries<'t> {
        let logs = [self.shape.rows_log(), self.shape.features_log()];
        Entries { table, logs }
    }
}

impl Sizes for Shape {
    type Model = ForestTable;
    type Trace = ();
    type Layer<'a> = Forest<'a>;

    fn of(
        architecture: &Architecture,
        rows: usize,
        bits: usize,
        kept: Kept,
    ) -> Result<Self, Unsupported> {
        let &Architecture::Forest(bounds) = architecture else {
            return Err(Unsupported::Architecture);
        };
        if kept.answers == Answers::OfRows && !kept.rows {
            return Err(Unsupported::Kept);
        }
        let shape = Self::new(bounds, rows).map_err(|_| Unsupported::Rows)?;
        Ok(shape.with_slack(bits).with_kept(kept))
    }

    fn blocks(&self) -> Vec<usize> {
        self.blocks()
    }

    fn budget(&self) -> Budget {
        let local =
            Budget { linear: 3 * self.steps_log(), clear: readings::COUNT, ..Budget::default() };
        fraction::budget(self.tree_logs()) + local + inner::budget(self.answers_log())
    }

    fn security(&self, terms: &mut Terms) {
        let [big, small] = self.tree_logs().map(|log| log as u64);
        let tuple = self.bounds().width().max(3) as u64 + 3;
        terms.logup("forest: lookups", (1 << big) + (1 << small), tuple);
        let layers = big.max(small);
        terms.sumcheck("forest: lookup walk", layers * (layers + 5) / 2, 3);
        terms.point("forest: zerocheck point", self.steps_log() as u64);
        terms.powers("forest: constraints", readings::POWERS as u64);
        terms.sumcheck("forest: zerocheck", self.steps_log() as u64, 3);
        terms.point("forest: ends", self.pairs_log() as u64);
        terms.point("forest: values", self.bounds().slots_log() as u64);
        terms.point("forest: sums", self.answers_log() as u64);
        terms.point("forest: answers", self.answers_log() as u64 + 1);
        terms.sumcheck("forest: answers", self.answers_log() as u64, 2);
        if self.best().is_some() {
            terms.point("forest: labels' sums", self.answers_log() as u64);
        }
        if matches!(self.kept().answers, Answers::Column | Answers::OfRows) {
            terms.point("forest: column of answers", self.column_log() as u64);
        }
    }

    fn row_cells(&self) -> Option<RowCells> {
        self.hidden()
    }

    fn layer<'a, 'b>(
        self,
        claim: Claim<'a>,
        blocks: &'b [Block],
    ) -> Option<(Forest<'a>, &'b [Block])> {
        if !claim.fits(self.kept()) {
            return None;
        }
        let Claim { rows, labels, goal } = claim;
        let (columns, rest) = Columns::new(&self, blocks)?;
        Some((Forest { shape: self, columns, rows, labels, goal }, rest))
    }
}

impl Layer for Forest<'_> {
    type Model = ForestTable;
    type Trace = ();

    fn parameters(&self) -> Vec<Block> {
        let [feature, low, high, left] = self.columns.slots;
        vec![self.columns.values, feature, low, high, left]
    }

    fn rows(&self) -> Option<[Block; 2]> {
        self.columns.data
    }

    fn answers(&self) -> Option<Block> {
        self.columns.answers
    }

    /// The sum of the answer: of one class, it is the sum of all votes.
    fn outputs(&self) -> Option<Block> {
        (self.shape.bounds().classes() == 1).then_some(self.columns.top)
    }

    fn distance(&self) -> Vec<(F, Block)> {
        let behind = self.shape.bounds().classes();
        let bits = part(self.columns.is, behind, self.shape.rows_log());
        let bit = |j: usize| (F::TWO.exp_u64(j as u64), bits.cell(j));
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
    fn execute(&self, model: &ForestTable) -> Result<Execution, Unprovable> {
        self.execute(model)
    }

    #[cfg(feature = "prove")]
    fn fill(&self, model: &ForestTable, _: &Execution, cells: &mut [F], rng: &mut StdRng) {
        self.fill(model, cells, rng);
    }

    #[cfg(feature = "prove")]
    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        self.prove(prover, progress)
    }
}
