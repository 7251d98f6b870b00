//! The specification, written down as literally as possible and as slow as it likes.

use crate::log2::log2;
use crate::midpoint;
use assay_model::ops::tree::{DecisionTree, Link};
use assay_model::{Criterion, Ordered, SplitMix64, Table, TreeParameters};

/// As many as any table here has.
const CLASSES: u16 = 10;

/// Impurity of a set of labels times its size, as an exact fraction; entropy over 1.
pub(super) fn impurity(criterion: Criterion, labels: &[u16]) -> (i128, i128) {
    let n = labels.len() as i128;
    let counts =
        (0..CLASSES).map(|class| labels.iter().filter(|&&label| label == class).count() as u32);
    match criterion {
        Criterion::Gini => (n * n - counts.map(|c| i128::from(c).pow(2)).sum::<i128>(), n),
        Criterion::Entropy => {
            let weight = |count: u32| i128::from(count) * i128::from(log2(count));
            (weight(n as u32) - counts.map(weight).sum::<i128>(), 1)
        }
    }
}

pub(super) fn add((a, b): (i128, i128), (c, d): (i128, i128)) -> (i128, i128) {
    (a * d + c * b, b * d)
}

fn is_less((a, b): (i128, i128), (c, d): (i128, i128)) -> bool {
    a * d < c * b
}

/// The specification, literally: every node looks at every split of its own list of rows.
pub(super) struct Naive<'a> {
    table: &'a Table,
    parameters: &'a TreeParameters,
    order: Vec<usize>,
    links: Vec<Link>,
    leaves: Vec<(usize, u8, Vec<usize>)>,
}

type Choice = ((i128, i128), usize, Ordered, Vec<usize>, Vec<usize>);

impl<'a> Naive<'a> {
    pub(super) fn new(table: &'a Table, parameters: &'a TreeParameters) -> Self {
        let features = table.schema().features().len();
        let order = SplitMix64::new(parameters.seed).permutation(features);
        Self { table, parameters, order, links: Vec::new(), leaves: Vec::new() }
    }

    fn labels(&self, rows: &[usize]) -> Vec<u16> {
        rows.iter().map(|&row| self.table.labels()[row]).collect()
    }

    fn leaf(&mut self, depth: u8, rows: Vec<usize>) -> usize {
        let labels = self.labels(&rows);
        let count = |class: u16| labels.iter().filter(|&&label| label == class).count();
        let most = (0..CLASSES).map(count).max().unwrap();
        let class = (0..CLASSES).find(|&class| count(class) == most).unwrap();
        self.links.push(Link::Leaf { class });
        self.leaves.push((self.links.len() - 1, depth, rows));
        self.links.len() - 1
    }

    /// The best split, with the impurity that it leaves.
    fn choose(&self, depth: u8, rows: &[usize]) -> Option<Choice> {
        let p = self.parameters;
        let labels = self.labels(rows);
        let is_pure = labels.iter().all(|&label| label == labels[0]);
        let is_small = rows.len() < p.min_samples_split as usize;
        if is_pure || is_small || p.max_depth.is_some_and(|limit| depth == limit) {
            return None;
        }
        let mut best: Option<Choice> = None;
        for &feature in &self.order {
            let value = |row: usize| self.table.row(row)[feature];
            let mut values: Vec<Ordered> = rows.iter().map(|&row| value(row)).collect();
            values.sort();
            values.dedup();
            for pair in values.windows(2) {
                let (left, right): (Vec<_>, Vec<_>) =
                    rows.iter().partition(|&&row| value(row) <= pair[0]);
                if left.len().min(right.len()) < p.min_samples_leaf as usize {
                    continue;
                }
                let side = |rows: &[usize]| impurity(p.criterion, &self.labels(rows));
                let loss = add(side(&left), side(&right));
                if best.as_ref().is_none_or(|best| is_less(loss, best.0)) {
                    best = Some((loss, feature, midpoint(pair[0], pair[1]), left, right));
                }
            }
        }
        best
    }

    pub(super) fn grow(mut self) -> DecisionTree {
        self.leaf(0, (0..self.table.rows()).collect());
        let most = self.parameters.max_leaf_nodes.map_or(usize::MAX, |leaves| leaves as usize);
        while self.leaves.len() < most {
            let mut best: Option<((i128, i128), usize, Choice)> = None;
            self.leaves.sort_by_key(|leaf| leaf.0);
            for (place, (_, depth, rows)) in self.leaves.iter().enumerate() {
                let Some(choice) = self.choose(*depth, rows) else { continue };
                let before = impurity(self.parameters.criterion, &self.labels(rows));
                let gain = add(before, (-choice.0.0, choice.0.1));
                if best.as_ref().is_none_or(|best| is_less(best.0, gain)) {
                    best = Some((gain, place, choice));
                }
            }
            let Some((_, place, (_, feature, threshold, left, right))) = best else { break };
            let (link, depth, _) = self.leaves.remove(place);
            let (left, right) = (self.leaf(depth + 1, left), self.leaf(depth + 1, right));
            self.links[link] = Link::Split { feature: feature as u16, threshold, left, right };
        }
        let schema = self.table.schema();
        DecisionTree::from_links(schema.features().len(), schema.classes().len(), &self.links)
            .unwrap()
    }
}
