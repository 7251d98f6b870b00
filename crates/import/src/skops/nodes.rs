//! The tree itself: nodes and what they answer.

use super::front::Front;
use super::npy::{Array, Kind, double, integer};
use super::part::Part;
use super::{Error, same};
use crate::forest::Node;
use crate::model::tree::{self, NODES_MAX};
use assay_model::ops::tree::{DecisionTree, Link};
use std::ops::Range;

/// What scikit-learn writes in place of a leaf's children.
const LEAF: i64 = -1;
/// Parts of a node that we do not need, beside padding.
const SPARE: [&str; 4] =
    ["impurity", "n_node_samples", "weighted_n_node_samples", "missing_go_to_left"];

/// Reads `tree_`, for a model of so many features and classes.
pub(super) fn read(
    part: &Part<'_>,
    front: &Front,
    features: usize,
    classes: usize,
) -> Result<DecisionTree, Error> {
    let link = |(index, node)| match node {
        Node::Split { feature, threshold, left, right } => {
            Ok(Link::Split { feature, threshold, left, right })
        }
        Node::Leaf(weights) => {
            Ok(Link::Leaf { class: tree::heaviest(index, weights.into_iter())? })
        }
    };
    let nodes = list(part, front, features, classes)?.into_iter().enumerate();
    let links = nodes.map(link).collect::<Result<Vec<_>, Error>>()?;
    Ok(tree::build(features, classes, &links)?)
}

/// Reads the nodes of `tree_`, whose leaves have `width` values each, behind what stands in `front`.
pub(super) fn list(
    part: &Part<'_>,
    front: &Front,
    features: usize,
    width: usize,
) -> Result<Vec<Node>, Error> {
    if part.text("__class__")? != "Tree" || part.text("__loader__")? != "TreeNode" {
        return Err(part.other("tree of scikit-learn"));
    }
    let sizes = part.child("__reduce__")?.child("args")?.tuple()?;
    let [their_features, their_classes, outputs] = sizes.as_slice() else {
        return Err(part.other("tree of three sizes"));
    };
    same("features", their_features.integer()?, features as i64)?;
    same("classes", their_classes.integer()?, width as i64)?;
    same("outputs", outputs.integer()?, 1)?;
    let content = part.child("content")?;
    if let Some(name) =
        content.keys()?.find(|name| !["max_depth", "node_count", "nodes", "values"].contains(name))
    {
        return Err(Error::Attribute { name: super::zip::beginning(name) });
    }
    let nodes = content.item("nodes")?.array()?;
    let &[count] = nodes.shape.as_slice() else { return Err(part.other("list of nodes")) };
    if NODES_MAX < count {
        return Err(tree::Error::TooLarge { got: count }.into());
    }
    same("nodes", content.item("node_count")?.integer()?, count as i64)?;
    let values = content.item("values")?.array()?;
    if values.shape != [count, 1, width] {
        return Err(Error::Kind {
            place: "values".to_owned(),
            expected: "array of one row per node",
        });
    }
    split_or_leaf(&nodes, &values, front, width)
}

/// The type of a part of a node, and where it lies.
type Place = (Kind, Range<usize>);

/// Where the parts of a node lie.
struct Layout {
    left: Place,
    right: Place,
    feature: Place,
    threshold: Range<usize>,
}

impl Layout {
    fn of(nodes: &Array) -> Result<Self, Error> {
        let Kind::Record(parts) = &nodes.kind else { return Err(nodes.other_type()) };
        let (mut found, mut start): ([Option<Place>; 4], _) = (Default::default(), 0);
        for (name, kind) in parts {
            let range = start..start + kind.size();
            start = range.end;
            let wanted = ["left_child", "right_child", "feature", "threshold"];
            match wanted.iter().position(|wanted| wanted == name) {
                Some(place) if found[place].is_none() => found[place] = Some((kind.clone(), range)),
                None if SPARE.contains(&name.as_str()) || matches!(kind, Kind::Padding(_)) => {}
                _ => return Err(nodes.other_type()),
            }
        }
        match found {
            [Some(left), Some(right), Some(feature), Some((Kind::Double, threshold))] => {
                Ok(Self { left, right, feature, threshold })
            }
            _ => Err(nodes.other_type()),
        }
    }
}

fn split_or_leaf(
    nodes: &Array,
    values: &Array,
    front: &Front,
    width: usize,
) -> Result<Vec<Node>, Error> {
    let layout = Layout::of(nodes)?;
    if values.kind != Kind::Double {
        return Err(values.other_type());
    }
    let rows = nodes.elements().zip(values.rows(width));
    let read = |(index, (node, weights)): (usize, (&[u8], &[u8]))| {
        let part = |(kind, range): &Place| {
            let value = node.get(range.clone()).and_then(|bytes| integer(kind, bytes));
            value.ok_or_else(|| nodes.other_type())
        };
        let (left, right) = (part(&layout.left)?, part(&layout.right)?);
        if (left, right) == (LEAF, LEAF) {
            return Ok(Node::Leaf(weights.chunks_exact(8).map(double).collect()));
        }
        let child = |child| usize::try_from(child).map_err(|_| Error::Children { index });
        let (left, right) = (child(left)?, child(right)?);
        let value = node.get(layout.threshold.clone()).map_or(f64::NAN, double);
        // A feature out of range is none of the tree's, whatever its number.
        let feature = u16::try_from(part(&layout.feature)?).unwrap_or(u16::MAX);
        let threshold = front.threshold(feature, index, value)?;
        Ok(Node::Split { feature, threshold, left, right })
    };
    rows.enumerate().map(read).collect()
}
