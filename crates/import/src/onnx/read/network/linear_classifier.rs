//! `LinearClassifier` of skl2onnx: logistic regression, linear support vectors.

use super::step::Step;
use super::value::Value;
use super::view::View;
use crate::network::Error;
use crate::network::graph::{Graph, Linear, Node, Window};
use crate::onnx::read::proto::Attribute;

const KNOWN: [&str; 6] = [
    "classlabels_ints",
    "classlabels_strings",
    "coefficients",
    "intercepts",
    "multi_class",
    "post_transform",
];

/// Reads the scores. What `post_transform` does to them changes no order.
pub(super) fn read(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &KNOWN)?;
    if !matches!(step.text("post_transform", "NONE")?, "NONE" | "SOFTMAX" | "LOGISTIC") {
        return step.bad("post_transform", "NONE, SOFTMAX or LOGISTIC");
    }
    let numbers = |name: &'static str| match step.node.attributes.get(name) {
        Some(Attribute::Floats(list)) => Ok(list.iter().map(|&x| x as f32).collect::<Vec<f32>>()),
        _ => step.bad(name, "a list of numbers"),
    };
    let (coefficients, intercepts) = (numbers("coefficients")?, numbers("intercepts")?);
    let view = step.computed(0)?;
    let shape = graph.shapes()[view.tensor];
    let (inputs, outputs) = (shape.cells(), intercepts.len());
    if view.dims.len() != 1 || inputs.checked_mul(outputs) != Some(coefficients.len()) {
        return step.layout("a linear classifier has a coefficient for each feature and class");
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
