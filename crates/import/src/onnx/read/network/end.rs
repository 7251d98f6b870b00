//! The end of a graph: which value holds the scores of the classes, and what stands behind it.
//!
//! From every output the way goes back through steps that do not change which score is the greatest.
//! skl2onnx writes long ways: labels are picked from a list by `ArgMax`, probabilities of two classes are
//! `Concat(1 − p, p)`.

use super::step::title;
use super::view::View;
use crate::network::graph::{Fault, Graph, Linear, Node as Made, Window};
use crate::network::{Error, Problem};
use crate::onnx::read::proto::{Attribute, Graph as File, Node, Tensor};
use assay_model::CLASSES_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// Where the scores are.
pub(super) struct End<'a> {
    /// The value.
    pub(super) scores: &'a str,
    /// Steps behind it.
    pub(super) steps: BTreeSet<usize>,
    /// Whether the value is one score, of the second of two classes, which wins above 0.
    pub(super) is_lone: bool,
    /// The names of the classes, if they are told.
    pub(super) classes: Option<Vec<String>>,
}

struct Search<'a> {
    file: &'a File<'a>,
    makers: BTreeMap<&'a str, usize>,
    constants: BTreeMap<&'a str, &'a Tensor<'a>>,
    steps: BTreeSet<usize>,
    classes: Option<Vec<String>>,
}

/// Finds the scores.
pub(super) fn find<'a>(file: &'a File<'a>) -> Result<End<'a>, Error> {
    let made = |(index, node): (usize, &'a Node<'a>)| {
        node.outputs.iter().map(move |&output| (output, index))
    };
    let makers = file.nodes.iter().enumerate().flat_map(made).collect();
    let constants = file.constants.iter().map(|tensor| (tensor.name, tensor)).collect();
    let mut search = Search { file, makers, constants, steps: BTreeSet::new(), classes: None };
    let mut found: Option<(&str, bool)> = None;
    for &output in &file.outputs {
        let scores = search.back(output)?;
        if found.is_some_and(|found| found != scores) {
            return Err(Error::Output);
        }
        found = Some(scores);
    }
    let (scores, is_lone) = found.ok_or(Error::Output)?;
    let Search { steps, classes, .. } = search;
    Ok(End { scores, steps, is_lone, classes })
}

impl<'a> Search<'a> {
    fn maker(&self, value: &str) -> Option<(usize, &'a Node<'a>)> {
        let index = *self.makers.get(value)?;
        Some((index, &self.file.nodes[index]))
    }

    /// The scores that `value` comes from, and whether they are one lone score.
    fn back(&mut self, value: &'a str) -> Result<(&'a str, bool), Error> {
        let mut value = value;
        // As many steps as there are nodes: a circle ends.
        for _ in 0..=self.file.nodes.len() {
            let Some((index, node)) = self.maker(value) else { return Ok((value, false)) };
            let first = node.inputs.first().copied().ok_or(Error::Output)?;
            match node.operator {
                "Softmax" | "LogSoftmax" => check(node, &["axis"], &[("axis", &[1, -1])])?,
                "ArgMax" => {
                    let usual: &[(&str, &[i64])] =
                        &[("axis", &[1, -1]), ("keepdims", &[0, 1]), ("select_last_index", &[0])];
                    check(node, &["axis", "keepdims", "select_last_index"], usual)?;
                }
                "TopK" => {
                    let usual: &[(&str, &[i64])] =
                        &[("axis", &[1, -1]), ("largest", &[1]), ("sorted", &[0, 1])];
                    check(node, &["axis", "largest", "sorted"], usual)?;
                }
                "Identity" | "Cast" | "ZipMap" | "Normalizer" => self.named(node),
                "Reshape" | "Squeeze" if self.is_behind(first) => {}
                "ArrayFeatureExtractor" if self.maker(first).is_some() => {
                    // One score of two: the rest says the same.
                }
                "ArrayFeatureExtractor" => {
                    self.listed(first);
                    let [_, places] = node.inputs[..] else { return Err(Error::Output) };
                    self.steps.insert(index);
                    value = places;
                    continue;
                }
                "Sigmoid" => {
                    // A lone score, or several of which the greatest stays the greatest.
                    self.steps.insert(index);
                    return Ok((first, true));
                }
                "Concat" => {
                    let Some(score) = self.pair(node) else { return Ok((value, false)) };
                    self.steps.insert(index);
                    value = score;
                    continue;
                }
                _ => return Ok((self.scores(node, value), false)),
            }
            self.steps.insert(index);
            value = first;
        }
        Err(Error::Output)
    }

