//! XGBoost's boosted trees, in: the JSON of `save_model`.
//!
//! - A value strictly below the threshold goes left, both 32-bit floats: `x < t` is `x <=` the float
//!   before t.
//! - Leaves have their votes in `split_conditions`. The base score is a probability for the
//!   logistic objective, and a number per class for the others.
//! - `tree_info` says for which class a tree votes. Trees of one round that grew in parallel are
//!   added like any others.
//!
//! - A regressor by squared error answers with the sum itself; other objectives are refused.
//!
//! Votes are added in 32-bit floats there and in integers here: an answer can differ only where two
//! classes are tied up to the rounding of those floats. Default directions are for missing values,
//! which no row of ours has.

use crate::forest::{
    Ensemble, Error, Found, Imported, Json, Node, Number, numbered, strictly_below, turns,
};
use crate::model::{tree, unnamed};
use assay_model::ops::forest::Votes;
use assay_model::{CLASSES_MAX, Ordered};

/// Reads a classifier or a regressor.
pub(crate) fn read(bytes: &[u8]) -> Result<Found, Error> {
    let file = Json::parse(bytes)?;
    let learner = Json::root(&file).get("learner")?;
    let parameters = learner.get("learner_model_param")?;
    let features = parameters.get("num_feature")?.size()?;
    let (classes, votes) = objective(&learner, &parameters)?;
    let base = base(&parameters, votes, classes)?;
    let trees = trees(&learner, votes, classes)?;
    let names = names(&learner, features)?;
    if classes == 1 {
        return Ok(Found::Number(Number::new(names, trees, base)));
    }
    let (second_wins_ties, unit) = (false, None);
    let ensemble = Ensemble { features, classes, votes, trees, base, second_wins_ties, unit };
    let (forest, scale) = ensemble.quantise()?;
    let classes = numbered(classes);
    Ok(Found::Class(Imported { forest, scale, features: names, target: None, classes }))
}

/// The number of classes, and how trees vote for them; one class answers with a number.
fn objective(learner: &Json<'_>, parameters: &Json<'_>) -> Result<(usize, Votes), Error> {
    let name = learner.get("objective")?.get("name")?;
    let classes = parameters.get("num_class")?;
    let count = classes.size()?;
    if let Some(targets) = parameters.optional("num_target")?
        && targets.size()? > 1
    {
        return Err(targets.unsupported());
    }
    match name.text()? {
        "binary:logistic" if count <= 1 => Ok((2, Votes::Second)),
        "multi:softprob" | "multi:softmax" if (2..=CLASSES_MAX).contains(&count) => {
            Ok((count, Votes::Turns))
        }
        "reg:squarederror" if count <= 1 => Ok((1, Votes::All)),
        "binary:logistic" | "multi:softprob" | "multi:softmax" | "reg:squarederror" => {
            Err(classes.unsupported())
        }
        _ => Err(name.unsupported()),
    }
}

/// What the sums begin with. Written as a number, or as a list of them in text.
fn base(parameters: &Json<'_>, votes: Votes, classes: usize) -> Result<Vec<f64>, Error> {
    let part = parameters.get("base_score")?;
    let text = part.text()?.trim();
    let list = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| part.unsupported());
    let numbers = list.split(',').map(number).collect::<Result<Vec<f64>, _>>()?;
    match (votes, numbers.as_slice()) {
        (Votes::Second, &[share]) if 0.0 < share && share < 1.0 => {
            Ok(vec![(share / (1.0 - share)).ln()])
        }
        (Votes::All, &[one]) if one.is_finite() => Ok(numbers),
        (Votes::Turns, &[one]) if one.is_finite() => Ok(vec![one; classes]),
        (Votes::Turns, all) if all.len() == classes => Ok(numbers),
        _ => Err(part.unsupported()),
    }
}

/// The trees, in turns for the classes.
fn trees(learner: &Json<'_>, votes: Votes, classes: usize) -> Result<Vec<Vec<Node>>, Error> {
    let booster = learner.get("gradient_booster")?;
    let name = booster.get("name")?;
    if name.text()? != "gbtree" {
        return Err(name.unsupported());
    }
    let model = booster.get("model")?;
    let groups = model.get("tree_info")?;
    let of = groups.integers()?;
    let mut by_class = vec![Vec::new(); if votes == Votes::Turns { classes } else { 1 }];
    let mut count = 0;
    for (index, tree) in model.get("trees")?.list()?.enumerate() {
        let group = of.get(index).and_then(|&group| usize::try_from(group).ok());
        let class = group.and_then(|group| by_class.get_mut(group));
        class.ok_or_else(|| groups.unsupported())?.push(nodes(index, &tree)?);
        count += 1;
    }
    if count != of.len() {
        return Err(Error::Disagree { what: "trees", expected: of.len(), got: count });
    }
    Ok(turns(by_class)?)
}

fn nodes(index: usize, tree: &Json<'_>) -> Result<Vec<Node>, Error> {
    if let Some(types) = tree.optional("split_type")?
        && types.integers()?.iter().any(|&kind| kind != 0)
    {
        return Err(Error::Categorical { tree: index });
    }
    if let Some(categories) = tree.optional("categories_nodes")?
        && !categories.is_empty_list()
    {
        return Err(Error::Categorical { tree: index });
    }
    if let Some(width) = tree.get("tree_param")?.optional("size_leaf_vector")?
        && width.size()? > 1
    {
        return Err(width.unsupported());
    }
    let (lefts, rights) =
        (tree.get("left_children")?.integers()?, tree.get("right_children")?.integers()?);
    let (features, values) =
        (tree.get("split_indices")?.integers()?, tree.get("split_conditions")?.numbers()?);
    for (what, got) in [
        ("right children", rights.len()),
        ("split indices", features.len()),
        ("split conditions", values.len()),
    ] {
        if got != lefts.len() {
            return Err(Error::Disagree { what, expected: lefts.len(), got });
        }
    }
    let rest = rights.into_iter().zip(features).zip(values).enumerate();
    let node = |(left, (node, ((right, feature), value)))| match (left, right) {
        (-1, -1) => Ok(Node::Leaf(vec![value])),
        _ => {
            let failed = |source| Error::Tree { tree: index, source };
            let threshold = below(node, value).map_err(failed)?;
            // What is out of range is none of the tree's, whatever its number.
            let child = |child: i64| usize::try_from(child).unwrap_or(usize::MAX);
            let feature = u16::try_from(feature).unwrap_or(u16::MAX);
            Ok(Node::Split { feature, threshold, left: child(left), right: child(right) })
        }
    };
    lefts.into_iter().zip(rest).map(node).collect()
}

/// The greatest 32-bit float below a threshold.
fn below(index: usize, got: f64) -> Result<Ordered, tree::Error> {
    let float = Ordered::from_f32_bits((got as f32).to_bits());
    let float = float.ok_or(tree::Error::NotFinite { index, got })?;
    strictly_below(float).ok_or(tree::Error::TooLow { index, got })
}

fn names(learner: &Json<'_>, features: usize) -> Result<Vec<String>, Error> {
    let names = match learner.optional("feature_names")? {
        Some(list) if !list.is_empty_list() => list,
        _ => return Ok(unnamed(features.min(assay_model::FEATURES_MAX))),
    };
    let names: Vec<String> =
        names.list()?.map(|name| name.text().map(str::to_owned)).collect::<Result<_, _>>()?;
    match names.len() == features {
        true => Ok(names),
        false => Err(Error::Disagree { what: "features", expected: features, got: names.len() }),
    }
}
