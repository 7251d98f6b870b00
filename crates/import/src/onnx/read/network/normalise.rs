//! Softmax inside a network, layer and instance normalisation, greatest and least of tensors.

use super::elementwise::{joined, scaled, spread};
use super::step::Step;
use super::value::{Array, Value};
use super::view::View;
use crate::network::graph::{Axes, Function, Graph, Node};
use crate::network::{Error, Problem};

/// Which of our axes some of the file's consist of.
fn axes_of(view: &View, places: std::ops::Range<usize>) -> Axes {
    let mut axes = [false; 3];
    for &(axis, _) in view.dims[places].iter().flat_map(|dim| &dim.0) {
        axes[axis as usize] = true;
    }
    axes
}

/// `Softmax` over one axis. Before version 13 it went over all axes from one on.
pub(super) fn softmax(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &["axis"])?;
    let view = step.computed(0)?;
    let is_old = step.version < 13;
    let at = step.axis(step.int("axis", if is_old { 1 } else { -1 })?, view.dims.len())?;
    let places = if is_old { at..view.dims.len() } else { at..at + 1 };
    let tensor = graph.softmax(view.tensor, axes_of(&view, places));
    Ok(Value::Computed(view.of(tensor.map_err(|fault| step.fault(fault))?)))
}

/// `LayerNormalization` over the axes from one on.
pub(super) fn layer(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=3, &["axis", "epsilon", "stash_type"])?;
    step.only("stash_type", 1)?;
    if step.node.outputs.iter().skip(1).any(|output| !output.is_empty()) {
        return Err(step.error(Problem::Arity));
    }
    let view = step.computed(0)?;
    let at = step.axis(step.int("axis", -1)?, view.dims.len())?;
    let axes = axes_of(&view, at..view.dims.len());
    let made = graph.normalise(view.tensor, axes, step.float("epsilon", 1e-5)?);
    let made = view.of(made.map_err(|fault| step.fault(fault))?);
    let gamma = step.floats(1, "the factors")?.clone();
    let beta = match step.optional(2) {
        Some(_) => step.floats(2, "the offsets")?.clone(),
        None => Array { dims: Vec::new(), numbers: vec![0.0] },
    };
    affine(step, graph, &made, [&gamma, &beta])
}

/// `InstanceNormalization` over the places of each channel.
pub(super) fn instance(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(3..=3, &["epsilon"])?;
    let view = super::convolution::image(step, graph)?;
    let made = graph.normalise(view.tensor, [true, true, false], step.float("epsilon", 1e-5)?);
    let made = view.of(made.map_err(|fault| step.fault(fault))?);
    // Along the first axis.
    let list = |at, what| {
        let array = step.floats(at, what)?;
        let dims = [&[array.numbers.len()][..], &vec![1; view.dims.len() - 1]].concat();
        Ok::<_, Error>(Array { dims, numbers: array.numbers.clone() })
    };
    let (gamma, beta) = (list(1, "the factors")?, list(2, "the offsets")?);
    affine(step, graph, &made, [&gamma, &beta])
}

fn affine(
    step: &Step<'_>,
    graph: &mut Graph,
    view: &View,
    numbers: [&Array; 2],
) -> Result<Value, Error> {
    let shape = graph.shapes()[view.tensor];
    let [factors, offsets] = numbers.map(|array| spread(view, shape, array));
    let (Some(factors), Some(offsets)) = (factors, offsets) else {
        return step.layout("normalisation has numbers for each number that it reads");
    };
    // One for each channel may stand beside one for each cell.
    let len = factors.len().max(offsets.len());
    let [factors, offsets] =
        [factors, offsets].map(|list| list.iter().copied().cycle().take(len).collect());
    let tensor = step.push(graph, Node::Scale { from: view.tensor, factors, offsets })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// `Max` and `Min` of tensors and bounds.
pub(super) fn extremes(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=64, &[])?;
    let is_max = step.node.operator == "Max";
    let mut view: Option<View> = None;
    let (mut low, mut high) = (f32::NEG_INFINITY, f32::INFINITY);
    for at in 0..step.node.inputs.len() {
        match step.value(at)? {
            Value::Computed(next) => {
                view = Some(match view {
                    None => next.clone(),
                    Some(view) => greatest(step, graph, &view, next, is_max)?,
                });
            }
            Value::Floats(array) => match array.scalar().filter(|bound| !bound.is_nan()) {
                Some(bound) if is_max => low = low.max(bound),
                Some(bound) => high = high.min(bound),
                None => return Err(step.error(Problem::NotConstant { what: "a lone bound" })),
            },
            Value::Integers(_) | Value::Places(_) => return Err(step.error(Problem::NotComputed)),
        }
    }
    let view = view.ok_or_else(|| step.error(Problem::NotComputed))?;
    if low == f32::NEG_INFINITY && high == f32::INFINITY {
        return Ok(Value::Computed(view));
    }
    let function = Function::Clip { low, high };
    let tensor = step.push(graph, Node::Map { from: view.tensor, function })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// The greater of two tensors, or the less, which is the greater with all signs turned.
fn greatest(
    step: &Step<'_>,
    graph: &mut Graph,
    left: &View,
    right: &View,
    is_max: bool,
) -> Result<View, Error> {
    let (left, right) = joined(step, graph, left.clone(), right.clone())?;
    let made = if is_max {
        graph.greater(left.tensor, right.tensor)
    } else {
        graph.less(left.tensor, right.tensor)
    };
    Ok(left.of(made.map_err(|fault| step.fault(fault))?))
}

/// `PRelu` with constant slopes: `max(x, 0) + slope·min(x, 0)`.
pub(super) fn prelu(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=2, &[])?;
    let view = step.computed(0)?;
    let slopes = step.floats(1, "the slopes")?;
    if let Some(slope) = slopes.scalar() {
        let function = Function::LeakyRelu { slope };
        let tensor = step.push(graph, Node::Map { from: view.tensor, function })?;
        return Ok(Value::Computed(view.of(tensor)));
    }
    let function = Function::Clip { low: f32::NEG_INFINITY, high: 0.0 };
    let below = step.push(graph, Node::Map { from: view.tensor, function })?;
    let Value::Computed(below) =
        scaled(step, graph, &view.of(below), slopes, |slope| (slope, 0.0))?
    else {
        return Err(step.error(Problem::NotComputed));
    };
    let above = step.push(graph, Node::Map { from: view.tensor, function: Function::RELU })?;
    let terms = vec![(above, 1.0), (below.tensor, 1.0)];
    let tensor = step.push(graph, Node::Add { terms })?;
    Ok(Value::Computed(view.of(tensor)))
}
