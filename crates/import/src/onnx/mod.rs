//! ONNX, out: a model as one `TreeEnsembleClassifier` node. The way in is `read/`.
//!
//! The file answers as [`Model::exec`](assay_model::Model::exec) does, on every finite input: the
//! thresholds are the same 32-bit floats and the test is the same `<=`. It holds splits and leaf
//! classes and nothing else of the training: no counts, no impurities; the probabilities are 1 for
//! the answer and 0 for the rest.
//!
//! - input `input`: float `[N, features]`, columns in the order of the metadata entry `features`
//!   (one name per line);
//! - output `label`: `[N]`, integers if every class is written as one, strings otherwise;
//! - output `probabilities`: float `[N, classes]`.
//!
//! NaN and infinities are refused by our own readers; a foreign runtime will answer something.

mod protobuf;
mod read;

#[cfg(test)]
mod tests;

pub use read::ReadError;
pub(crate) use read::{read, read_network};

use assay_model::ops::tree::{DecisionTree, Fault, Node};
use assay_model::{Graph, Model};
use protobuf::Message;

/// The version of the file format; onnxruntime has read it since 1.10.
const IR_VERSION: i64 = 8;
/// The operator sets, by domain.
const OPERATOR_SETS: [(&str, i64); 2] = [("", 15), ("ai.onnx.ml", 3)];

/// Element types of `TensorProto`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
const STRING: i64 = 8;

/// Returns the bytes of an ONNX file.
///
/// # Errors
///
/// If the slots that a row may reach are not a tree; a trained model's always are. If it is a
/// network.
pub fn export_onnx(model: &Model) -> Result<Vec<u8>, Error> {
    let Graph::DecisionTree(table) = model.graph() else {
        return Err(Error::Network);
    };
    let tree = DecisionTree::from_table(table).map_err(Error::NoTree)?;
    if tree.classes() < 2 {
        return Err(Error::OneClass);
    }
    let mut file = Message::new();
    file.int(1, IR_VERSION);
    file.text(2, "assay");
    file.message(7, &graph(model, &tree));
    for (domain, version) in OPERATOR_SETS {
        file.message(8, Message::new().text(1, domain).int(2, version));
    }
    let schema = model.schema();
    for (key, value) in
        [("features", schema.features().join("\n")), ("target", schema.target().to_owned())]
    {
        file.message(14, Message::new().text(1, key).text(2, &value));
    }
    Ok(file.into_bytes())
}

/// Why a model has no ONNX form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The parameters are not a tree.
    #[error("the model's slots are no tree")]
    NoTree(#[source] Fault),
    /// ONNX knows no classifier that cannot choose.
    #[error("a model of one class cannot be written as an ONNX classifier")]
    OneClass,
    /// A network's integers would have to be told apart from floats.
    #[error("a network is not written as ONNX")]
    Network,
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoTree(_) | Self::Network => {
                "the model can still be executed: use its native file"
            }
            Self::OneClass => "train on rows of at least two classes",
        }
    }
}

/// The classes as integers, if each is written as one in the only way.
fn integers(classes: &[String]) -> Option<Vec<i64>> {
    let integer = |class: &String| {
        let number: i64 = class.parse().ok()?;
        (number.to_string() == *class).then_some(number)
    };
    classes.iter().map(integer).collect()
}

fn graph(model: &Model, tree: &DecisionTree) -> Message {
    let classes = model.schema().classes();
    let label = if integers(classes).is_some() { INT64 } else { STRING };
    let mut graph = Message::new();
    graph.message(1, &node(tree, classes));
    graph.text(2, "decision_tree");
    graph.message(11, &tensor("input", FLOAT, Some(tree.features())));
    graph.message(12, &tensor("label", label, None));
    graph.message(12, &tensor("probabilities", FLOAT, Some(tree.classes())));
    graph
}

/// A tensor of any number of rows.
fn tensor(name: &str, element: i64, width: Option<usize>) -> Message {
    let mut shape = Message::new();
    shape.message(1, Message::new().text(2, "N"));
    if let Some(width) = width {
        shape.message(1, Message::new().int(1, width as i64));
    }
    let mut tensor = Message::new();
    tensor.int(1, element).message(2, &shape);
    let mut value = Message::new();
    value.text(1, name).message(2, Message::new().message(1, &tensor));
    value
}

fn node(tree: &DecisionTree, classes: &[String]) -> Message {
    let mut node = Message::new();
    node.text(1, "input").text(2, "label").text(2, "probabilities");
    node.text(3, "tree").text(4, "TreeEnsembleClassifier");
    for attribute in branches(tree).into_iter().chain(answers(tree)) {
        node.message(5, &attribute);
    }
    let labels = match integers(classes) {
        Some(numbers) => protobuf::ints("classlabels_int64s", numbers),
        None => protobuf::strings("classlabels_strings", classes.iter().map(String::as_str)),
    };
    node.message(5, &labels);
    node.message(5, &protobuf::string("post_transform", "NONE"));
    node.text(7, "ai.onnx.ml");
    node
}

/// The attributes that say where a row goes. A leaf has zeros, which nobody reads.
fn branches(tree: &DecisionTree) -> Vec<Message> {
    let count = tree.nodes().len();
    let (mut features, mut thresholds) = (vec![0; count], vec![0; count]);
    let (mut lefts, mut rights) = (vec![0; count], vec![0; count]);
    let mut modes = vec!["LEAF"; count];
    for (index, node) in tree.nodes().iter().enumerate() {
        if let Node::Split { feature, threshold, left } = *node {
            features[index] = i64::from(feature);
            thresholds[index] = threshold.to_f32_bits();
            (lefts[index], rights[index]) = (i64::from(left), i64::from(left) + 1);
            modes[index] = "BRANCH_LEQ";
        }
    }
    vec![
        protobuf::ints("nodes_treeids", vec![0; count]),
        protobuf::ints("nodes_nodeids", 0..count as i64),
        protobuf::ints("nodes_featureids", features),
        protobuf::strings("nodes_modes", modes),
        protobuf::floats("nodes_values", thresholds),
        protobuf::ints("nodes_truenodeids", lefts),
        protobuf::ints("nodes_falsenodeids", rights),
        protobuf::ints("nodes_missing_value_tracks_true", vec![0; count]),
    ]
}

/// The attributes that say what a leaf answers.
fn answers(tree: &DecisionTree) -> Vec<Message> {
    let mut weights: Vec<(i64, i64, f32)> = Vec::new();
    for (index, node) in (0_i64..).zip(tree.nodes()) {
        let &Node::Leaf { class } = node else { continue };
        // Of two classes onnxruntime takes a leaf that weighs only one for a single score: it swaps the
        // labels, or answers a probability of -1. So both are weighed. Of more, the one is enough.
        if tree.classes() == 2 {
            weights.push((index, 0, f32::from(class == 0)));
            weights.push((index, 1, f32::from(class == 1)));
        } else {
            weights.push((index, i64::from(class), 1.0));
        }
    }
    vec![
        protobuf::ints("class_treeids", weights.iter().map(|_| 0)),
        protobuf::ints("class_nodeids", weights.iter().map(|weight| weight.0)),
        protobuf::ints("class_ids", weights.iter().map(|weight| weight.1)),
        protobuf::floats("class_weights", weights.iter().map(|weight| weight.2.to_bits())),
    ]
}
