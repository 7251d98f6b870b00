//! scikit-learn's trees and forests, in: a file written by `skops.io.dump`. What is said here of a
//! tree holds for each tree of a forest; the rest of forests stands in `ensemble`, and what regressors
//! answer in `regressor`.
//!
//! The file is a zip archive: `schema.json` describes the estimator part by part, arrays stand beside
//! it in NumPy's format. Nothing in it is a program, and nothing of it is executed: parts of other
//! loaders than those of plain values, arrays and the tree itself are never opened.
//!
//! What is read:
//!
//! - `tree_`: children, feature and threshold of each node, and the values of leaves. A leaf answers
//!   the class of the greatest value, the lowest one on a tie, as `predict` does;
//! - `classes_`: integers, text or truth values;
//! - `feature_names_in_`, otherwise the features are called `f0`, `f1` …;
//! - `max_depth` and `max_leaf_nodes`, which bound what may be declared.
//!
//! The other hyper-parameters shaped the tree and say nothing about what it answers; impurities and
//! counts of rows are not kept. `missing_go_to_left` is set in every tree, trained on missing values or
//! not, and is not looked at: no row that we read has a missing value. An estimator with any further
//! part is refused.

mod ensemble;
mod error;
mod front;
mod histogram;
pub(crate) mod json;
mod literal;
mod network;
mod nodes;
mod npy;
mod part;
mod regressor;
pub(crate) mod zip;

#[cfg(test)]
mod tests;

pub use error::Error;
pub(crate) use network::read_network;

use crate::forest::Found;
use crate::model::tree::NODES_MAX;
use crate::model::{Imported, unnamed};
use assay_model::ops::tree::DEPTH_MAX;
use assay_model::{CLASSES_MAX, ops::tree::TREE_FEATURES_MAX};
use ensemble::Kinds;
use front::Front;
pub(crate) use json::Strict;
use npy::{Array, Kind};
use part::Part;
use serde_json::Value;
use zip::{Archive, ENTRIES_MAX};

/// Most bytes of `schema.json`.
const SCHEMA_MAX: usize = 1 << 24;
/// Most entries of a forest's archive: five per tree.
const FOREST_ENTRIES_MAX: usize = 1 << 15;
/// The last protocol of skops that was looked at.
const PROTOCOL_MAX: u64 = 2;

/// Parts of an estimator that do not say what it answers.
const TRAINING: [&str; 16] = [
    "criterion",
    "splitter",
    "min_samples_split",
    "min_samples_leaf",
    "min_weight_fraction_leaf",
    "max_features",
    "max_features_",
    "random_state",
    "min_impurity_decrease",
    "min_impurity_split",
    "class_weight",
    "ccp_alpha",
    "monotonic_cst",
    "presort",
    "n_features_",
    "_sklearn_version",
];
/// Parts of an estimator that are read.
const READ: [&str; 8] = [
    "max_depth",
    "max_leaf_nodes",
    "n_features_in_",
    "n_outputs_",
    "n_classes_",
    "classes_",
    "feature_names_in_",
    "tree_",
];

/// Names of entries end so.
const ENDS: [&str; 2] = [".npy", ".json"];

/// What a file holds.
pub(crate) enum Read {
    Tree(Imported),
    Forest(Found),
}

/// Reads what describes the estimator.
fn schema(archive: &Archive<'_>) -> Result<Value, Error> {
    let schema = archive.read("schema.json", SCHEMA_MAX)?;
    let Strict(schema) = serde_json::from_slice(&schema).map_err(Error::Json)?;
    let protocol = schema.get("protocol").cloned().unwrap_or(Value::Null);
    if protocol.as_u64().is_none_or(|protocol| PROTOCOL_MAX < protocol) {
        return Err(Error::Protocol { got: protocol.to_string() });
    }
    Ok(schema)
}

/// Opens an archive with as many entries as a tree has, or a forest.
fn open(bytes: &[u8]) -> Result<Archive<'_>, Error> {
    let refused = match Archive::new(bytes, ENTRIES_MAX, &ENDS) {
        Err(refused @ Error::TooManyEntries { .. }) => refused,
        other => return other,
    };
    let archive = Archive::new(bytes, FOREST_ENTRIES_MAX, &ENDS)?;
    let is_forest = |schema: Value| {
        let text = |key| schema.get(key).and_then(Value::as_str).unwrap_or_default();
        let (module, class) = (text("__module__"), text("__class__"));
        let is_forest = Kinds::of(module, class).is_some();
        let is_regressor = regressor::Kind::of(module, class).is_some();
        is_forest || is_regressor || front::is_pipeline(module, class)
    };
    if schema(&archive).is_ok_and(is_forest) { Ok(archive) } else { Err(refused) }
}

