//! Trees whose leaves are added up, or averaged: `TreeEnsembleRegressor` of one target.

use super::attributes::{Attributes, KNOWN, NUMBER, Transform};
use super::nodes::{Nodes, Split, TARGETS};
use crate::forest::Node;
use crate::model::tree;
use crate::onnx::read::ReadError;
use crate::onnx::read::proto::{Attribute, Node as Operator, short};

/// Reads the trees, and what the sums of their leaves begin with.
pub(in crate::onnx::read) fn number(
    node: &Operator<'_>,
) -> Result<(Vec<Vec<Node>>, Vec<f64>), ReadError> {
    let is_known =
        |name: &&&str| NUMBER.contains(name) || name.starts_with("nodes_") && KNOWN.contains(name);
    if let Some(name) = node.attributes.keys().find(|name| !is_known(name)) {
        return Err(ReadError::Attribute { name: short(name) });
    }
    let attributes = Attributes(node);
    let transform = attributes.transform()?;
    if transform != Transform::None {
        return Err(transform.unfit());
    }
    if !matches!(node.attributes.get("n_targets"), Some(Attribute::Int(1))) {
        return Err(ReadError::AttributeType { name: "n_targets".to_owned() });
    }
    let nodes = Nodes::new(&attributes)?;
    let weights = nodes.weights(&attributes, &TARGETS, 1)?;
    let base = attributes.base()?;
    if 1 < base.len() {
        return Err(ReadError::BaseValues { expected: 1, got: base.len() });
    }
    let parts = match node.attributes.get("aggregate_function") {
        None | Some(Attribute::Text(b"SUM")) => 1.0,
        // Whether the base is averaged too is not said.
        Some(Attribute::Text(b"AVERAGE")) if base.is_empty() => nodes.trees() as f64,
        _ => return Err(ReadError::AttributeType { name: "aggregate_function".to_owned() }),
    };
    let made = |index: usize, start: usize| match (nodes.split(index, start)?, &weights[index][..])
    {
        (Some(Split { feature, threshold, left, right }), _) => {
            Ok(Node::Split { feature, threshold, left, right })
        }
        (None, &[(_, got)]) if got.is_finite() => Ok(Node::Leaf(vec![got / parts])),
        (None, &[(_, got), ..]) => Err(tree::Error::Weight { index, got }.into()),
        (None, []) => Err(tree::Error::Weightless { index }.into()),
    };
    let of_tree = |range: &std::ops::Range<usize>| {
        range.clone().map(|index| made(index, range.start)).collect::<Result<Vec<_>, ReadError>>()
    };
    let trees = nodes.ranges().iter().map(of_tree).collect::<Result<Vec<_>, _>>()?;
    Ok((trees, base))
}
