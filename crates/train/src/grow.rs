//! Growth: the best split of all open nodes first.

use crate::columns::Columns;
use crate::criterion::{Entropy, Gini, Measure};
use crate::split::{Node, Search, Split};
use assay_model::ops::tree::{DEPTH_MAX, DecisionTree, Fault, Link, SLOTS_LOG_MAX};
use assay_model::{Criterion, SplitMix64, Table, TreeParameters};
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
            Self::NoTree(_) => "this is a fault of the program; please report it",
        }
    }
}

/// Grows a tree on the rows of `table`, as the crate's documentation specifies.
pub fn train(table: &Table, parameters: &TreeParameters) -> Result<DecisionTree, Error> {
    parameters.validate().map_err(Error::Parameters)?;
    // A table has at most 2^24 rows.
    match parameters.criterion {
        Criterion::Gini => Growth::new(&Gini, table, parameters).run(),
        Criterion::Entropy => {
            Growth::new(&Entropy::new(table.rows() as u32), table, parameters).run()
        }
    }
}

/// A leaf whose best split is known.
struct Open<M: Measure> {
    split: Split<M>,
    link: usize,
    depth: u8,
    places: Range<usize>,
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
    order: Vec<usize>,
    columns: Columns,
    links: Vec<Link>,
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
            open: BinaryHeap::new(),
        }
    }

    fn run(mut self) -> Result<DecisionTree, Error> {
        if self.table.rows() == 0 {
            return Err(Error::Empty);
        }
        let asked = self.parameters.max_leaf_nodes.map_or(usize::MAX, |leaves| leaves as usize);
        self.node(0..self.table.rows(), 0);
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
        let schema = self.table.schema();
        DecisionTree::from_links(schema.features().len(), schema.classes().len(), &self.links)
            .map_err(Error::NoTree)
    }

    /// Adds a leaf, and opens it if it may be split.
    fn node(&mut self, places: Range<usize>, depth: u8) {
        let labels = self.table.labels();
        let mut counts = vec![0_u32; self.table.schema().classes().len()];
        for entry in self.columns.segment(0, places.clone()) {
            counts[usize::from(labels[entry.row()])] += 1;
        }
        let (class, &most) = counts
            .iter()
            .enumerate()
            .max_by_key(|&(class, &count)| (count, Reverse(class)))
            .unwrap_or((0, &0));
        let link = self.links.len();
        self.links.push(Link::Leaf { class: class as u16 });
        let is_leaf = most as usize == places.len()
            || places.len() < self.parameters.min_samples_split as usize
            || self.parameters.max_depth.unwrap_or(DEPTH_MAX) <= depth;
        if is_leaf {
            return;
        }
        let search = Search {
            measure: self.measure,
            labels,
            order: &self.order,
            min_samples_leaf: self.parameters.min_samples_leaf as usize,
        };
        let node = Node { places: places.clone(), counts: &counts };
        if let Some(split) = search.best(&self.columns, &node) {
            self.open.push(Open { split, link, depth, places });
        }
    }

    fn split(&mut self, open: Open<M>) {
        let Open { split, link, depth, places } = open;
        self.columns.divide(split.feature, places.clone(), split.left);
        let middle = places.start + split.left;
        let left = self.links.len();
        self.node(places.start..middle, depth + 1);
        let right = self.links.len();
        self.node(middle..places.end, depth + 1);
        let (feature, threshold) = (split.feature as u16, split.threshold);
        self.links[link] = Link::Split { feature, threshold, left, right };
    }
}