/// Reads a tree or a forest, a classifier or a regressor.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    let archive = open(bytes)?;
    let schema = schema(&archive)?;
    let (front, root) = front::split(Part::root(&archive, &schema))?;
    let (module, class) = (root.text("__module__")?, root.text("__class__")?);
    if let Some(kind) = Kinds::of(module, class) {
        let estimator = root.of("ObjectNode", "estimator")?.child("content")?;
        return ensemble::read(kind, &estimator, &front).map(Found::Class).map(Read::Forest);
    }
    if let Some(kind) = regressor::Kind::of(module, class) {
        let estimator = root.of("ObjectNode", "estimator")?.child("content")?;
        let number = regressor::read(kind, &estimator, &front)?;
        return Ok(Read::Forest(Found::Number(number)));
    }
    if class != "DecisionTreeClassifier" || !module.starts_with("sklearn.tree") {
        return Err(Error::Class { got: zip::beginning(&format!("{module}.{class}")) });
    }
    let estimator = root.of("ObjectNode", "estimator")?.child("content")?;
    only(&estimator, &[&READ, &TRAINING])?;
    estimate(&estimator, &front).map(Read::Tree)
}

/// Refuses parts that are in none of the lists.
fn only(estimator: &Part<'_>, known: &[&[&str]]) -> Result<(), Error> {
    let is_known = |name: &&str| known.iter().any(|list| list.contains(name));
    match estimator.keys()?.find(|name| !is_known(name)) {
        Some(name) => Err(Error::Attribute { name: zip::beginning(name) }),
        None => Ok(()),
    }
}

fn estimate(estimator: &Part<'_>, front: &Front) -> Result<Imported, Error> {
    let outputs = estimator.item("n_outputs_")?.integer()?;
    if outputs != 1 {
        return Err(Error::Outputs { got: outputs });
    }
    let classes = names(&estimator.item("classes_")?, CLASSES_MAX)?;
    same("classes", estimator.item("n_classes_")?.integer()?, classes.len() as i64)?;
    let named = feature_names(estimator, front)?;
    let tree = nodes::read(&estimator.item("tree_")?, front, named.len(), classes.len())?;
    let asked = |name: &str| match estimator.optional(name)? {
        Some(part) => part.optional_integer(),
        None => Ok(None),
    };
    // Larger ones say nothing that may be declared, smaller ones are not this tree's.
    let max_depth = asked("max_depth")?.and_then(|depth| u8::try_from(depth).ok());
    let max_depth =
        max_depth.filter(|&depth| tree.depth().max(1) <= usize::from(depth) && depth <= DEPTH_MAX);
    let max_leaf_nodes = asked("max_leaf_nodes")?.and_then(|leaves| u32::try_from(leaves).ok());
    let max_leaf_nodes = max_leaf_nodes
        .filter(|&leaves| (tree.leaves().max(2)..=NODES_MAX / 2).contains(&(leaves as usize)));
    Ok(Imported { tree, features: named, target: None, classes, max_depth, max_leaf_nodes })
}

/// The names of the features: the first ones that the pipeline has.
fn feature_names(estimator: &Part<'_>, front: &Front) -> Result<Vec<String>, Error> {
    let features = estimator.item("n_features_in_")?.integer()?;
    front.fits(features)?;
    let named = match (&front.names, estimator.optional("feature_names_in_")?) {
        (Some(names), _) => names.clone(),
        (None, Some(part)) => names(&part, TREE_FEATURES_MAX)?,
        (None, None) => unnamed(usize::try_from(features).unwrap_or(0).min(TREE_FEATURES_MAX)),
    };
    same("features", features, named.len() as i64)?;
    Ok(named)
}

fn same(what: &'static str, expected: i64, got: i64) -> Result<(), Error> {
    if expected == got { Ok(()) } else { Err(Error::Disagree { what, expected, got }) }
}

/// At most `limit` names of classes or features.
fn names(part: &Part<'_>, limit: usize) -> Result<Vec<String>, Error> {
    if let Some(items) = part.list()? {
        let items = items.iter().take(limit + 1);
        return items.map(|item| part.beside(item).name()).collect();
    }
    let array = part.array()?;
    if array.shape.len() != 1 || limit < array.shape[0] {
        return Err(part.other("short list of names"));
    }
    array_names(&array)
}

fn array_names(array: &Array) -> Result<Vec<String>, Error> {
    match array.kind {
        Kind::Text(_) => array.texts(),
        Kind::Int(_) | Kind::Uint(_) => {
            Ok(array.integers()?.iter().map(ToString::to_string).collect())
        }
        Kind::Bool => Ok(array.integers()?.iter().map(|&value| truth(value == 1)).collect()),
        _ => Err(array.other_type()),
    }
}

/// As Python writes it.
fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}
