//! scikit-learn's forests and boosted trees.
//!
//! - *Random forests, extra trees.* The shares of the classes in a leaf are added over the trees;
//!   `predict` takes the greatest sum, the lowest class on a tie. Of two classes the difference of
//!   the shares is enough.
//! - *Gradient boosting.* Each tree's value times `learning_rate`, beginning with the logarithms of
//!   the classes' shares among the rows (`init_`), of two classes with their difference. Of two
//!   classes a sum of exactly 0 is the second.
//! - *Boosting over histograms:* `histogram`.
//!
//! Sums are floats there and integers here: an answer can differ only where two classes are tied up
//! to rounding.

use super::front::Front;
use super::part::Part;
use super::{Error, feature_names, histogram, names, nodes, only, same};
use crate::forest::{self, Ensemble, Imported, Node};
use crate::model::tree;
use assay_model::CLASSES_MAX;
use assay_model::ops::forest::{TREES_MAX, Votes};

/// The lowest multiple of all numbers up to 16: shares of few rows are whole numbers of it.
const SHARES: f64 = 720_720.0;
/// Least and greatest share from which boosting begins, as scikit-learn clips them.
const SHARE_MIN: f64 = f32::EPSILON as f64;

/// Parts of any ensemble that do not say what it answers.
pub(super) const TRAINING: [&str; 40] = [
    "estimator",
    "n_estimators",
    "estimator_params",
    "bootstrap",
    "oob_score",
    "n_jobs",
    "random_state",
    "verbose",
    "warm_start",
    "class_weight",
    "max_samples",
    "criterion",
    "max_depth",
    "min_samples_split",
    "min_samples_leaf",
    "min_weight_fraction_leaf",
    "max_features",
    "max_leaf_nodes",
    "min_impurity_decrease",
    "min_impurity_split",
    "monotonic_cst",
    "ccp_alpha",
    "base_estimator",
    "base_estimator_",
    "_n_samples",
    "_sample_weight",
    "_n_samples_bootstrap",
    "estimator_",
    "_sklearn_version",
    "oob_score_",
    "oob_decision_function_",
    "subsample",
    "alpha",
    "validation_fraction",
    "n_iter_no_change",
    "tol",
    "train_score_",
    "oob_improvement_",
    "oob_scores_",
    "max_features_",
];
/// Parts of forests that are read.
pub(super) const FOREST: [&str; 6] =
    ["n_outputs_", "classes_", "n_classes_", "n_features_in_", "feature_names_in_", "estimators_"];
/// Parts of boosted trees that are read, or that the ones that are read imply.
pub(super) const BOOSTING: [&str; 12] = [
    "learning_rate",
    "loss",
    "init",
    "classes_",
    "n_trees_per_iteration_",
    "n_classes_",
    "_loss",
    "init_",
    "estimators_",
    "_rng",
    "n_estimators_",
    "n_features_in_",
];

/// The kinds of ensembles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinds {
    Forest,
    Boosting,
    Histogram,
}

impl Kinds {
    pub(super) fn of(module: &str, class: &str) -> Option<Self> {
        match class {
            _ if !module.starts_with("sklearn.ensemble") => None,
            "RandomForestClassifier" | "ExtraTreesClassifier" => Some(Self::Forest),
            "GradientBoostingClassifier" => Some(Self::Boosting),
            "HistGradientBoostingClassifier" => Some(Self::Histogram),
            _ => None,
        }
    }
}

/// Reads an ensemble.
pub(super) fn read(kind: Kinds, estimator: &Part<'_>, front: &Front) -> Result<Imported, Error> {
    match kind {
        Kinds::Forest => only(estimator, &[&TRAINING, &FOREST])?,
        Kinds::Boosting => only(estimator, &[&TRAINING, &BOOSTING, &["feature_names_in_"]])?,
        Kinds::Histogram => only(estimator, &[&histogram::TRAINING, &histogram::READ])?,
    }
    let classes = names(&estimator.item("classes_")?, CLASSES_MAX)?;
    if kind != Kinds::Histogram {
        same("classes", estimator.item("n_classes_")?.integer()?, classes.len() as i64)?;
    }
    let features = feature_names(estimator, front)?;
    let sizes = (features.len(), classes.len());
    let ensemble = match kind {
        Kinds::Forest => forest(estimator, front, sizes)?,
        Kinds::Boosting => boosting(estimator, front, sizes)?,
        Kinds::Histogram => histogram::ensemble(estimator, front, sizes)?,
    };
    let (forest, scale) = ensemble.quantise()?;
    Ok(Imported { forest, scale, features, target: None, classes })
}

/// The nodes of a tree of one of these classes.
pub(super) fn tree_of(
    part: Part<'_>,
    kinds: [&str; 2],
    front: &Front,
    (features, width): (usize, usize),
) -> Result<Vec<Node>, Error> {
    if !part.text("__module__")?.starts_with("sklearn.tree")
        || !kinds.contains(&part.text("__class__")?)
    {
        return Err(part.other("tree of scikit-learn"));
    }
    let tree = part.of("ObjectNode", "tree of scikit-learn")?.child("content")?.item("tree_")?;
    nodes::list(&tree, front, features, width)
}

