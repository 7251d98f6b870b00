//! Growth: the best split of all open nodes first.

use crate::columns::Columns;
use crate::criterion::{Entropy, Gini, Measure};
use crate::prune::{Leaf, Price, prune};
use crate::split::{Node, Search, Split};
use crate::weights::Weights;
use assay_model::ops::tree::{DEPTH_MAX, DecisionTree, Fault, Link, SLOTS_LOG_MAX};
use assay_model::{Criterion, MaxFeatures, Ratio, SplitMix64, Table, TreeParameters};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

/// Most leaves of a tree: its nodes fit the slots of the largest node table.
const LEAVES_MAX: usize = 1 << (SLOTS_LOG_MAX - 1);

/// Why no tree was grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A hyper-parameter is out of range.
    #[error("{0}")]
    Parameters(&'static str),
    /// There is nothing to learn from.
    #[error("the table has no rows")]
    Empty,
    /// The rows need more leaves than any tree may have.
    #[error("the tree needs more than {limit} leaves")]
    TooLarge {
        /// The greatest number of leaves.
        limit: usize,
    },
    /// The class weights are those of another table.
    #[error("the table has {expected} classes, {got} have a weight")]
    Weights {
        /// Classes of the table.
        expected: usize,
        /// Weights given.
        got: usize,
    },
    /// The rows weigh more than the arithmetic allows.
    #[error("the rows weigh more than {limit} together")]
    TooHeavy {
        /// The greatest weight.
        limit: u64,
    },
    /// The nodes are no tree: a fault of this crate.
    #[error("the nodes grown are no tree")]
    NoTree(#[source] Fault),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "the ranges are those of scikit-learn's DecisionTreeClassifier",
            Self::Empty => "give a table with at least one row below its header",
            Self::TooLarge { .. } => "bound max_depth or max_leaf_nodes",
            Self::Weights { .. } => "give each class of the table one weight, in their order",
            Self::TooHeavy { .. } => "divide the class weights by a common number",
            Self::NoTree(_) => "this is a fault of the program; please report it",
        }
    }
}

/// Grows a tree on the rows of `table`, as the crate's documentation specifies.
pub fn train(table: &Table, parameters: &TreeParameters) -> Result<DecisionTree, Error> {
    parameters.validate().map_err(Error::Parameters)?;
    if table.rows() == 0 {
        return Err(Error::Empty);
    }
    let weights = Weights::new(&parameters.class_weight, table)?;
    match parameters.criterion {
        Criterion::Gini => Growth::new(&Gini(weights), table, parameters).run(),
        Criterion::Entropy => Growth::new(&Entropy::new(weights), table, parameters).run(),
    }
}

/// A leaf whose best split is known.
struct Open<M: Measure> {
    split: Split<M>,
    link: usize,
    depth: u8,
    places: Range<usize>,
    /// Seeds of the children.
    seeds: [u64; 2],
}

impl<M: Measure> Ord for Open<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |open: &Self| Reverse(open.link);
        self.split.gain.cmp(&other.split.gain).then_with(|| key(self).cmp(&key(other)))
    }
}

impl<M: Measure> PartialOrd for Open<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M: Measure> PartialEq for Open<M> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<M: Measure> Eq for Open<M> {}

struct Growth<'a, M: Measure> {
    measure: &'a M,
    table: &'a Table,
    parameters: &'a TreeParameters,
    /// The order of features of the whole tree.
    order: Vec<usize>,
    columns: Columns,
    links: Vec<Link>,
    /// What each node would be as a leaf.
    leaves: Vec<Leaf>,
    open: BinaryHeap<Open<M>>,
}

impl<'a, M: Measure> Growth<'a, M> {
    fn new(measure: &'a M, table: &'a Table, parameters: &'a TreeParameters) -> Self {
        let features = table.schema().features().len();
        Self {
            measure,
            table,
            parameters,
            order: SplitMix64::new(parameters.seed).permutation(features),
            columns: Columns::new(table),
            links: Vec::new(),
            leaves: Vec::new(),
            open: BinaryHeap::new(),
        }
    }

    fn run(mut self) -> Result<DecisionTree, Error> {
        let asked = self.parameters.max_leaf_nodes.map_or(usize::MAX, |leaves| leaves as usize);
        self.node(0..self.table.rows(), 0, self.parameters.seed);
        let mut leaves = 1;
        while leaves < asked
            && let Some(open) = self.open.pop()
        {
            if leaves == LEAVES_MAX {
                return Err(Error::TooLarge { limit: LEAVES_MAX });
            }
            self.split(open);
            leaves += 1;
        }
        if self.parameters.ccp_alpha != Ratio::ZERO {
            let (alpha, total) = (self.parameters.ccp_alpha, self.measure.weights().total);
            let price = Price { alpha, total, fraction: M::LOSS_FRACTION };
            prune(&mut self.links, &self.leaves, &price);
        }
        let schema = self.table.schema();
        DecisionTree::from_links(schema.features().len(), schema.classes().len(), &self.links)
            .map_err(Error::NoTree)
    }

    /// Adds a leaf, and opens it if it may be split.
    fn node(&mut self, places: Range<usize>, depth: u8, seed: u64) {
        let counts = self.counts(places.clone());
        let class = self.measure.weights().heaviest(&counts) as u16;
        let link = self.links.len();
        self.links.push(Link::Leaf { class });
        self.leaves.push(Leaf { class, loss: self.measure.loss(self.measure.side(&counts)) });
        let is_leaf = counts.iter().any(|&count| count as usize == places.len())
            || places.len() < self.parameters.min_samples_split as usize
            || self.parameters.max_depth.unwrap_or(DEPTH_MAX) <= depth;
        if is_leaf {
            return;
        }
        let (order, seeds) = self.draw(seed);
        let search = Search {
            measure: self.measure,
            labels: self.table.labels(),
            order: order.as_ref().unwrap_or(&self.order),
            max_features: self.parameters.max_features.of(self.order.len()),
            min_samples_leaf: self.parameters.min_samples_leaf as usize,
        };
        let node = Node { places: places.clone(), counts: &counts };
        let Some(split) = search.best(&self.columns, &node) else { return };
        let least = self.parameters.min_impurity_decrease;
        if least == Ratio::ZERO || self.measure.reaches(&split.gain, least) {
            self.open.push(Open { split, link, depth, places, seeds });
        }
    }

    fn counts(&self, places: Range<usize>) -> Vec<u32> {
        let mut counts = vec![0_u32; self.table.schema().classes().len()];
        for entry in self.columns.segment(0, places) {
            counts[usize::from(self.table.labels()[entry.row()])] += 1;
        }
        counts
    }

    /// The order of features of one node, and the seeds of its children. A node that looks at all
    /// features keeps the order of the tree.
    fn draw(&self, seed: u64) -> (Option<Vec<usize>>, [u64; 2]) {
        if self.parameters.max_features == MaxFeatures::All {
            return (None, [0; 2]);
        }
        let mut random = SplitMix64::new(seed);
        let order = random.permutation(self.order.len());
        (Some(order), [random.next(), random.next()])
    }

    fn split(&mut self, open: Open<M>) {
        let Open { split, link, depth, places, seeds } = open;
        self.columns.divide(split.feature, places.clone(), split.left);
        let middle = places.start + split.left;
        let left = self.links.len();
        self.node(places.start..middle, depth + 1, seeds[0]);
        let right = self.links.len();
        self.node(middle..places.end, depth + 1, seeds[1]);
        let (feature, threshold) = (split.feature as u16, split.threshold);
        self.links[link] = Link::Split { feature, threshold, left, right };
    }
}
