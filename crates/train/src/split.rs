//! The best split of one node.

use crate::columns::{Columns, Entry};
use crate::criterion::{Measure, Side};
use crate::midpoint::{between, midpoint};
use assay_model::{Ordered, SplitMix64, Splitter};
use std::ops::Range;

/// The best split of a node.
pub(crate) struct Split<M: Measure> {
    /// The feature compared.
    pub(crate) feature: usize,
    /// What it is compared with.
    pub(crate) threshold: Ordered,
    /// Rows that go left: the first ones in the order of the feature.
    pub(crate) left: usize,
    /// What the split improves.
    pub(crate) gain: M::Gain,
}

/// The rows of a node by class.
pub(crate) struct Node<'a> {
    /// Where its entries lie in each column.
    pub(crate) places: Range<usize>,
    /// Rows of each class, each as often as it was drawn.
    pub(crate) counts: &'a [u32],
}

/// What a search reads.
pub(crate) struct Search<'a, M> {
    /// The criterion.
    pub(crate) measure: &'a M,
    /// The class of each row of the table.
    pub(crate) labels: &'a [u16],
    /// How often each row was drawn.
    pub(crate) times: &'a [u32],
    /// How the threshold of a feature is chosen.
    pub(crate) splitter: Splitter,
    /// The features, in the order in which they are looked at and ties are broken.
    pub(crate) order: &'a [usize],
    /// How many of them are looked at; more, if none of those tells two rows apart.
    pub(crate) max_features: usize,
    /// Fewest rows on either side.
    pub(crate) min_samples_leaf: usize,
}

/// A split of one column: its score, the entries to the left, both sides; and the threshold, if it was
/// drawn.
struct Cut<S> {
    score: S,
    left: usize,
    sides: (Side, Side),
    threshold: Option<Ordered>,
}

impl<M: Measure> Search<'_, M> {
    /// Returns the best split of `node`, or `None` if all its rows are alike or too few. Thresholds that
    /// are drawn are drawn from `random`.
    pub(crate) fn best(
        &self,
        columns: &Columns,
        node: &Node<'_>,
        random: &mut SplitMix64,
    ) -> Option<Split<M>> {
        let mut best: Option<(usize, Cut<M::Score>)> = None;
        let mut is_constant = true;
        for (seen, &feature) in self.order.iter().enumerate() {
            if self.max_features <= seen && !is_constant {
                break;
            }
            let segment = columns.segment(feature, node.places.clone());
            is_constant &= segment.first().map(|e| e.code()) == segment.last().map(|e| e.code());
            let beaten = best.as_ref().map(|(_, cut)| cut.score);
            let cut = match self.splitter {
                Splitter::Best => self.column(segment, node.counts, beaten),
                Splitter::Random => self.drawn(segment, node.counts, beaten, random),
            };
            best = cut.map(|cut| (feature, cut)).or(best);
        }
        let (feature, cut) = best?;
        let segment = columns.segment(feature, node.places.clone());
        let value = |place: usize| Ordered::new(segment[place].code());
        let threshold = match cut.threshold {
            Some(threshold) => threshold,
            None => midpoint(value(cut.left - 1)?, value(cut.left)?),
        };
        let gain = self.measure.gain(self.measure.side(node.counts), cut.sides.0, cut.sides.1);
        Some(Split { feature, threshold, left: cut.left, gain })
    }

    /// Returns the first of the column's best cuts, if it is better than `beaten`.
    fn column(
        &self,
        segment: &[Entry],
        counts: &[u32],
        mut beaten: Option<M::Score>,
    ) -> Option<Cut<M::Score>> {
        let (first, last) = (segment.first()?, segment.last()?);
        if first.code() == last.code() {
            return None;
        }
        let (mut left_counts, mut right_counts) = (vec![0_u32; counts.len()], counts.to_vec());
        let (mut left, mut right) = (Side::default(), self.measure.side(counts));
        let mut best = None;
        for (place, pair) in segment.windows(2).enumerate() {
            let class = usize::from(self.labels[pair[0].row()]);
            let times = self.times[pair[0].row()];
            self.take(&mut left, class, times, &mut left_counts[class]);
            self.give(&mut right, class, times, &mut right_counts[class]);
            let rows = place + 1;
            let is_allowed = self.min_samples_leaf <= rows
                && self.min_samples_leaf <= segment.len() - rows
                && pair[0].code() < pair[1].code();
            if !is_allowed {
                continue;
            }
            let score = self.measure.score(left, right);
            if beaten.is_none_or(|beaten| beaten < score) {
                beaten = Some(score);
                best = Some(Cut { score, left: rows, sides: (left, right), threshold: None });
            }
        }
        best
    }

    /// Returns the column's cut at a threshold that is drawn, if it is better than `beaten`.
    fn drawn(
        &self,
        segment: &[Entry],
        counts: &[u32],
        beaten: Option<M::Score>,
        random: &mut SplitMix64,
    ) -> Option<Cut<M::Score>> {
        let (first, last) = (segment.first()?.code(), segment.last()?.code());
        if first == last {
            return None;
        }
        let share = (random.next() >> 32) as u32;
        let threshold = between(Ordered::new(first)?, Ordered::new(last)?, share);
        let rows = segment.partition_point(|entry| entry.code() <= threshold.get());
        if rows < self.min_samples_leaf || segment.len() - rows < self.min_samples_leaf {
            return None;
        }
        let mut left_counts = vec![0_u32; counts.len()];
        for entry in &segment[..rows] {
            left_counts[usize::from(self.labels[entry.row()])] += self.times[entry.row()];
        }
        let right_counts: Vec<u32> = counts.iter().zip(&left_counts).map(|(a, b)| a - b).collect();
        let sides = (self.measure.side(&left_counts), self.measure.side(&right_counts));
        let score = self.measure.score(sides.0, sides.1);
        let is_better = beaten.is_none_or(|beaten| beaten < score);
        is_better.then_some(Cut { score, left: rows, sides, threshold: Some(threshold) })
    }

    fn take(&self, side: &mut Side, class: usize, times: u32, count: &mut u32) {
        side.sum -= self.measure.term(class, *count);
        *count += times;
        side.sum += self.measure.term(class, *count);
        side.weight += self.measure.weights().of_class[class] * u64::from(times);
    }

    fn give(&self, side: &mut Side, class: usize, times: u32, count: &mut u32) {
        side.sum -= self.measure.term(class, *count);
        *count -= times;
        side.sum += self.measure.term(class, *count);
        side.weight -= self.measure.weights().of_class[class] * u64::from(times);
    }
}
