//! Growth: the best split of all open nodes first.

use crate::columns::Columns;
use crate::criterion::{Entropy, Gini, Measure};
use crate::prune::{Leaf, Price, prune};
use crate::split::{Node, Search, Split};
use crate::weights::Weights;
use assay_model::ops::forest;
use assay_model::ops::tree::{DEPTH_MAX, DecisionTree, Fault, Link, SLOTS_LOG_MAX};
use assay_model::{Criterion, MaxFeatures, Ratio, SplitMix64, Splitter, Table, TreeParameters};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Why no tree was grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A hyper-parameter is out of range.
    #[error("{0}")]
    Parameters(&'static str),
    /// The parameters do not fit the table, or mean too much work.
    #[error("{0}")]
    Work(&'static str),
    /// There is nothing to learn from.
    #[error("the table has no rows")]
    Empty,
    /// The rows need more leaves than a model may have.
    #[error("the rows need more than {limit} leaves")]
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
    /// The trees are no forest: a fault of this crate.
    #[error("the trees grown are no forest")]
    NoForest(#[source] forest::Fault),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "the ranges are those of scikit-learn's DecisionTreeClassifier",
            Self::Work(_) => "ask for fewer trees or less depth, or give fewer rows or columns",
            Self::Empty => "give a table with at least one row below its header",
            Self::TooLarge { .. } => {
                "bound max_depth or max_leaf_nodes; of a forest, grow fewer trees"
            }
            Self::Weights { .. } => "give each class of the table one weight, in their order",
            Self::TooHeavy { .. } => "divide the class weights by a common number",
            Self::NoTree(_) | Self::NoForest(_) => {
                "this is a fault of the program; please report it"
            }
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
    let times = vec![1; table.rows()];
    let room = Room::new(1 << SLOTS_LOG_MAX, 1);
    let drawn = Drawn { table, times: &times, splitter: Splitter::Best, room: &room };
    let grown = grow(&drawn, Columns::new(table), weights, parameters)?;
    let schema = table.schema();
    DecisionTree::from_links(schema.features().len(), schema.classes().len(), &grown.links)
        .map_err(Error::NoTree)
}

/// What a tree grows on.
#[derive(Clone, Copy)]
pub(crate) struct Drawn<'a> {
    pub(crate) table: &'a Table,
    /// How often each row was drawn.
    pub(crate) times: &'a [u32],
    pub(crate) splitter: Splitter,
    pub(crate) room: &'a Room,
}

/// A tree that is grown.
pub(crate) struct Grown {
    /// The nodes, the root first; some may not be reached.
    pub(crate) links: Vec<Link>,
    /// Where the rows of each node lie in the columns.
    pub(crate) places: Vec<Range<usize>>,
    /// The rows.
    pub(crate) columns: Columns,
}

/// Grows a tree on the rows of `columns`, whose classes weigh `weights`.
pub(crate) fn grow(
    drawn: &Drawn<'_>,
    columns: Columns,
    weights: Weights,
    parameters: &TreeParameters,
) -> Result<Grown, Error> {
    match parameters.criterion {
        Criterion::Gini => Growth::new(&Gini(weights), drawn, columns, parameters).run(),
        Criterion::Entropy => Growth::new(&Entropy::new(weights), drawn, columns, parameters).run(),
    }
}

/// How many splits the trees of a model may have together. Whether there is room for all of them does
/// not depend on the order in which they take it.
#[derive(Debug)]
pub(crate) struct Room {
    left: AtomicUsize,
    is_short: AtomicBool,
    leaves: usize,
}

impl Room {
    /// Room for the nodes of `trees` trees.
    pub(crate) fn new(nodes: usize, trees: usize) -> Self {
        // Every split makes two nodes of one.
        let splits = nodes.saturating_sub(trees) / 2;
        let left = AtomicUsize::new(splits);
        Self { left, is_short: AtomicBool::new(false), leaves: splits + trees }
    }

    /// Says whether some tree found no room: then none needs to grow any more.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_short = self.is_short.load(Relaxed);
        if is_short { Err(Error::TooLarge { limit: self.leaves }) } else { Ok(()) }
    }

    fn take(&self) -> Result<(), Error> {
        let taken = self.left.try_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        if taken.is_err() {
            self.is_short.store(true, Relaxed);
        }
        self.check()
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
    drawn: &'a Drawn<'a>,
    parameters: &'a TreeParameters,
    /// The order of features of the whole tree.
    order: Vec<usize>,
    columns: Columns,
    links: Vec<Link>,
    places: Vec<Range<usize>>,
    /// What each node would be as a leaf.
    leaves: Vec<Leaf>,
    open: BinaryHeap<Open<M>>,
}

impl<'a, M: Measure> Growth<'a, M> {
    fn new(
        measure: &'a M,
        drawn: &'a Drawn<'a>,
        columns: Columns,
        parameters: &'a TreeParameters,
    ) -> Self {
        let features = drawn.table.schema().features().len();
        Self {
            measure,
            drawn,
            parameters,
            order: SplitMix64::new(parameters.seed).permutation(features),
            columns,
            links: Vec::new(),
            places: Vec::new(),
            leaves: Vec::new(),
            open: BinaryHeap::new(),
        }
    }

    fn run(mut self) -> Result<Grown, Error> {
        let asked = self.parameters.max_leaf_nodes.map_or(usize::MAX, |leaves| leaves as usize);
        self.node(0..self.columns.rows(), 0, self.parameters.seed);
        let mut leaves = 1;
        while leaves < asked
            && let Some(open) = self.open.pop()
        {
            self.drawn.room.take()?;
            self.split(open);
            leaves += 1;
        }
        if self.parameters.ccp_alpha != Ratio::ZERO {
            let (alpha, total) = (self.parameters.ccp_alpha, self.measure.weights().total);
            let price = Price { alpha, total, fraction: M::LOSS_FRACTION };
            prune(&mut self.links, &self.leaves, &price);
        }
        Ok(Grown { links: self.links, places: self.places, columns: self.columns })
    }

    /// Adds a leaf, and opens it if it may be split.
    fn node(&mut self, places: Range<usize>, depth: u8, seed: u64) {
        let classes = self.drawn.table.schema().classes().len();
        let counts = counts(&self.columns, places.clone(), self.drawn, classes);
        let class = self.measure.weights().heaviest(&counts) as u16;
        let link = self.links.len();
        self.links.push(Link::Leaf { class });
        self.places.push(places.clone());
        self.leaves.push(Leaf { class, loss: self.measure.loss(self.measure.side(&counts)) });
        let is_leaf = counts.iter().filter(|&&count| count != 0).count() < 2
            || places.len() < self.parameters.min_samples_split as usize
            || self.parameters.max_depth.unwrap_or(DEPTH_MAX) <= depth;
        if is_leaf {
            return;
        }
        let Draw { order, seeds, mut random } = self.draw(seed);
        let search = Search {
            measure: self.measure,
            labels: self.drawn.table.labels(),
            times: self.drawn.times,
            splitter: self.drawn.splitter,
            order: order.as_ref().unwrap_or(&self.order),
            max_features: self.parameters.max_features.of(self.order.len()),
            min_samples_leaf: self.parameters.min_samples_leaf as usize,
        };
        let node = Node { places: places.clone(), counts: &counts };
        let Some(split) = search.best(&self.columns, &node, &mut random) else { return };
        let least = self.parameters.min_impurity_decrease;
        if least == Ratio::ZERO || self.measure.reaches(&split.gain, least) {
            self.open.push(Open { split, link, depth, places, seeds });
        }
    }

    /// What one node draws. A node that looks at all features and draws no thresholds keeps the order of
    /// the tree.
    fn draw(&self, seed: u64) -> Draw {
        let mut random = SplitMix64::new(seed);
        let is_all = self.parameters.max_features == MaxFeatures::All;
        if is_all && self.drawn.splitter == Splitter::Best {
            return Draw { order: None, seeds: [0; 2], random };
        }
        let order = random.permutation(self.order.len());
        let seeds = [random.next(), random.next()];
        Draw { order: Some(order), seeds, random }
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

/// The order of features of one node, the seeds of its children, and the generator behind them.
struct Draw {
    order: Option<Vec<usize>>,
    seeds: [u64; 2],
    random: SplitMix64,
}

/// The rows of each class at these places, each as often as it was drawn.
pub(crate) fn counts(
    columns: &Columns,
    places: Range<usize>,
    drawn: &Drawn<'_>,
    classes: usize,
) -> Vec<u32> {
    let mut counts = vec![0_u32; classes];
    for entry in columns.segment(0, places) {
        counts[usize::from(drawn.table.labels()[entry.row()])] += drawn.times[entry.row()];
    }
    counts
}
