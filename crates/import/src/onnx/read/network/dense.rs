//! Dense layers: `Gemm` and `MatMul` with constant weights.

use super::step::Step;
use super::value::{Array, Value};
use super::view::{Axis, View};
use crate::network::graph::{Graph, Linear, Node, Window};
use crate::network::{Error, Problem};

const ONE_ROW: &str = "a dense layer reads the last axis";

/// `A·B + C` with the factors alpha and beta.
pub(super) fn gemm(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=3, &["alpha", "beta", "transA", "transB"])?;
    step.only("transA", 0)?;
    let is_transposed = match step.int("transB", 0)? {
        0 => false,
        1 => true,
        _ => return step.bad("transB", "0 or 1"),
    };
    let (alpha, beta) = (step.float("alpha", 1.0)?, step.float("beta", 1.0)?);
    let mut weights = matrix(step, 1, is_transposed)?;
    weights.numbers.iter_mut().for_each(|weight| *weight *= alpha);
    let outputs = weights.dims[1];
    let mut bias = vec![0.0; outputs];
    if step.optional(2).is_some() {
        let given = step.floats(2, "the bias")?;
        let is_row = given.numbers.len() == outputs && given.dims.last() == Some(&outputs);
        if !is_row && given.scalar().is_none() {
            return Err(
                step.error(Problem::NotConstant { what: "a bias of one number per output" })
            );
        }
        bias.iter_mut().zip(given.numbers.iter().cycle()).for_each(|(b, &c)| *b = beta * c);
    }
    let view = step.computed(0)?;
    if view.dims.len() != 1 {
        return step.layout("Gemm reads [rows, features]");
    }
    dense(step, graph, &view, (&weights, bias))
}

/// `A·B`.
pub(super) fn matmul(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=2, &[])?;
    let view = step.computed(0)?;
    let weights = matrix(step, 1, false)?;
    let bias = vec![0.0; weights.dims[1]];
    dense(step, graph, &view, (&weights, bias))
}

/// A constant of the shape `[inputs, outputs]`.
fn matrix(step: &Step<'_>, at: usize, is_transposed: bool) -> Result<Array, Error> {
    let given = step.floats(at, "the weights")?;
    let &[first, second] = given.dims.as_slice() else {
        return step.layout("the weights of a dense layer are a matrix");
    };
    if !is_transposed {
        return Ok(given.clone());
    }
    let column = |input| (0..first).map(move |output| given.numbers[output * second + input]);
    Ok(Array { dims: vec![second, first], numbers: (0..second).flat_map(column).collect() })
}

fn dense(
    step: &Step<'_>,
    graph: &mut Graph,
    view: &View,
    (weights, bias): (&Array, Vec<f32>),
) -> Result<Value, Error> {
    let shape = graph.shapes()[view.tensor];
    let [inputs, outputs] = [weights.dims[0], weights.dims[1]];
    if view.dims.last().is_none_or(|dim| dim.len() != inputs) {
        return step.layout("a dense layer has a row of weights for each number that it reads");
    }
    if outputs == 0 {
        return step.layout("a dense layer has at least one output");
    }
    if view.dims.len() == 1 {
        // Rows of weights come in the file's order of cells, we want them in ours.
        let order = view.order(shape).into_iter();
        let rows = order.flat_map(|row| &weights.numbers[row * outputs..(row + 1) * outputs]);
        let tensor = step.push(
            graph,
            Node::Linear(Linear {
                from: view.tensor,
                rows: Window::full(shape.height),
                columns: Window::full(shape.width),
                groups: 1,
                outputs,
                weights: rows.copied().collect(),
                bias,
            }),
        )?;
        return Ok(Value::Computed(View::flat(tensor, outputs)));
    }
    // At every place the same: a convolution of one tap.
    let last = view.dims.len() - 1;
    let is_channels = view.dims[last].0.is_empty() && shape.channels == 1
        || view.axis(last, shape) == Some(Axis::Channels);
    if !is_channels {
        return step.layout(ONE_ROW);
    }
    let tensor = step.push(
        graph,
        Node::Linear(Linear {
            from: view.tensor,
            rows: Window::identity(shape.height),
            columns: Window::identity(shape.width),
            groups: 1,
            outputs,
            weights: weights.numbers.clone(),
            bias,
        }),
    )?;
    let mut view = view.of(tensor);
    view.dims[last] = super::view::Dim::of(Axis::Channels, outputs);
    Ok(Value::Computed(view))
}
