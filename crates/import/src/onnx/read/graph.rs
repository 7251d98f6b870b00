//! The graph around the trees: that rows reach it unchanged, and its label or number leaves unchanged.

use super::ReadError;
use super::proto::{Attribute, Graph, Input, Model, Node, short};
use assay_model::ops::tree::TREE_FEATURES_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// The domain of trees.
const ML: &str = "ai.onnx.ml";
/// The versions of its operators that are known.
const ML_VERSIONS: std::ops::RangeInclusive<i64> = 1..=5;
/// The operator that is read.
const TREE: &str = "TreeEnsembleClassifier";
/// The operator that answers with numbers.
const NUMBER: &str = "TreeEnsembleRegressor";
/// What a model of one class answers with.
const CONSTANT: &str = "ConstantOfShape";
/// What exporters make of probabilities, of shapes, and of the tree once more, for outputs beside the
/// label.
const ASIDE: [(&str, &str); 8] = [
    ("", CONSTANT),
    ("", "Shape"),
    (ML, "ZipMap"),
    (ML, NUMBER),
    (ML, "LabelEncoder"),
    ("", "Slice"),
    ("", "Reshape"),
    // onnxmltools: probabilities times one.
    ("", "Mul"),
];
/// What may stand on the label's way.
const ON_THE_WAY: [&str; 2] = ["Cast", "Identity"];

/// Element types: 32-bit floats, integers, truth values, text, 64-bit floats.
const FLOAT: i64 = 1;
const INT32: i64 = 6;
const INT64: i64 = 7;
const TEXT: i64 = 8;
const BOOL: i64 = 9;
const DOUBLE: i64 = 11;

/// What a graph answers with, for rows of so many features.
pub(super) struct Found<'a> {
    pub(super) answer: Answer<'a>,
    pub(super) features: usize,
}

/// What a graph answers with.
pub(super) enum Answer<'a> {
    /// A tree's label.
    Tree(&'a Node<'a>),
    /// What trees add up to.
    Number(&'a Node<'a>),
    /// The same label for every row: skl2onnx writes no tree for a model of one class.
    Constant(i64),
}

/// Finds the one tree.
pub(super) fn find<'a>(model: &'a Model<'a>) -> Result<Found<'a>, ReadError> {
    let graph = &model.graph;
    for (&domain, &version) in &model.operator_sets {
        if !matches!(domain, "" | "ai.onnx" | ML)
            || (domain == ML && !ML_VERSIONS.contains(&version))
        {
            return Err(ReadError::Domain { domain: short(domain), version });
        }
    }
    for node in &graph.nodes {
        let domain = if node.domain == "ai.onnx" { "" } else { node.domain };
        let is_known = (domain, node.operator) == (ML, TREE)
            || ASIDE.contains(&(domain, node.operator))
            || (domain.is_empty() && ON_THE_WAY.contains(&node.operator));
        if !is_known {
            let (name, domain) = (short(node.operator), short(node.domain));
            return Err(ReadError::Operator { name, domain });
        }
    }
    distinct(graph)?;
    let mut trees = graph.nodes.iter().filter(|node| node.operator == TREE);
    let (width, Some(tree)) = (width(graph), trees.next()) else {
        return match graph.nodes.iter().find(|node| node.operator == NUMBER) {
            Some(trees) => number(graph, trees),
            None => constant(graph),
        };
    };
    if trees.next().is_some() {
        return Err(ReadError::SeveralEnsembles);
    }
    input(graph, tree)?;
    let label = tree.outputs.first().copied().ok_or(ReadError::Output)?;
    output(graph, |value| (value == label).then_some(()))?;
    Ok(Found { answer: Answer::Tree(tree), features: width? })
}

/// Checks the way of the numbers that `trees` add up to. Nothing else may be in the graph: of labels it
/// is known what changes none, of numbers all does.
fn number<'a>(graph: &Graph<'_>, trees: &'a Node<'a>) -> Result<Found<'a>, ReadError> {
    let is_alone = |node: &Node<'_>| {
        node.outputs == trees.outputs || node.operator == "Identity" || cast(node) == Some(FLOAT)
    };
    if let Some(node) = graph.nodes.iter().find(|node| !is_alone(node)) {
        let (name, domain) = (short(node.operator), short(node.domain));
        return Err(ReadError::Operator { name, domain });
    }
    input(graph, trees)?;
    let (&[sum], &[mut value]) = (trees.outputs.as_slice(), graph.outputs.as_slice()) else {
        return Err(ReadError::Output);
    };
    // As many steps as there are nodes: a circle ends.
    for _ in 0..=graph.nodes.len() {
        if value == sum {
            return Ok(Found { answer: Answer::Number(trees), features: width(graph)? });
        }
        match maker(graph, value).map(|node| (node.operator, node.inputs.as_slice())) {
            Some(("Identity", &[input])) => value = input,
            _ => break,
        }
    }
    Err(ReadError::Output)
}

