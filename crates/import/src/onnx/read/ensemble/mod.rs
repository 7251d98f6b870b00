//! The attributes of a `TreeEnsembleClassifier`, with one tree or many, and of a `TreeEnsembleRegressor`
//! (`number`).
//!
//! A single tree answers the class that its leaf weighs most. Of many trees the weights are added,
//! and base values to the sums; the greatest sum is the answer. Runtimes choose the label before they
//! transform the scores, so that `LOGISTIC` and `SOFTMAX` matter only where a lone score is compared
//! with something. Where onnxruntime and the operator's specification would label a row otherwise,
//! the file is refused.

mod attributes;
mod nodes;
mod number;
mod single;
mod votes;

use super::ReadError;
use super::proto::{Node, short};
use crate::forest::Ensemble;
use assay_model::ops::tree::DecisionTree;
use attributes::Attributes;
use nodes::{CLASSES, Nodes};
pub(super) use number::number;

/// What the operator is.
pub(super) enum Read {
    Tree(DecisionTree),
    Forest(Ensemble),
}

/// Reads the trees and the names of their classes.
pub(super) fn read(node: &Node<'_>, features: usize) -> Result<(Read, Vec<String>), ReadError> {
    if let Some(name) = node.attributes.keys().find(|name| !attributes::KNOWN.contains(name)) {
        return Err(ReadError::Attribute { name: short(name) });
    }
    let attributes = Attributes(node);
    let classes = attributes.labels()?;
    let nodes = Nodes::new(&attributes)?;
    let weights = nodes.weights(&attributes, &CLASSES, classes.len())?;
    let base = attributes.base()?;
    let transform = attributes.transform()?;
    let read = if nodes.trees() == 1 && base.is_empty() {
        Read::Tree(single::tree(&nodes, &weights, transform, (features, classes.len()))?)
    } else {
        let sizes = (features, classes.len());
        Read::Forest(votes::ensemble(&nodes, &weights, (base, transform), sizes)?)
    };
    Ok((read, classes))
}
