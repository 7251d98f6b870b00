//! The nodes, in the order of the file: tree by tree, each one's root first.

use super::ReadError;
use super::attributes::{Attributes, length};
use crate::forest::strictly_below;
use crate::model::tree::{self, NODES_MAX};
use crate::onnx::read::proto::short;
use assay_model::Ordered;
use assay_model::ops::forest::TREES_MAX;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How a node tells rows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Leaf,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
}

/// An inner node; its children's places are those in their tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) feature: u16,
    pub(super) threshold: Ordered,
    pub(super) left: usize,
    pub(super) right: usize,
}

/// What the attributes of weights are called: what is weighed, the leaf, its tree, the weight.
pub(super) struct Names {
    ids: &'static str,
    nodes: &'static str,
    trees: &'static str,
    weights: &'static str,
    tensor: &'static str,
}

/// Weights of classes.
pub(super) const CLASSES: Names = Names {
    ids: "class_ids",
    nodes: "class_nodeids",
    trees: "class_treeids",
    weights: "class_weights",
    tensor: "class_weights_as_tensor",
};

/// Weights of targets.
pub(super) const TARGETS: Names = Names {
    ids: "target_ids",
    nodes: "target_nodeids",
    trees: "target_treeids",
    weights: "target_weights",
    tensor: "target_weights_as_tensor",
};

/// For each node its classes and weights, of which inner nodes have none.
pub(super) type Weights = Vec<Vec<(u16, f64)>>;

pub(super) struct Nodes<'a> {
    /// The place of each node, by tree and number.
    places: BTreeMap<(i64, i64), usize>,
    /// The nodes of each tree.
    ranges: Vec<Range<usize>>,
    trees: &'a [i64],
    modes: Vec<Mode>,
    features: &'a [i64],
    thresholds: Vec<f64>,
    trues: &'a [i64],
    falses: &'a [i64],
}

impl<'a> Nodes<'a> {
    pub(super) fn new(attributes: &Attributes<'a>) -> Result<Self, ReadError> {
        let ids = attributes.ints("nodes_nodeids")?;
        let count = ids.len();
        if NODES_MAX < count {
            return Err(tree::Error::TooLarge { got: count }.into());
        }
        let trees = attributes.list("nodes_treeids", count)?;
        let mut places = BTreeMap::new();
        for (place, (&tree, &id)) in trees.iter().zip(ids).enumerate() {
            if places.insert((tree, id), place).is_some() {
                return Err(ReadError::DuplicateNode { id });
            }
        }
        let thresholds = attributes.floats("nodes_values", "nodes_values_as_tensor")?;
        length("nodes_values", count, thresholds.len())?;
        missing(attributes, count)?;
        Ok(Self {
            places,
            ranges: ranges(trees, ids)?,
            trees,
            modes: modes(attributes, count)?,
            features: attributes.list("nodes_featureids", count)?,
            thresholds,
            trues: attributes.list("nodes_truenodeids", count)?,
            falses: attributes.list("nodes_falsenodeids", count)?,
        })
    }

    pub(super) fn trees(&self) -> usize {
        self.ranges.len()
    }

    /// The nodes of each tree, the root first.
    pub(super) fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    pub(super) fn is_leaf(&self, index: usize) -> bool {
        self.modes[index] == Mode::Leaf
    }

    fn place(&self, tree: i64, id: i64) -> Result<usize, ReadError> {
        self.places.get(&(tree, id)).copied().ok_or(ReadError::NoNode { id })
    }

    /// Node `index` of the file, which is in a tree that begins at `start`; `None` if it is a leaf.
    pub(super) fn split(&self, index: usize, start: usize) -> Result<Option<Split>, ReadError> {
        let mode = self.modes[index];
        // The comparison that sends a row left, and whether that is the way of those it holds for.
        let (is_strict, is_turned) = match mode {
            Mode::Leaf => return Ok(None),
            Mode::LessOrEqual => (false, false),
            Mode::Less => (true, false),
            Mode::GreaterOrEqual => (true, true),
            Mode::Greater => (false, true),
        };
        let value = self.thresholds[index];
        let mut threshold = tree::threshold(index, value)?;
        let is_exact = f64::from(f32::from_bits(threshold.to_f32_bits())) == value;
        if is_strict && is_exact {
            let low = tree::Error::TooLow { index, got: value };
            threshold = strictly_below(threshold).ok_or(low)?;
        }
        let child = |id| Ok::<_, ReadError>(self.place(self.trees[index], id)? - start);
        let (left, right) = (child(self.trues[index])?, child(self.falses[index])?);
        let (left, right) = if is_turned { (right, left) } else { (left, right) };
        // A feature out of range is none of the tree's, whatever its number.
        let feature = u16::try_from(self.features[index]).unwrap_or(u16::MAX);
        Ok(Some(Split { feature, threshold, left, right }))
    }