    /// Both outputs of a linear classifier, labels and scores, are read under the name of the first.
    fn scores(&mut self, node: &'a Node<'a>, value: &'a str) -> &'a str {
        match (node.operator, node.outputs.first()) {
            ("LinearClassifier", Some(&first)) => {
                self.named(node);
                first
            }
            _ => value,
        }
    }

    /// Whether `value` holds a label rather than numbers: what is reshaped then has no order to lose.
    fn is_behind(&self, value: &str) -> bool {
        let labels = ["ArgMax", "ArrayFeatureExtractor", "Cast", "Reshape", "LinearClassifier"];
        self.maker(value).is_some_and(|(_, node)| labels.contains(&node.operator))
    }

    /// The `p` of `Concat(1 − p, p)`.
    fn pair(&mut self, node: &Node<'a>) -> Option<&'a str> {
        let &[left, right] = node.inputs.as_slice() else { return None };
        let (index, minus) = self.maker(left)?;
        let &[one, score] = minus.inputs.as_slice() else { return None };
        let constant = self.constants.get(one)?;
        let is_one = constant.shape()?.iter().all(|&length| length == 1)
            && constant.floats().is_some_and(|numbers| numbers == [1.0]);
        (minus.operator == "Sub" && score == right && is_one).then(|| {
            self.steps.insert(index);
            right
        })
    }

    /// Labels of a `ZipMap` or a classifier. No more are looked at than it takes to see that they are too
    /// many: there are as many ways through one list as the file has outputs.
    fn named(&mut self, node: &Node<'a>) {
        for name in ["classlabels_int64s", "classlabels_ints"] {
            if let Some(Attribute::Ints(labels)) = node.attributes.get(name) {
                let labels = labels.iter().take(CLASSES_MAX + 1);
                self.classes = Some(labels.map(ToString::to_string).collect());
            }
        }
        if let Some(Attribute::Texts(labels)) = node.attributes.get("classlabels_strings") {
            let text = |bytes: &&[u8]| String::from_utf8_lossy(bytes).into_owned();
            self.classes = Some(labels.iter().take(CLASSES_MAX + 1).map(text).collect());
        }
    }

    /// Labels of an `ArrayFeatureExtractor`.
    fn listed(&mut self, name: &str) {
        let Some(tensor) = self.constants.get(name) else { return };
        let is_long = |shape: Vec<usize>| shape.iter().any(|&length| CLASSES_MAX < length);
        if tensor.shape().is_some_and(is_long) {
            self.classes = Some(vec![String::new(); CLASSES_MAX + 1]);
        } else if let Some(labels) = tensor.all_integers() {
            let labels = labels.iter().take(CLASSES_MAX + 1);
            self.classes = Some(labels.map(ToString::to_string).collect());
        }
    }
}

fn check(node: &Node<'_>, known: &[&str], usual: &[(&str, &[i64])]) -> Result<(), Error> {
    let error = |problem| Error::Step { step: title(node), problem };
    if let Some(name) = node.attributes.keys().find(|name| !known.contains(name)) {
        return Err(error(Problem::Attribute { name: crate::onnx::read::proto::short(name) }));
    }
    for &(name, values) in usual {
        match node.attributes.get(name) {
            None => {}
            Some(Attribute::Int(value)) if values.contains(value) => {}
            Some(_) => return Err(error(Problem::Attribute { name: name.to_owned() })),
        }
    }
    Ok(())
}

/// Makes the scores the graph's answer. A lone one becomes two, of which the first is always 0: the
/// greater is the second above 0, and the first otherwise.
pub(super) fn close(mut graph: Graph, view: &View, is_lone: bool) -> Result<Graph, Error> {
    let shape = graph.shapes()[view.tensor];
    if !shape.is_flat() || view.dims.iter().filter(|dim| dim.len() != 1).count() > 1 {
        return Err(Error::Answer(Fault::Answer(shape)));
    }
    let is_last = view.tensor == graph.last() && !graph.nodes().is_empty();
    if shape.channels == 1 && is_lone {
        let one = Window::identity(1);
        let linear = Linear {
            from: view.tensor,
            rows: one,
            columns: one,
            groups: 1,
            outputs: 2,
            weights: vec![0.0, 1.0],
            bias: vec![0.0; 2],
        };
        graph.push(Made::Linear(linear)).map_err(Error::Answer)?;
    } else if !is_last {
        graph.push(Made::Add { terms: vec![(view.tensor, 1.0)] }).map_err(Error::Answer)?;
    }
    Ok(graph)
}
