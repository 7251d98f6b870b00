//! The specification, written down as literally as possible and as slow as it likes.

use crate::log2::log2;
use crate::midpoint;
use crate::weights::Weights;
use assay_model::ops::tree::{DecisionTree, Link};
use assay_model::{Criterion, MaxFeatures, Ordered, Ratio, SplitMix64, Table, TreeParameters};

/// An exact fraction, in lowest terms.
pub(super) type Exact = (i128, i128);

/// Impurity of a set of labels times its weight; entropy over 1.
pub(super) fn impurity(criterion: Criterion, weights: &[u64], labels: &[u16]) -> Exact {
    let class = |class: usize| {
        let count = labels.iter().filter(|&&label| usize::from(label) == class).count();
        count as i128 * i128::from(weights[class])
    };
    let n: i128 = (0..weights.len()).map(class).sum();
    match criterion {
        Criterion::Gini => {
            lowest((n * n - (0..weights.len()).map(|c| class(c).pow(2)).sum::<i128>(), n))
        }
        Criterion::Entropy => {
            let term = |weight: i128| weight * i128::from(log2(weight as u64));
            (term(n) - (0..weights.len()).map(|c| term(class(c))).sum::<i128>(), 1)
        }
    }
}

fn lowest((over, under): Exact) -> Exact {
    let (mut a, mut b) = (over.abs(), under);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (over / a, under / a)
}

pub(super) fn add((a, b): Exact, (c, d): Exact) -> Exact {
    lowest((a * d + c * b, b * d))
}

pub(super) fn less((a, b): Exact, (c, d): Exact) -> Exact {
    add((a, b), (-c, d))
}

pub(super) fn is_less((a, b): Exact, (c, d): Exact) -> bool {
    a * d < c * b
}

/// `share` of all rows' weight, in the units of an impurity.
pub(super) fn of_all(criterion: Criterion, share: Ratio, total: u64) -> Exact {
    let unit = if criterion == Criterion::Gini { 1 } else { 1 << 35 };
    lowest((i128::from(share.num()) * i128::from(total) * unit, i128::from(share.den())))
}

/// A leaf that may yet be split: its link, depth, rows and seed.
type Leaf = (usize, u8, Vec<usize>, u64);

/// The specification, literally: every node looks at every split of its own list of rows.
pub(super) struct Naive<'a> {
    table: &'a Table,
    parameters: &'a TreeParameters,
    weights: Weights,
    links: Vec<Link>,
    /// The labels below each link.
    below: Vec<Vec<u16>>,
    leaves: Vec<Leaf>,
}

type Choice = (Exact, usize, Ordered, Vec<usize>, Vec<usize>);

impl<'a> Naive<'a> {
    pub(super) fn new(table: &'a Table, parameters: &'a TreeParameters) -> Self {
        let weights = Weights::new(&parameters.class_weight, table).unwrap();
        Self { table, parameters, weights, links: vec![], below: vec![], leaves: vec![] }
    }

    fn labels(&self, rows: &[usize]) -> Vec<u16> {
        rows.iter().map(|&row| self.table.labels()[row]).collect()
    }

    fn impurity(&self, labels: &[u16]) -> Exact {
        impurity(self.parameters.criterion, &self.weights.of_class, labels)
    }

    fn answer(&self, labels: &[u16]) -> u16 {
        let weight = |class: u16| {
            let count = labels.iter().filter(|&&label| label == class).count() as u64;
            count * self.weights.of_class[usize::from(class)]
        };
        let classes = 0..self.weights.of_class.len() as u16;
        let most = classes.clone().map(weight).max().unwrap();
        classes.clone().find(|&class| weight(class) == most).unwrap()
    }

    fn leaf(&mut self, depth: u8, rows: Vec<usize>, seed: u64) -> usize {
        let labels = self.labels(&rows);
        self.links.push(Link::Leaf { class: self.answer(&labels) });
        self.below.push(labels);
        self.leaves.push((self.links.len() - 1, depth, rows, seed));
        self.links.len() - 1
    }

    /// The features that a node looks at, and the seeds of its children.
    fn features(&self, rows: &[usize], seed: u64) -> (Vec<usize>, [u64; 2]) {
        let count = self.table.schema().features().len();
        if self.parameters.max_features == MaxFeatures::All {
            return (SplitMix64::new(self.parameters.seed).permutation(count), [0; 2]);
        }
        let mut random = SplitMix64::new(seed);
        let mut order = random.permutation(count);
        let is_constant = |&feature: &usize| {
            rows.iter().all(|&row| self.table.row(row)[feature] == self.table.row(rows[0])[feature])
        };
        let first = order.iter().position(|feature| !is_constant(feature)).unwrap_or(count);
        order.truncate(self.parameters.max_features.of(count).max(first + 1));
        (order, [random.next(), random.next()])
    }

