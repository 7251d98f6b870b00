//! The attributes of a `TreeEnsembleClassifier` that has one tree.

use super::ReadError;
use super::proto::{Attribute, Node, short};
use crate::model::tree::{self, NODES_MAX};
use assay_model::CLASSES_MAX;
use assay_model::ops::tree::{DecisionTree, Link};
use std::collections::BTreeMap;

/// All attributes of the operator, in any version. Hit rates are about speed only.
const KNOWN: [&str; 21] = [
    "base_values",
    "base_values_as_tensor",
    "class_ids",
    "class_nodeids",
    "class_treeids",
    "class_weights",
    "class_weights_as_tensor",
    "classlabels_int64s",
    "classlabels_strings",
    "nodes_falsenodeids",
    "nodes_featureids",
    "nodes_hitrates",
    "nodes_hitrates_as_tensor",
    "nodes_missing_value_tracks_true",
    "nodes_modes",
    "nodes_nodeids",
    "nodes_treeids",
    "nodes_truenodeids",
    "nodes_values",
    "nodes_values_as_tensor",
    "post_transform",
];

/// Reads the tree and the names of its classes.
pub(super) fn read(
    node: &Node<'_>,
    features: usize,
) -> Result<(DecisionTree, Vec<String>), ReadError> {
    if let Some(name) = node.attributes.keys().find(|name| !KNOWN.contains(name)) {
        return Err(ReadError::Attribute { name: short(name) });
    }
    let ensemble = Ensemble(node);
    if ["base_values", "base_values_as_tensor"].iter().any(|name| !ensemble.is_empty(name)) {
        return Err(ReadError::BaseValues);
    }
    let classes = ensemble.labels()?;
    let nodes = Nodes::new(&ensemble)?;
    let answers = nodes.answers(&ensemble, classes.len())?;
    let tree = tree::build(features, classes.len(), &nodes.links(&answers)?)?;
    Ok((tree, classes))
}

struct Ensemble<'a>(&'a Node<'a>);

impl<'a> Ensemble<'a> {
    fn is_empty(&self, name: &str) -> bool {
        match self.0.attributes.get(name) {
            None => true,
            Some(Attribute::Floats(values)) => values.is_empty(),
            Some(_) => false,
        }
    }

