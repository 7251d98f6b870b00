//! Tensors as linear readings of cells.
//!
//! Every number of every tensor is linear in cells: a unit's is a cell, or a quotient without its
//! offset; a maximum is its last tap plus an excess; the input is public, or a cell.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Network;
use super::plan::{Kind, NodePlan};
use super::tables::half;
use super::weights::{Weights, sum, through_tap};
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
use assay_engine::relations::{Axis, Relation, Relations};
use assay_model::ops::network::Node;
use p3_field::PrimeCharacteristicRing;

/// Adds readings to relations.
pub(super) struct Reader<'v> {
    pub(super) layer: &'v Network,
    pub(super) relations: &'v mut Relations,
    /// Weights of the rows, and the public features folded with them: the equations share theirs.
    folded: Option<(Vec<EF>, Vec<EF>)>,
}

impl<'v> Reader<'v> {
    pub(super) fn new(layer: &'v Network, relations: &'v mut Relations) -> Self {
        Self { layer, relations, folded: None }
    }

    /// Adds coeff·Σ weights·tensor to `out`.
    pub(super) fn tensor(
        &mut self,
        index: usize,
        weights: &Weights,
        coeff: EF,
        out: &mut Relation,
    ) {
        let layer = self.layer;
        let Some(node) = index.checked_sub(1) else {
            return self.input(weights, coeff, out);
        };
        let Some(NodePlan { axes, kind, .. }) = layer.plan.nodes.get(node) else { return };
        match kind {
            Kind::Unit { quotient, value, bits, .. } => {
                let block = layer.columns.block(value.unwrap_or(*quotient));
                let id = self.relations.tensor(weights.axes(axes));
                out.read(coeff, block, id);
                if value.is_none() {
                    let offset = F::from_usize(half(*bits));
                    out.add_public(-(coeff * weights.total_within(axes) * offset));
                }
            }
            Kind::Max { taps, .. } => {
                let last = taps.len().saturating_sub(1);
                self.maximum(node, last, &weights.within_rows(axes), coeff, out);
            }
        }
    }

    /// Adds coeff·Σ weights·(maximum of the taps up to `last`).
    pub(super) fn maximum(
        &mut self,
        node: usize,
        last: usize,
        weights: &Weights,
        coeff: EF,
        out: &mut Relation,
    ) {
        self.tap(node, last, weights, coeff, out);
        let layer = self.layer;
        let Some(NodePlan { axes, kind: Kind::Max { excess, .. }, .. }) =
            layer.plan.nodes.get(node)
        else {
            return;
        };
        if let Some(&block) = last.checked_sub(1).and_then(|step| excess.get(step)) {
            let id = self.relations.tensor(weights.axes(axes));
            out.read(coeff, layer.columns.block(block), id);
        }
    }

    /// Adds coeff·Σ weights·(tap `tap` of a maximum); where it reads nothing it is the least number
    /// that its tensor may hold.
    pub(super) fn tap(
        &mut self,
        node: usize,
        tap: usize,
        weights: &Weights,
        coeff: EF,
        out: &mut Relation,
    ) {
        let plan = &self.layer.plan;
        let Some(Node::Max { from, rows, columns, .. }) = plan.program.nodes().get(node) else {
            return;
        };
        let Some(NodePlan { low, kind: Kind::Max { taps, .. }, .. }) = plan.nodes.get(node) else {
            return;
        };
        let Some(&[row, column]) = taps.get(tap) else { return };
        let size = plan.program.tensor(*from);
        let (height, rows_present) = through_tap(rows, row, size.height, &weights.height);
        let (width, columns_present) = through_tap(columns, column, size.width, &weights.width);
        let missing = sum(&weights.height) * sum(&weights.width) - rows_present * columns_present;
        let others = sum(&weights.rows) * sum(&weights.channels);
        out.add_public(coeff * missing * others * F::from_i32(*low));
        let inputs = Weights { height, width, ..weights.clone() };
        self.tensor(*from, &inputs, coeff, out);
    }

    /// Adds coeff·Σ weights·(greatest score − score − 1 + marks up to here).
    pub(super) fn margin(&mut self, weights: &Weights, coeff: EF, out: &mut Relation) {
        let layer = self.layer;
        let answer = &layer.plan.answer;
        let rows = Weights {
            rows: weights.rows.clone(),
            height: vec![EF::ONE],
            width: vec![EF::ONE],
            channels: vec![EF::ONE],
        };
        let top = self.relations.tensor(rows.axes(&[answer.top_log, 0, 0, 0]));
        let channels = sum(&weights.channels) * sum(&weights.height) * sum(&weights.width);
        out.read(coeff * channels, layer.columns.block(answer.top), top);
        self.tensor(layer.plan.nodes.len(), weights, -coeff, out);
        out.add_public(-(coeff * weights.total()));
        // Σ_j w(j)·Σ_{i ≤ j} S(i) = Σ_i S(i)·Σ_{j ≥ i} w(j).
        let mut behind = EF::ZERO;
        let mut channels: Vec<EF> = weights
            .channels
            .iter()
            .rev()
            .map(|&weight| {
                behind += weight;
                behind
            })
            .collect();
        channels.reverse();
        self.marks(&Weights { channels, ..weights.clone() }, coeff, out);
    }

    /// Adds coeff·Σ weights·marks.
    pub(super) fn marks(&mut self, weights: &Weights, coeff: EF, out: &mut Relation) {
        let answer = &self.layer.plan.answer;
        let id = self.relations.tensor(weights.axes(&answer.axes));
        out.read(coeff, self.layer.columns.block(answer.marks), id);
    }

    /// The parameters from `at` on, as a block.
    pub(super) fn parameter(&self, at: usize, log: usize) -> Option<Block> {
        self.layer.columns.parameter(at, log)
    }

    /// Adds coeff·Σ weights·input.
    fn input(&mut self, weights: &Weights, coeff: EF, out: &mut Relation) {
        let rows = &self.layer.rows;
        if let Some(hidden) = &self.layer.plan.hidden {
            let sizes = &hidden.sizes;
            let rows_axis = Axis::new(sizes.rows_log(), weights.rows.clone());
            let cells = Axis::new(sizes.row_log(), rows.flat(weights));
            let id = self.relations.tensor(vec![rows_axis, cells]);
            return out.read(coeff, self.layer.columns.block(hidden.integers), id);
        }
        let is_known = self.folded.as_ref().is_some_and(|(known, _)| *known == weights.rows);
        if !is_known {
            self.folded = Some((weights.rows.clone(), rows.folded(&weights.rows)));
        }
        if let Some((_, folded)) = &self.folded {
            out.add_public(coeff * rows.weigh(folded, weights));
        }
    }
}
