//! scikit-learn's boosted trees over histograms, `HistGradientBoostingClassifier`.
//!
//! Bins are about training only: `predict` compares the row's own numbers, as 64-bit floats, with
//! `num_threshold` by `<=`, of which our rows' 32-bit floats are some. A leaf's value has the learning
//! rate in it already. Of two classes a sum of exactly 0 is the first.
//!
//! Where a missing value would go is not looked at, since no row that we read has one; a split that
//! tells missing values from all others compares with infinity and is refused, as are categories.

use super::front::Front;
use super::npy::{Array, Kind, double, integer};
use super::part::Part;
use super::{Error, same};
use crate::forest::{self, Ensemble, Node};
use crate::model::tree::{self, NODES_MAX};
use assay_model::ops::forest::Votes;

/// Parts of the estimator that do not say what it answers, or that those that are read imply.
pub(super) const TRAINING: [&str; 31] = [
    "learning_rate",
    "max_iter",
    "max_leaf_nodes",
    "max_depth",
    "min_samples_leaf",
    "l2_regularization",
    "max_features",
    "max_bins",
    "monotonic_cst",
    "interaction_cst",
    "categorical_features",
    "warm_start",
    "early_stopping",
    "scoring",
    "validation_fraction",
    "n_iter_no_change",
    "tol",
    "verbose",
    "random_state",
    "class_weight",
    "_label_encoder",
    "_random_seed",
    "_feature_subsample_rng",
    "_loss",
    "do_early_stopping_",
    "_use_validation_data",
    "_bin_mapper",
    "_scorer",
    "train_score_",
    "validation_score_",
    "_sklearn_version",
];
/// Parts that are read.
pub(super) const READ: [&str; 11] = [
    "loss",
    "is_categorical_",
    "_preprocessor",
    "_is_categorical_remapped",
    "n_features_in_",
    "feature_names_in_",
    "classes_",
    "n_trees_per_iteration_",
    "_n_features",
    "_baseline_prediction",
    "_predictors",
];

/// Reads an ensemble of so many features and classes.
pub(super) fn ensemble(
    estimator: &Part<'_>,
    front: &Front,
    (features, classes): (usize, usize),
) -> Result<Ensemble, Error> {
    let loss = estimator.item("loss")?.plain_text()?;
    if loss != "log_loss" {
        return Err(Error::Unsupported { place: "loss", got: super::zip::beginning(&loss) });
    }
    let (votes, per_round) =
        if classes == 2 { (Votes::Second, 1) } else { (Votes::Turns, classes) };
    let (trees, base) = trees(estimator, front, features, per_round)?;
    let (second_wins_ties, unit) = (false, None);
    Ok(Ensemble { features, classes, votes, trees, base, second_wins_ties, unit })
}

/// Trees, and what their sums begin with.
pub(super) type Trees = (Vec<Vec<Node>>, Vec<f64>);

/// The trees of all rounds, `per_round` of them in each.
pub(super) fn trees(
    estimator: &Part<'_>,
    front: &Front,
    features: usize,
    per_round: usize,
) -> Result<Trees, Error> {
    for name in ["is_categorical_", "_preprocessor", "_is_categorical_remapped"] {
        if estimator.optional(name)?.is_some_and(|part| !part.is_none()) {
            return Err(forest::Error::Categorical { tree: 0 }.into());
        }
    }
    same(
        "trees of a round",
        per_round as i64,
        estimator.item("n_trees_per_iteration_")?.integer()?,
    )?;
    same("features", features as i64, estimator.item("_n_features")?.integer()?)?;
    let base = estimator.item("_baseline_prediction")?.doubles()?;
    same("baselines", per_round as i64, base.len() as i64)?;
    let mut trees = Vec::new();
    for round in super::ensemble::bounded(estimator.item("_predictors")?.items()?)? {
        let round = round.items()?;
        same("trees of a round", per_round as i64, round.len() as i64)?;
        for part in round {
            trees.push(nodes(&part, front, trees.len())?);
        }
        trees = super::ensemble::bounded(trees)?;
    }
    Ok((trees, base))
}

/// The parts of a node that are read.
const PARTS: [&str; 7] =
    ["value", "feature_idx", "num_threshold", "left", "right", "is_leaf", "is_categorical"];
/// Those that are not needed, beside padding.
const SPARE: [&str; 6] =
    ["count", "missing_go_to_left", "gain", "depth", "bin_threshold", "bitset_idx"];

fn nodes(part: &Part<'_>, front: &Front, tree: usize) -> Result<Vec<Node>, Error> {
    if part.text("__class__")? != "TreePredictor" || part.text("__loader__")? != "ObjectNode" {
        return Err(part.other("tree of scikit-learn"));
    }
    let content = part.child("content")?;
    let known = ["nodes", "binned_left_cat_bitsets", "raw_left_cat_bitsets"];
    if let Some(name) = content.keys()?.find(|name| !known.contains(name)) {
        return Err(Error::Attribute { name: super::zip::beginning(name) });
    }
    let nodes = content.item("nodes")?.array()?;
    let &[count] = nodes.shape.as_slice() else { return Err(part.other("list of nodes")) };
    if NODES_MAX < count {
        return Err(tree::Error::TooLarge { got: count }.into());
    }
    let places = places(&nodes)?;
    let node = |(index, bytes): (usize, &[u8])| {
        let bytes = |at: usize| {
            let (kind, start) = &places[at];
            (kind, bytes.get(*start..*start + kind.size()).unwrap_or_default())
        };
        let float = |at: usize| match bytes(at) {
            (Kind::Double, bytes) => Ok(double(bytes)),
            _ => Err(nodes.other_type()),
        };
        let whole = |at: usize| {
            let (kind, bytes) = bytes(at);
            integer(kind, bytes).ok_or_else(|| nodes.other_type())
        };
        match (whole(5)?, whole(6)?) {
            (1, _) => return Ok(Node::Leaf(vec![float(0)?])),
            (0, 0) => {}
            (0, 1) => return Err(forest::Error::Categorical { tree }.into()),
            _ => return Err(nodes.other_type()),
        }
        // A feature out of range is none of the tree's, whatever its number.
        let feature = u16::try_from(whole(1)?).unwrap_or(u16::MAX);
        let threshold = front.wide_threshold(feature, index, float(2)?)?;
        let child = |at| usize::try_from(whole(at)?).map_err(|_| Error::Children { index });
        Ok(Node::Split { feature, threshold, left: child(3)?, right: child(4)? })
    };
    nodes.elements().enumerate().map(node).collect()
}

/// The type of each of [`PARTS`], and where it begins in a node.
fn places(nodes: &Array) -> Result<Vec<(Kind, usize)>, Error> {
    let Kind::Record(parts) = &nodes.kind else { return Err(nodes.other_type()) };
    let mut found: Vec<Option<(Kind, usize)>> = vec![None; PARTS.len()];
    let mut start = 0;
    for (name, kind) in parts {
        match PARTS.iter().position(|part| part == name) {
            Some(at) if found[at].is_none() => found[at] = Some((kind.clone(), start)),
            None if SPARE.contains(&name.as_str()) || matches!(kind, Kind::Padding(_)) => {}
            _ => return Err(nodes.other_type()),
        }
        start += kind.size();
    }
    found.into_iter().collect::<Option<_>>().ok_or_else(|| nodes.other_type())
}
