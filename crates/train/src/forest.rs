//! Random forests and extra trees (Breiman 2001; Geurts, Ernst and Wehenkel 2006).
//!
//! # What is computed
//!
//! Tree `t` of a forest is grown as [`train`](crate::train) grows one, by a generator of its own: number
//! `t`, from 0, of [`SplitMix64`] with the forest's seed is the seed of the tree's generator.
//!
//! - **Rows.** [`Sampling::Bootstrap`] draws as many rows as there are, each by
//!   [`SplitMix64::below`] the number of rows. A row that was drawn `k` times weighs as `k` rows; the
//!   bounds on numbers of rows count it once. The next number is the seed of the root.
//! - **Weights.** `balanced` looks at the rows that the tree drew.
//! - **Thresholds.** With [`Splitter::Random`] every node draws an order of its features, then the seeds
//!   of its children, then, for each feature it looks at that takes two values among its rows, a number
//!   whose upper half is the share of the way from the least value to the greatest at which the threshold
//!   lies, rounded down to a 32-bit float (`midpoint.rs`). The best of these splits is taken.
//! - **Votes.** A leaf votes for class `c` with `⌊scale · w/W + 1/2⌋`, where its rows weigh `W`, those of
//!   the class `w`. With `T` trees, `scale = ⌊(2^28 - 1 - T) / T⌋`, and the greatest multiple of 720,720
//!   below it if there is one: fractions with denominators up to 16 are exact.
//!
//! The class with the greatest sum is the answer, the lowest one on a tie.
//!
//! # Deviations from scikit-learn
//!
//! Its generators are others, so trees differ one by one; scores are compared over seeds
//! (`tests/forests.rs`). Votes are rounded to integers: two classes can change places only if their
//! probabilities differ by less than `2^-28 · trees`. `balanced` is its `balanced_subsample`. A forest
//! has at most 2^20 nodes.
//!
//! [`Splitter::Random`]: assay_model::Splitter::Random

use crate::columns::Columns;
use crate::grow::{Drawn, Error, Room, counts, grow};
use crate::weights::Weights;
use crate::{Progress, Watch};
use assay_model::ops::forest::{Forest, Node, Tree, VALUES_LOG_MAX, Votes};
use assay_model::ops::tree::{Link, SLOTS_LOG_MAX};
use assay_model::{ForestParameters, Sampling, SplitMix64, Table, TableSize, TreeParameters};
use rayon::prelude::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Sums of votes stay below this: two of them are less than 2^29 apart.
const SUM_MAX: usize = (1 << 28) - 1;
/// A multiple of all numbers up to 16.
const UNIT: usize = 720_720;

/// Grows a forest on the rows of `table`, as the module's documentation specifies. The answer does not
/// depend on how many threads there are.
pub fn train(
    table: &Table,
    parameters: &ForestParameters,
    watch: Watch<'_>,
) -> Result<Forest, Error> {
    let schema = table.schema();
    let (features, classes) = (schema.features().len(), schema.classes().len());
    parameters.work(&TableSize { rows: table.rows(), features, classes }).map_err(Error::Work)?;
    if table.rows() == 0 {
        return Err(Error::Empty);
    }
    let planting = Planting {
        table,
        parameters,
        sorted: Columns::new(table),
        room: Room::new(nodes_max(classes), parameters.trees()),
        scale: scale(parameters.trees()),
    };
    let mut random = SplitMix64::new(parameters.tree().seed);
    let seeds: Vec<u64> = (0..parameters.trees()).map(|_| random.next()).collect();
    let (done, total) = (AtomicU64::new(0), seeds.len() as u64);
    let plant = |&seed: &u64| {
        let tree = planting.tree(seed);
        watch(Progress { done: done.fetch_add(1, Relaxed) + 1, total });
        tree
    };
    let trees: Vec<Result<Tree, Error>> = seeds.par_iter().map(plant).collect();
    // Whichever tree found no room; otherwise the first error in the order of trees.
    planting.room.check()?;
    let trees = trees.into_iter().collect::<Result<_, _>>()?;
    Forest::new(features, classes, Votes::All, trees).map_err(Error::NoForest)
}

/// As many nodes have slots, and their votes values.
fn nodes_max(classes: usize) -> usize {
    let width_log = classes.next_power_of_two().trailing_zeros() as usize;
    1 << usize::from(SLOTS_LOG_MAX).min(VALUES_LOG_MAX - width_log)
}

fn scale(trees: usize) -> usize {
    let most = (SUM_MAX - trees) / trees;
    if UNIT <= most { most - most % UNIT } else { most }
}

/// What all trees of a forest share.
struct Planting<'a> {
    table: &'a Table,
    parameters: &'a ForestParameters,
    sorted: Columns,
    room: Room,
    scale: usize,
}

impl Planting<'_> {
    fn tree(&self, seed: u64) -> Result<Tree, Error> {
        self.room.check()?;
        let mut random = SplitMix64::new(seed);
        let times = self.times(&mut random);
        let asked = self.parameters.tree();
        let parameters = TreeParameters { seed: random.next(), ..asked.clone() };
        let classes = self.table.schema().classes().len();
        let drawn = Drawn {
            table: self.table,
            times: &times,
            splitter: self.parameters.splitter(),
            room: &self.room,
        };
        let columns = self.sorted.of_drawn(&times);
        let rows = counts(&columns, 0..columns.rows(), &drawn, classes);
        let weights = Weights::of_counts(&asked.class_weight, rows)?;
        let of_class = weights.of_class.clone();
        let grown = grow(&drawn, columns, weights, &parameters)?;
        let votes = |node: usize| {
            let places = grown.places[node].clone();
            votes(&counts(&grown.columns, places, &drawn, classes), &of_class, self.scale)
        };
        Ok(nodes(&grown.links, votes))
    }

    /// How often each row is drawn.
    fn times(&self, random: &mut SplitMix64) -> Vec<u32> {
        let rows = self.table.rows();
        if self.parameters.sampling() == Sampling::All {
            return vec![1; rows];
        }
        let mut times = vec![0; rows];
        for _ in 0..rows {
            times[random.below(rows as u64) as usize] += 1;
        }
        times
    }
}

/// The votes of a leaf with so many rows of each class.
fn votes(counts: &[u32], of_class: &[u64], scale: usize) -> Vec<i32> {
    let weights: Vec<u64> =
        counts.iter().zip(of_class).map(|(&count, weight)| u64::from(count) * weight).collect();
    // At most 2^32, and above 0: a node has a row, and a row has a weight.
    let total = weights.iter().sum::<u64>().max(1);
    // Below 2^61, and in the end at most the scale.
    weights
        .iter()
        .map(|weight| ((2 * weight * scale as u64 + total) / (2 * total)) as i32)
        .collect()
}

/// The nodes that the root leads to, level by level.
fn nodes(links: &[Link], votes: impl Fn(usize) -> Vec<i32>) -> Tree {
    let (mut tree, mut queue) = (Tree::new(), VecDeque::from([0]));
    while let Some(at) = queue.pop_front() {
        let place = tree.len() + 1 + queue.len();
        tree.push(match links[at] {
            Link::Leaf { .. } => Node::Leaf { values: votes(at) },
            Link::Split { feature, threshold, left, right } => {
                queue.extend([left, right]);
                Node::Split { feature, threshold, left: place, right: place + 1 }
            }
        });
    }
    tree
}
