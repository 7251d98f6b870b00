//! One tree, whose leaves answer classes.

use super::ReadError;
use super::attributes::Transform;
use super::nodes::{Nodes, Split, Weights};
use crate::model::tree;
use assay_model::ops::tree::{DecisionTree, Link};

/// The tree of an ensemble of one, for so many features and classes.
pub(super) fn tree(
    nodes: &Nodes<'_>,
    weights: &Weights,
    transform: Transform,
    (features, classes): (usize, usize),
) -> Result<DecisionTree, ReadError> {
    let all = || weights.iter().flatten();
    let is_lone = classes == 2 && is_same(all().map(|&(class, _)| class));
    let has_negative = all().any(|&(_, weight)| weight < 0.0);
    if transform == Transform::Logistic && !is_lone {
        return Err(transform.unfit());
    }
    let answer = |index: usize| match weights[index].as_slice() {
        &[(_, got)] if is_lone => lone(index, got, transform, has_negative),
        several => {
            // Classes without a weight never win.
            let heaviest = tree::heaviest(index, several.iter().map(|&(_, weight)| weight))?;
            let class = several[usize::from(heaviest)].0;
            // onnxruntime looks at the second one's weight alone, if there is one.
            match several {
                _ if classes != 2 => Ok(class),
                &[_, (_, second)] if (0.0 < second) == (class == 1) => Ok(class),
                &[.., (_, got)] => Err(ReadError::Ambiguous { index, got }),
                [] => Ok(class),
            }
        }
    };
    let link = |index: usize| match nodes.split(index, 0)? {
        None => Ok(Link::Leaf { class: answer(index)? }),
        Some(Split { feature, threshold, left, right }) => {
            Ok(Link::Split { feature, threshold, left, right })
        }
    };
    let links = (0..weights.len()).map(link).collect::<Result<Vec<_>, ReadError>>()?;
    Ok(tree::build(features, classes, &links)?)
}

/// Whether all classes are one.
pub(super) fn is_same(mut classes: impl Iterator<Item = u16>) -> bool {
    let first = classes.next();
    classes.all(|class| Some(class) == first)
}

/// The class that a lone score means.
fn lone(
    index: usize,
    got: f64,
    transform: Transform,
    has_negative: bool,
) -> Result<u16, ReadError> {
    if !got.is_finite() {
        return Err(tree::Error::Weight { index, got }.into());
    }
    let is_plain = transform == Transform::None;
    let is_ambiguous =
        if is_plain { has_negative } else { !has_negative && 0.0 < got && got <= 0.5 };
    if is_ambiguous {
        return Err(ReadError::Ambiguous { index, got });
    }
    let limit = if is_plain { 0.5 } else { 0.0 };
    Ok(u16::from(limit < got))
}
