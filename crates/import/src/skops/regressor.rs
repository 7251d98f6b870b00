//! scikit-learn's regressors of trees: what they answer is a sum of the leaves' numbers.
//!
//! - *A tree:* the number of the leaf, `values`, whatever the criterion.
//! - *Random forests, extra trees:* the mean of the trees' numbers.
//! - *Gradient boosting:* each tree's number times `learning_rate`, beginning with the constant of
//!   `init_`.
//! - *Boosting over histograms:* [`histogram`](super::histogram).
//!
//! Boosting is read for `squared_error` alone: other losses may answer with a function of the sum.

use super::ensemble::{self, BOOSTING, FOREST, TRAINING, bounded, tree_of};
use super::front::Front;
use super::part::Part;
use super::{Error, feature_names, histogram, nodes, only, same};
use crate::forest::{Node, Number};

/// Parts that only regressors have, and that do not say what they answer.
const ONLY: [&str; 2] = ["oob_prediction_", "quantile"];

/// The kinds of regressors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tree,
    Forest,
    Boosting,
    Histogram,
}

impl Kind {
    pub(super) fn of(module: &str, class: &str) -> Option<Self> {
        let is_ensemble = module.starts_with("sklearn.ensemble");
        match class {
            "DecisionTreeRegressor" if module.starts_with("sklearn.tree") => Some(Self::Tree),
            "RandomForestRegressor" | "ExtraTreesRegressor" if is_ensemble => Some(Self::Forest),
            "GradientBoostingRegressor" if is_ensemble => Some(Self::Boosting),
            "HistGradientBoostingRegressor" if is_ensemble => Some(Self::Histogram),
            _ => None,
        }
    }
}

/// Reads a regressor.
pub(super) fn read(kind: Kind, estimator: &Part<'_>, front: &Front) -> Result<Number, Error> {
    let known: &[&[&str]] = match kind {
        Kind::Tree => &[&super::TRAINING, &super::READ],
        Kind::Forest => &[&TRAINING, &FOREST, &ONLY],
        Kind::Boosting => &[&TRAINING, &BOOSTING, &["feature_names_in_"], &ONLY],
        Kind::Histogram => &[&histogram::TRAINING, &histogram::READ, &ONLY],
    };
    only(estimator, known)?;
    let features = feature_names(estimator, front)?;
    let width = features.len();
    let (trees, base) = match kind {
        Kind::Tree => {
            one_output(estimator)?;
            (vec![nodes::list(&estimator.item("tree_")?, front, width, 1)?], Vec::new())
        }
        Kind::Forest => (forest(estimator, front, width)?, Vec::new()),
        Kind::Boosting => {
            squared_error(estimator)?;
            let rate = estimator.item("learning_rate")?.number()?;
            let trees = ensemble::rounds(estimator, front, width, (rate, 1))?;
            (trees, beginning(estimator)?)
        }
        Kind::Histogram => {
            squared_error(estimator)?;
            histogram::trees(estimator, front, width, 1)?
        }
    };
    Ok(Number::new(features, trees, base))
}

fn one_output(estimator: &Part<'_>) -> Result<(), Error> {
    match estimator.item("n_outputs_")?.integer()? {
        1 => Ok(()),
        got => Err(Error::Outputs { got }),
    }
}

fn squared_error(estimator: &Part<'_>) -> Result<(), Error> {
    let loss = estimator.item("loss")?.plain_text()?;
    match loss.as_str() {
        "squared_error" => Ok(()),
        got => Err(Error::Unsupported { place: "loss", got: super::zip::beginning(got) }),
    }
}

fn forest(estimator: &Part<'_>, front: &Front, width: usize) -> Result<Vec<Vec<Node>>, Error> {
    one_output(estimator)?;
    let parts = bounded(estimator.item("estimators_")?.items()?)?;
    let count = parts.len() as f64;
    let tree = |part| {
        let kinds = ["DecisionTreeRegressor", "ExtraTreeRegressor"];
        let mut nodes = tree_of(part, kinds, front, (width, 1))?;
        for node in &mut nodes {
            if let Node::Leaf(values) = node {
                values.iter_mut().for_each(|value| *value /= count);
            }
        }
        Ok(nodes)
    };
    parts.into_iter().map(tree).collect()
}

/// What the sums begin with.
fn beginning(estimator: &Part<'_>) -> Result<Vec<f64>, Error> {
    let init = estimator.item("init_")?;
    if init.text("__class__")? != "DummyRegressor" {
        // `init="zero"` is kept as text.
        let got = init.plain_text().unwrap_or_else(|_| "an estimator".to_owned());
        return match got.as_str() {
            "zero" => Ok(Vec::new()),
            _ => Err(Error::Unsupported { place: "init_", got: super::zip::beginning(&got) }),
        };
    }
    let constant =
        init.of("ObjectNode", "estimator")?.child("content")?.item("constant_")?.doubles()?;
    same("constants", 1, constant.len() as i64)?;
    Ok(constant)
}