    /// The weights of each leaf, in order of classes.
    pub(super) fn weights(
        &self,
        attributes: &Attributes<'_>,
        names: &Names,
        classes: usize,
    ) -> Result<Weights, ReadError> {
        let ids = attributes.ints(names.ids)?;
        let leaves = attributes.list(names.nodes, ids.len())?;
        let trees = attributes.list(names.trees, ids.len())?;
        let weights = attributes.floats(names.weights, names.tensor)?;
        length(names.weights, ids.len(), weights.len())?;
        let mut by_leaf = vec![Vec::new(); self.modes.len()];
        for ((&class, &weight), (&tree, &leaf)) in
            ids.iter().zip(&weights).zip(trees.iter().zip(leaves))
        {
            let index = self.place(tree, leaf)?;
            if !self.is_leaf(index) {
                return Err(ReadError::InnerWeight { index });
            }
            let known = u16::try_from(class).ok().filter(|&class| usize::from(class) < classes);
            let new = known.ok_or(ReadError::ClassId { index, class })?;
            by_leaf[index].push((new, weight));
        }
        for (index, weights) in by_leaf.iter_mut().enumerate() {
            weights.sort_by_key(|&(class, _)| class);
            if let Some(pair) = weights.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(ReadError::ClassId { index, class: pair[0].0.into() });
            }
        }
        Ok(by_leaf)
    }
}

/// Where each tree lies. Runtimes take the first node of a run for its root.
fn ranges(trees: &[i64], ids: &[i64]) -> Result<Vec<Range<usize>>, ReadError> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut seen = BTreeSet::new();
    for (place, (&tree, &id)) in trees.iter().zip(ids).enumerate() {
        match ranges.last_mut() {
            Some(last) if trees[last.start] == tree => {
                last.end = place + 1;
                continue;
            }
            _ if !seen.insert(tree) => return Err(ReadError::ScatteredTree { tree }),
            _ if id != 0 => return Err(ReadError::Root { tree, got: id }),
            _ => {}
        }
        if ranges.len() == TREES_MAX {
            return Err(ReadError::TooMany { what: "trees", limit: TREES_MAX });
        }
        ranges.push(place..place + 1);
    }
    Ok(ranges)
}

fn modes(attributes: &Attributes<'_>, count: usize) -> Result<Vec<Mode>, ReadError> {
    let modes = attributes.texts("nodes_modes")?;
    length("nodes_modes", count, modes.len())?;
    let mode = |(index, &mode): (usize, &&[u8])| match mode {
        b"LEAF" => Ok(Mode::Leaf),
        b"BRANCH_LEQ" => Ok(Mode::LessOrEqual),
        b"BRANCH_LT" => Ok(Mode::Less),
        b"BRANCH_GTE" => Ok(Mode::GreaterOrEqual),
        b"BRANCH_GT" => Ok(Mode::Greater),
        other => Err(ReadError::Mode { index, got: short(&String::from_utf8_lossy(other)) }),
    };
    modes.iter().enumerate().map(mode).collect()
}

/// Where missing values go is of no importance: no row that we read has one. But it is a yes or a no.
fn missing(attributes: &Attributes<'_>, count: usize) -> Result<(), ReadError> {
    let name = "nodes_missing_value_tracks_true";
    if !attributes.has(name) {
        return Ok(());
    }
    match attributes.list(name, count)?.iter().position(|flag| !(0..=1).contains(flag)) {
        Some(index) => Err(ReadError::Missing { index }),
        None => Ok(()),
    }
}