/// Finds the label of a graph without a tree.
fn constant<'a>(graph: &Graph<'_>) -> Result<Found<'a>, ReadError> {
    let integer = |node: &Node<'_>| match node.attributes.get("value") {
        Some(Attribute::Tensor(tensor)) if node.operator == CONSTANT => tensor.integer(),
        _ => None,
    };
    let made = |value: &str| maker(graph, value).and_then(integer);
    if !graph.nodes.iter().any(|node| integer(node).is_some()) {
        return Err(ReadError::NoTree);
    }
    Ok(Found { answer: Answer::Constant(output(graph, made)?), features: width(graph)? })
}

/// No value may come from two places.
pub(super) fn distinct(graph: &Graph<'_>) -> Result<(), ReadError> {
    let constants = || graph.constants.iter().map(|tensor| tensor.name);
    let known: BTreeSet<&str> = constants().collect();
    let inputs = graph.inputs.iter().map(|input| input.name).filter(|name| !known.contains(name));
    let made = graph.nodes.iter().flat_map(|node| node.outputs.iter().copied());
    let mut seen = BTreeSet::new();
    for name in inputs.chain(constants()).chain(made) {
        if !name.is_empty() && !seen.insert(name) {
            return Err(ReadError::DuplicateValue { name: short(name) });
        }
    }
    Ok(())
}

fn maker<'a>(graph: &'a Graph<'a>, value: &str) -> Option<&'a Node<'a>> {
    graph.nodes.iter().find(|node| node.outputs.contains(&value))
}

/// The element type that a `Cast` makes.
fn cast(node: &Node<'_>) -> Option<i64> {
    let Some(&Attribute::Int(to)) = node.attributes.get("to") else { return None };
    (node.operator == "Cast").then_some(to)
}

/// The graph's one input.
pub(super) fn rows<'a>(graph: &'a Graph<'a>) -> Result<&'a Input<'a>, ReadError> {
    // Old files list constants among the inputs.
    let constants: BTreeSet<&str> = graph.constants.iter().map(|tensor| tensor.name).collect();
    let mut inputs = graph.inputs.iter().filter(|input| !constants.contains(input.name));
    match (inputs.next(), inputs.next()) {
        (Some(rows), None) => Ok(rows),
        _ => Err(ReadError::Input),
    }
}

/// The number of features.
fn width(graph: &Graph<'_>) -> Result<usize, ReadError> {
    let width = match rows(graph)?.shape.as_slice() {
        &[_, Some(width)] => usize::try_from(width).ok(),
        _ => None,
    };
    width.filter(|width| (1..=TREE_FEATURES_MAX).contains(width)).ok_or(ReadError::Width)
}

/// Checks the way of the rows.
fn input(graph: &Graph<'_>, tree: &Node<'_>) -> Result<(), ReadError> {
    let &[value] = tree.inputs.as_slice() else { return Err(ReadError::Input) };
    let (value, is_cast) = match maker(graph, value) {
        None => (value, false),
        Some(node) if cast(node) == Some(FLOAT) => match node.inputs.as_slice() {
            &[value] => (value, true),
            _ => return Err(ReadError::Input),
        },
        Some(_) => return Err(ReadError::Input),
    };
    let rows = rows(graph)?;
    let is_number = match rows.element {
        FLOAT | INT32 | INT64 | DOUBLE => true,
        BOOL => is_cast,
        _ => false,
    };
    if rows.name == value && is_number { Ok(()) } else { Err(ReadError::Input) }
}

/// Goes back from the outputs, through what changes no label, to a value that `label` knows.
fn output<T>(graph: &Graph<'_>, label: impl Fn(&str) -> Option<T>) -> Result<T, ReadError> {
    // A value that was looked at once leads nowhere, so circles end and long ways are gone once.
    let mut seen = BTreeSet::new();
    let makers: BTreeMap<&str, &Node<'_>> = graph
        .nodes
        .iter()
        .flat_map(|node| node.outputs.iter().map(move |&output| (output, node)))
        .collect();
    for &output in &graph.outputs {
        let mut value = output;
        while seen.insert(value) {
            if let Some(found) = label(value) {
                return Ok(found);
            }
            let Some(node) = makers.get(value) else { break };
            let is_same = node.operator == "Identity" || matches!(cast(node), Some(INT64 | TEXT));
            match node.inputs.as_slice() {
                &[input] if is_same => value = input,
                _ => break,
            }
        }
    }
    Err(ReadError::Output)
}
