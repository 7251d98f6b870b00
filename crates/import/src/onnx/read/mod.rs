//! ONNX, in: a decision tree written as one `TreeEnsembleClassifier` node.
//!
//! Read is what skl2onnx writes for a `DecisionTreeClassifier`, in all its layouts, and what we write
//! ourselves; anything that could change an answer and is not known is an error, never skipped.
//!
//! - **Graph.** One input `[rows, features]` goes to the tree as it is or through a `Cast` to 32-bit
//!   floats; the tree's label is an output, as it is or through `Cast` and `Identity`. Other outputs may
//!   be made of the probabilities by a few known operators (`ZipMap`, columns, decision paths): they do
//!   not touch the label, and are left out.
//! - **Answers.** With a weight per class, the class of the greatest one, the lowest on a tie. Of two
//!   classes exporters often write one score only: the second class is answered if it is above 0.5,
//!   or above 0 if the scores are transformed by `LOGISTIC`. Where runtimes disagree (a negative score
//!   without `LOGISTIC`; with it, scores in `(0, 0.5]` and none below 0) the file is refused.
//! - **Thresholds** are 32-bit floats; 64-bit ones are rounded down.
//!
//! A model of one class has no tree: its label is a constant.

mod ensemble;
mod error;
mod graph;
mod network;
mod proto;
mod wire;

#[cfg(test)]
mod tests;

pub use error::ReadError;
pub(crate) use network::read_network;

use crate::model::{Imported, tree, unnamed};
use assay_model::ops::tree::Link;
use assay_model::ops::tree::TREE_FEATURES_MAX;
use graph::Answer;

/// Reads a tree.
pub(crate) fn read(bytes: &[u8]) -> Result<Imported, ReadError> {
    let model = proto::Model::new(bytes)?;
    let found = graph::find(&model)?;
    let features = match model.metadata.get("features") {
        Some(names) => {
            let names: Vec<String> =
                names.split('\n').take(TREE_FEATURES_MAX + 1).map(str::to_owned).collect();
            if names.len() != found.features {
                return Err(ReadError::Names { expected: found.features, got: names.len() });
            }
            names
        }
        None => unnamed(found.features),
    };
    let (tree, classes) = match found.answer {
        Answer::Tree(node) => ensemble::read(node, found.features)?,
        Answer::Constant(label) => {
            let tree = tree::build(found.features, 1, &[Link::Leaf { class: 0 }])?;
            (tree, vec![label.to_string()])
        }
    };
    let target = model.metadata.get("target").map(|&target| target.to_owned());
    Ok(Imported { tree, features, target, classes, max_depth: None, max_leaf_nodes: None })
}