    /// The best split, with the impurity that it leaves.
    fn choose(&self, (_, depth, rows, seed): &Leaf) -> Option<Choice> {
        let p = self.parameters;
        let labels = self.labels(rows);
        let is_pure = labels.iter().all(|&label| label == labels[0]);
        let is_small = rows.len() < p.min_samples_split as usize;
        if is_pure || is_small || p.max_depth.is_some_and(|limit| *depth == limit) {
            return None;
        }
        let mut best: Option<Choice> = None;
        for feature in self.features(rows, *seed).0 {
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
                let side = |rows: &[usize]| self.impurity(&self.labels(rows));
                let loss = add(side(&left), side(&right));
                if best.as_ref().is_none_or(|best| is_less(loss, best.0)) {
                    best = Some((loss, feature, midpoint(pair[0], pair[1]), left, right));
                }
            }
        }
        let least = of_all(p.criterion, p.min_impurity_decrease, self.weights.total);
        best.filter(|best| {
            p.min_impurity_decrease == Ratio::ZERO
                || !is_less(less(self.impurity(&labels), best.0), least)
        })
    }

    pub(super) fn grow(mut self) -> DecisionTree {
        self.leaf(0, (0..self.table.rows()).collect(), self.parameters.seed);
        let most = self.parameters.max_leaf_nodes.map_or(usize::MAX, |leaves| leaves as usize);
        while self.leaves.len() < most {
            let mut best: Option<(Exact, usize, Choice)> = None;
            self.leaves.sort_by_key(|leaf| leaf.0);
            for (place, leaf) in self.leaves.iter().enumerate() {
                let Some(choice) = self.choose(leaf) else { continue };
                let gain = less(self.impurity(&self.labels(&leaf.2)), choice.0);
                if best.as_ref().is_none_or(|best| is_less(best.0, gain)) {
                    best = Some((gain, place, choice));
                }
            }
            let Some((_, place, (_, feature, threshold, left, right))) = best else { break };
            let (link, depth, rows, seed) = self.leaves.remove(place);
            let seeds = self.features(&rows, seed).1;
            let left = self.leaf(depth + 1, left, seeds[0]);
            let right = self.leaf(depth + 1, right, seeds[1]);
            self.links[link] = Link::Split { feature: feature as u16, threshold, left, right };
        }
        self.prune();
        let schema = self.table.schema();
        DecisionTree::from_links(schema.features().len(), schema.classes().len(), &self.links)
            .unwrap()
    }

    /// Cuts the weakest link while it is no stronger than asked for, as scikit-learn does.
    fn prune(&mut self) {
        let p = self.parameters;
        if p.ccp_alpha == Ratio::ZERO {
            return;
        }
        let limit = of_all(p.criterion, p.ccp_alpha, self.weights.total);
        loop {
            let strength = |&at: &usize| {
                let leaves = self.leaves_below(at);
                let sum = leaves
                    .iter()
                    .fold((0, 1), |sum, &leaf| add(sum, self.impurity(&self.below[leaf])));
                let (over, under) = less(self.impurity(&self.below[at]), sum);
                ((over, under * (leaves.len() as i128 - 1)), at)
            };
            let inner = self.inner(0);
            let weakest =
                inner.iter().map(strength).reduce(|a, b| if is_less(b.0, a.0) { b } else { a });
            match weakest {
                Some((strength, at)) if !is_less(limit, strength) => {
                    self.links[at] = Link::Leaf { class: self.answer(&self.below[at]) };
                }
                _ => return,
            }
        }
    }

    fn inner(&self, at: usize) -> Vec<usize> {
        match self.links[at] {
            Link::Leaf { .. } => vec![],
            Link::Split { left, right, .. } => {
                [vec![at], self.inner(left), self.inner(right)].concat()
            }
        }
    }

    fn leaves_below(&self, at: usize) -> Vec<usize> {
        match self.links[at] {
            Link::Leaf { .. } => vec![at],
            Link::Split { left, right, .. } => {
                [self.leaves_below(left), self.leaves_below(right)].concat()
            }
        }
    }
}