    fn ints(&self, name: &'static str) -> Result<&'a [i64], ReadError> {
        match self.0.attributes.get(name) {
            Some(Attribute::Ints(values)) => Ok(values),
            None => Err(ReadError::NoAttribute { name }),
            Some(_) => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    /// As many integers as `expected`.
    fn list(&self, name: &'static str, expected: usize) -> Result<&'a [i64], ReadError> {
        let list = self.ints(name)?;
        length(name, expected, list.len())?;
        Ok(list)
    }

    fn texts(&self, name: &'static str) -> Result<&'a [&'a [u8]], ReadError> {
        match self.0.attributes.get(name) {
            Some(Attribute::Texts(values)) => Ok(values),
            None => Err(ReadError::NoAttribute { name }),
            Some(_) => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    /// Floats, from the list or from the tensor that may stand in its place.
    fn floats(&self, name: &'static str, tensor: &'static str) -> Result<Vec<f64>, ReadError> {
        match (self.0.attributes.get(name), self.0.attributes.get(tensor)) {
            (Some(Attribute::Floats(values)), None) => Ok(values.clone()),
            (None, Some(Attribute::Tensor(values))) => {
                values.numbers().ok_or_else(|| ReadError::AttributeType { name: tensor.to_owned() })
            }
            (None, None) => Err(ReadError::NoAttribute { name }),
            (Some(_), Some(_)) => Err(ReadError::DuplicateAttribute { name: name.to_owned() }),
            _ => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    fn labels(&self) -> Result<Vec<String>, ReadError> {
        let has = |name| self.0.attributes.contains_key(name);
        let labels: Vec<String> = match (has("classlabels_int64s"), has("classlabels_strings")) {
            (true, false) => {
                let labels = self.ints("classlabels_int64s")?.iter().take(CLASSES_MAX + 1);
                labels.map(ToString::to_string).collect()
            }
            (false, true) => {
                let labels = self.texts("classlabels_strings")?.iter().take(CLASSES_MAX + 1);
                let label = |bytes: &&[u8]| String::from_utf8(bytes.to_vec());
                labels.map(label).collect::<Result<_, _>>().map_err(|_| ReadError::NotText)?
            }
            _ => return Err(ReadError::Labels),
        };
        if (2..=CLASSES_MAX).contains(&labels.len()) { Ok(labels) } else { Err(ReadError::Labels) }
    }

    /// Whether a lone score is compared with 0 rather than with 0.5.
    fn is_logistic(&self) -> Result<bool, ReadError> {
        match self.0.attributes.get("post_transform") {
            None | Some(Attribute::Text(b"NONE")) => Ok(false),
            Some(Attribute::Text(b"LOGISTIC")) => Ok(true),
            Some(Attribute::Text(other)) => {
                Err(ReadError::Transform { got: short(&String::from_utf8_lossy(other)) })
            }
            Some(_) => Err(ReadError::AttributeType { name: "post_transform".to_owned() }),
        }
    }
}

fn length(name: &'static str, expected: usize, got: usize) -> Result<(), ReadError> {
    if expected == got { Ok(()) } else { Err(ReadError::Length { name, expected, got }) }
}

/// The nodes, in the order of the file.
struct Nodes<'a> {
    /// The place of each number.
    places: BTreeMap<i64, usize>,
    tree: i64,
    is_leaf: Vec<bool>,
    features: &'a [i64],
    thresholds: Vec<f64>,
    trues: &'a [i64],
    falses: &'a [i64],
}

impl<'a> Nodes<'a> {
    fn new(ensemble: &Ensemble<'a>) -> Result<Self, ReadError> {
        let ids = ensemble.ints("nodes_nodeids")?;
        let count = ids.len();
        if NODES_MAX < count {
            return Err(tree::Error::TooLarge { got: count }.into());
        }
        let trees = ensemble.list("nodes_treeids", count)?;
        let tree = trees.first().copied().unwrap_or(0);
        if trees.iter().any(|&other| other != tree) {
            return Err(ReadError::SeveralTrees);
        }
        if let Some(&got) = ids.first().filter(|&&id| id != 0) {
            return Err(ReadError::Root { got });
        }
        let mut places = BTreeMap::new();
        for (place, &id) in ids.iter().enumerate() {
            if places.insert(id, place).is_some() {
                return Err(ReadError::DuplicateNode { id });
            }
        }
        let thresholds = ensemble.floats("nodes_values", "nodes_values_as_tensor")?;
        length("nodes_values", count, thresholds.len())?;
        missing(ensemble, count)?;
        Ok(Self {
            places,
            tree,
            is_leaf: modes(ensemble, count)?,
            features: ensemble.list("nodes_featureids", count)?,
            thresholds,
            trues: ensemble.list("nodes_truenodeids", count)?,
            falses: ensemble.list("nodes_falsenodeids", count)?,
        })
    }

    fn place(&self, id: i64) -> Result<usize, ReadError> {
        self.places.get(&id).copied().ok_or(ReadError::NoNode { id })
    }

    /// The class that each leaf answers.
    fn answers(&self, ensemble: &Ensemble<'_>, classes: usize) -> Result<Vec<u16>, ReadError> {
        let ids = ensemble.ints("class_ids")?;
        let leaves = ensemble.list("class_nodeids", ids.len())?;
        if ensemble.list("class_treeids", ids.len())?.iter().any(|&tree| tree != self.tree) {
            return Err(ReadError::SeveralTrees);
        }
        let weights = ensemble.floats("class_weights", "class_weights_as_tensor")?;
        length("class_weights", ids.len(), weights.len())?;
        let mut by_leaf: Vec<Vec<(u16, f64)>> = vec![Vec::new(); self.is_leaf.len()];
        for ((&class, &leaf), &weight) in ids.iter().zip(leaves).zip(&weights) {
            let index = self.place(leaf)?;
            if !self.is_leaf[index] {
                return Err(ReadError::InnerWeight { index });
            }
            let known = u16::try_from(class).ok().filter(|&class| usize::from(class) < classes);
            let is_new = |&class: &u16| by_leaf[index].iter().all(|&(other, _)| other != class);
            let new = known.filter(is_new).ok_or(ReadError::ClassId { index, class })?;
            by_leaf[index].push((new, weight));
        }
        let is_lone = classes == 2 && ids.windows(2).all(|pair| pair[0] == pair[1]);
        let is_logistic = ensemble.is_logistic()?;
        if is_logistic && !is_lone {
            return Err(ReadError::Transform { got: "LOGISTIC".to_owned() });
        }
        let has_negative = weights.iter().any(|&weight| weight < 0.0);
        let answer = |(index, weights): (usize, &mut Vec<(u16, f64)>)| match weights.as_slice() {
            _ if !self.is_leaf[index] => Ok(0),
            &[(_, got)] if is_lone => lone(index, got, is_logistic, has_negative),
            _ => {
                // In order of classes, those without a weight left out: they never win.
                weights.sort_by_key(|&(class, _)| class);
                let heaviest = tree::heaviest(index, weights.iter().map(|&(_, weight)| weight))?;
                Ok(weights[usize::from(heaviest)].0)
            }
        };
        by_leaf.iter_mut().enumerate().map(answer).collect()
    }

    fn links(&self, answers: &[u16]) -> Result<Vec<Link>, ReadError> {
        let link = |index: usize| {
            if self.is_leaf[index] {
                return Ok(Link::Leaf { class: answers[index] });
            }
            Ok(Link::Split {
                // A feature out of range is none of the tree's, whatever its number.
                feature: u16::try_from(self.features[index]).unwrap_or(u16::MAX),
                threshold: tree::threshold(index, self.thresholds[index])?,
                left: self.place(self.trues[index])?,
                right: self.place(self.falses[index])?,
            })
        };
        (0..self.is_leaf.len()).map(link).collect()
    }
}

/// The class that a lone score means.
fn lone(index: usize, got: f64, is_logistic: bool, has_negative: bool) -> Result<u16, ReadError> {
    if !got.is_finite() {
        return Err(tree::Error::Weight { index, got }.into());
    }
    let is_ambiguous =
        if is_logistic { !has_negative && 0.0 < got && got <= 0.5 } else { has_negative };
    if is_ambiguous {
        return Err(ReadError::Ambiguous { index, got });
    }
    let limit = if is_logistic { 0.0 } else { 0.5 };
    Ok(u16::from(limit < got))
}

fn modes(ensemble: &Ensemble<'_>, count: usize) -> Result<Vec<bool>, ReadError> {
    let modes = ensemble.texts("nodes_modes")?;
    length("nodes_modes", count, modes.len())?;
    let mode = |(index, &mode): (usize, &&[u8])| match mode {
        b"LEAF" => Ok(true),
        b"BRANCH_LEQ" => Ok(false),
        other => Err(ReadError::Mode { index, got: short(&String::from_utf8_lossy(other)) }),
    };
    modes.iter().enumerate().map(mode).collect()
}

/// Missing values may go nowhere: no row that we read has one, but another runtime's may.
fn missing(ensemble: &Ensemble<'_>, count: usize) -> Result<(), ReadError> {
    let name = "nodes_missing_value_tracks_true";
    if !ensemble.0.attributes.contains_key(name) {
        return Ok(());
    }
    match ensemble.list(name, count)?.iter().position(|&flag| flag != 0) {
        Some(index) => Err(ReadError::Missing { index }),
        None => Ok(()),
    }
}