pub(super) fn bounded<T>(trees: Vec<T>) -> Result<Vec<T>, Error> {
    let fault = assay_model::ops::forest::Fault::Trees { got: trees.len() };
    if trees.len() <= TREES_MAX { Ok(trees) } else { Err(forest::Error::Fault(fault).into()) }
}

fn forest(
    estimator: &Part<'_>,
    front: &Front,
    (features, classes): (usize, usize),
) -> Result<Ensemble, Error> {
    let outputs = estimator.item("n_outputs_")?.integer()?;
    if outputs != 1 {
        return Err(Error::Outputs { got: outputs });
    }
    let is_pair = classes == 2;
    let mut trees = Vec::new();
    for part in bounded(estimator.item("estimators_")?.items()?)? {
        let kinds = ["DecisionTreeClassifier", "ExtraTreeClassifier"];
        let mut nodes = tree_of(part, kinds, front, (features, classes))?;
        for (index, node) in nodes.iter_mut().enumerate() {
            let Node::Leaf(shares) = node else { continue };
            // The same rules as for the leaves of a single tree.
            tree::heaviest(index, shares.iter().copied())?;
            let all: f64 = shares.iter().sum();
            shares.iter_mut().for_each(|share| *share /= all);
            if let (true, &[first, second]) = (is_pair, shares.as_slice()) {
                *shares = vec![second - first];
            }
        }
        trees.push(nodes);
    }
    let votes = if is_pair { Votes::Second } else { Votes::All };
    Ok(Ensemble {
        features,
        classes,
        votes,
        trees,
        base: Vec::new(),
        second_wins_ties: false,
        unit: Some(SHARES),
    })
}

fn boosting(
    estimator: &Part<'_>,
    front: &Front,
    (features, classes): (usize, usize),
) -> Result<Ensemble, Error> {
    let loss = estimator.item("loss")?.plain_text()?;
    if !["log_loss", "deviance"].contains(&loss.as_str()) {
        return Err(Error::Unsupported { place: "loss", got: super::zip::beginning(&loss) });
    }
    let rate = estimator.item("learning_rate")?.number()?;
    let (votes, per_round) =
        if classes == 2 { (Votes::Second, 1) } else { (Votes::Turns, classes) };
    Ok(Ensemble {
        features,
        classes,
        votes,
        trees: rounds(estimator, front, features, (rate, per_round))?,
        base: beginning(estimator, classes)?,
        second_wins_ties: classes == 2,
        unit: None,
    })
}

/// The trees of all rounds, `per_round` of them in each, their numbers times `rate`.
pub(super) fn rounds(
    estimator: &Part<'_>,
    front: &Front,
    features: usize,
    (rate, per_round): (f64, usize),
) -> Result<Vec<Vec<Node>>, Error> {
    let mut trees = Vec::new();
    for round in bounded(estimator.item("estimators_")?.items()?)? {
        let round = round.items()?;
        same("trees of a round", per_round as i64, round.len() as i64)?;
        for part in round {
            let mut nodes = tree_of(part, ["DecisionTreeRegressor"; 2], front, (features, 1))?;
            for node in &mut nodes {
                if let Node::Leaf(values) = node {
                    values.iter_mut().for_each(|value| *value *= rate);
                }
            }
            trees.push(nodes);
        }
        // Every round is looked at before the next one is read.
        trees = bounded(trees)?;
    }
    Ok(trees)
}

/// What the sums begin with.
fn beginning(estimator: &Part<'_>, classes: usize) -> Result<Vec<f64>, Error> {
    let init = estimator.item("init_")?;
    if init.text("__class__")? != "DummyClassifier" {
        // `init="zero"` is kept as text.
        let got = init.plain_text().unwrap_or_else(|_| "an estimator".to_owned());
        return match got.as_str() {
            "zero" => Ok(Vec::new()),
            _ => Err(Error::Unsupported { place: "init_", got: super::zip::beginning(&got) }),
        };
    }
    let init = init.of("ObjectNode", "estimator")?.child("content")?;
    let strategy = init.item("strategy")?.plain_text()?;
    if strategy != "prior" {
        let got = super::zip::beginning(&strategy);
        return Err(Error::Unsupported { place: "init_.strategy", got });
    }
    let mut shares = init.item("class_prior_")?.doubles()?;
    same("classes", classes as i64, shares.len() as i64)?;
    if let Some(&got) = shares.iter().find(|share| !(0.0..=1.0).contains(*share)) {
        return Err(tree::Error::Weight { index: 0, got }.into());
    }
    shares.iter_mut().for_each(|share| *share = share.clamp(SHARE_MIN, 1.0 - SHARE_MIN));
    Ok(match shares.as_slice() {
        &[_, second] => vec![(second / (1.0 - second)).ln()],
        all => all.iter().map(|share| share.ln()).collect(),
    })
}
