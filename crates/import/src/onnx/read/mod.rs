//! ONNX, in: a decision tree or many, written as one `TreeEnsembleClassifier` or `TreeEnsembleRegressor` node.
//!
//! Read is what skl2onnx writes for trees, forests and boosted trees of scikit-learn, in all its
//! layouts, what onnxmltools writes for XGBoost and LightGBM, and what we write ourselves; anything
//! that could change an answer and is not known is an error, never skipped.
//!
//! - **Graph.** One input `[rows, features]` goes to the tree as it is or through a `Cast` to 32-bit
//!   floats; the tree's label is an output, as it is or through `Cast` and `Identity`. Other outputs may
//!   be made of the probabilities by a few known operators (`ZipMap`, columns, decision paths): they do
//!   not touch the label, and are left out.
//! - **Answers.** With a weight per class, the class of the greatest one, the lowest on a tie. Of two
//!   classes exporters often write one score only: the second class is answered if it is above 0.5,
//!   or above 0 if the scores are transformed by `LOGISTIC`. Where runtimes disagree (a negative score
//!   without `LOGISTIC`; with it, scores in `(0, 0.5]` and none below 0) the file is refused.
//! - **Many trees** vote, and their weights are added: `ensemble/votes.rs`.
//! - **Comparisons** may be `<=`, `<`, `>=` and `>`. Thresholds are 32-bit floats; 64-bit ones are
//!   rounded to the float that decides alike. Where missing values go is not looked at: no row that we
//!   read has one.
//!
//! - **Numbers.** A `TreeEnsembleRegressor` of one target and nothing behind it: leaves are added, or averaged.
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

use crate::forest;
use crate::model::{Error, Imported, Read, tree, unnamed};
use assay_model::ops::tree::Link;
use assay_model::ops::tree::TREE_FEATURES_MAX;
use graph::Answer;

/// Reads a tree or a forest.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    let model = proto::Model::new(bytes)?;
    let found = graph::find(&model)?;
    let features = match model.metadata.get("features") {
        Some(names) => {
            let names: Vec<String> =
                names.split('\n').take(TREE_FEATURES_MAX + 1).map(str::to_owned).collect();
            if names.len() != found.features {
                let (expected, got) = (found.features, names.len());
                return Err(ReadError::Names { expected, got }.into());
            }
            names
        }
        None => unnamed(found.features),
    };
    let (read, classes) = match found.answer {
        Answer::Number(node) => {
            let (trees, base) = ensemble::number(node)?;
            let mut number = forest::Number::new(features, trees, base);
            number.target = model.metadata.get("target").map(|&target| target.to_owned());
            return Ok(Read::Number(number));
        }
        Answer::Tree(node) => ensemble::read(node, found.features)?,
        Answer::Constant(label) => {
            let tree = tree::build(found.features, 1, &[Link::Leaf { class: 0 }]);
            (ensemble::Read::Tree(tree.map_err(ReadError::Tree)?), vec![label.to_string()])
        }
    };
    let target = model.metadata.get("target").map(|&target| target.to_owned());
    Ok(match read {
        ensemble::Read::Tree(tree) => {
            let (max_depth, max_leaf_nodes) = (None, None);
            Read::Tree(Imported { tree, features, target, classes, max_depth, max_leaf_nodes })
        }
        ensemble::Read::Forest(ensemble) => {
            let (forest, scale) = ensemble.quantise()?;
            Read::Forest(forest::Imported { forest, scale, features, target, classes })
        }
    })
}
