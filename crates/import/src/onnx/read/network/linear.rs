//! `LinearClassifier` and `LinearRegressor` of skl2onnx: logistic regression, linear support vectors;
//! linear regression.

use super::step::Step;
use super::value::Value;
use super::view::View;
use crate::network::Error;
use crate::network::graph::{Graph, Linear, Node, Window};
use crate::onnx::read::proto::Attribute;

const CLASSIFIER: [&str; 6] = [
    "classlabels_ints",
    "classlabels_strings",
    "coefficients",
    "intercepts",
    "multi_class",
    "post_transform",
];

const REGRESSOR: [&str; 4] = ["coefficients", "intercepts", "post_transform", "targets"];

/// Reads the scores of classes. What `post_transform` does to them changes no order.
pub(super) fn classifier(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &CLASSIFIER)?;
    if !matches!(step.text("post_transform", "NONE")?, "NONE" | "SOFTMAX" | "LOGISTIC") {
        return step.bad("post_transform", "NONE, SOFTMAX or LOGISTIC");
    }
    let intercepts = numbers(step, "intercepts")?;
    sums(step, graph, intercepts)
}

/// Reads the one number that answers.
pub(super) fn regressor(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &REGRESSOR)?;
    if step.text("post_transform", "NONE")? != "NONE" {
        return step.bad("post_transform", "NONE");
    }
    if !matches!(step.node.attributes.get("targets"), None | Some(Attribute::Int(1))) {
        return step.bad("targets", "1");
    }
    let intercepts = match step.node.attributes.get("intercepts") {
        None => vec![0.0],
        Some(_) => numbers(step, "intercepts")?,
    };
    if intercepts.len() != 1 {
        return step.bad("intercepts", "one number");
    }
    sums(step, graph, intercepts)
}

fn numbers(step: &Step<'_>, name: &'static str) -> Result<Vec<f32>, Error> {
    match step.node.attributes.get(name) {
        Some(Attribute::Floats(list)) => Ok(list.iter().map(|&x| x as f32).collect()),
        _ => step.bad(name, "a list of numbers"),
    }
}

/// A sum of weighed features for each of `intercepts`.
fn sums(step: &Step<'_>, graph: &mut Graph, intercepts: Vec<f32>) -> Result<Value, Error> {
    let coefficients = numbers(step, "coefficients")?;
    let view = step.computed(0)?;
    let shape = graph.shapes()[view.tensor];
    let (inputs, outputs) = (shape.cells(), intercepts.len());
    if view.dims.len() != 1 || inputs.checked_mul(outputs) != Some(coefficients.len()) {
        return step.layout("a linear model has a coefficient for each feature and output");
    }
    // From [outputs, inputs], in the file's order of cells.
    let row = |cell: usize| (0..outputs).map(move |output| (output, cell));
    let cells = view.order(shape).into_iter().flat_map(row);
    let weights = cells.map(|(output, cell)| coefficients[output * inputs + cell]).collect();
    let tensor = step.push(
        graph,
        Node::Linear(Linear {
            from: view.tensor,
            rows: Window::full(shape.height),
            columns: Window::full(shape.width),
            groups: 1,
            outputs,
            weights,
            bias: intercepts,
        }),
    )?;
    Ok(Value::Computed(View::flat(tensor, outputs)))
}
