//! Softmax inside a network, layer normalisation, embeddings, slopes that are weights.

use super::config::State;
use super::layer::{Tensor, push};
use super::settings::Settings;
use crate::network::graph::{Axes, Function, Graph, Linear, Node, Shape, VOCABULARY_MAX, Window};
use crate::network::{Error, Problem};
use serde_json::Value;

/// The last axis that Keras knows: all of ours for a list that may have been an image.
fn last(tensor: Tensor) -> Axes {
    if tensor.rank == 1 { [true; 3] } else { [false, false, true] }
}

/// A softmax that something reads.
pub(super) fn softmax(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    state.is_fresh = false;
    let at = state.graph.softmax(tensor.at, last(tensor)).map_err(|fault| settings.fault(fault))?;
    Ok(Tensor::new(at, tensor.rank))
}

/// `LayerNormalization` over the last axis.
pub(super) fn layer(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let axis = settings.get("axis").map(|axis| axis.get(0).unwrap_or(axis).clone());
    if axis.is_some_and(|axis| axis != -1 && axis != tensor.rank as i64) {
        return Err(settings.bad("axis", "the last one"));
    }
    settings.usual(&[("rms_scaling", Value::Bool(false))])?;
    let epsilon = settings.number("epsilon", 1e-3)?;
    let (center, scale) = (settings.flag("center", true)?, settings.flag("scale", true)?);
    let shape = state.graph.shapes()[tensor.at];
    let count = if tensor.rank == 1 { shape.cells() } else { shape.channels };
    let arrays = match (scale, center) {
        (true, true) => state.weights.of::<2>(settings.name)?.to_vec(),
        (false, false) => Vec::new(),
        _ => state.weights.of::<1>(settings.name)?.to_vec(),
    };
    if arrays.iter().any(|array| array.dims != [count]) {
        return Err(settings.layout("layer normalisation has numbers for each channel"));
    }
    state.is_fresh = false;
    let made = state.graph.normalise(tensor.at, last(tensor), epsilon);
    let from = made.map_err(|fault| settings.fault(fault))?;
    let mut arrays = arrays.into_iter().map(|array| array.numbers);
    let mut next = |has: bool, otherwise: f32| {
        if has { arrays.next() } else { None }.unwrap_or_else(|| vec![otherwise; count])
    };
    let (factors, offsets) = (next(scale, 1.0), next(center, 0.0));
    let at = push(settings, state, Node::Scale { from, factors, offsets })?;
    Ok(Tensor::new(at, tensor.rank))
}

/// `Embedding` of the input itself, whose numbers name rows.
pub(super) fn embedding(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    settings.usual(&[
        ("mask_zero", Value::Bool(false)),
        ("lora_rank", Value::Null),
        ("quantization_config", Value::Null),
    ])?;
    settings.get("input_length");
    let (count, width) = (settings.size("input_dim")?, settings.size("output_dim")?);
    if VOCABULARY_MAX < count {
        return Err(settings.error(Problem::Vocabulary { got: count }));
    }
    let [table] = state.weights.of(settings.name)?;
    if table.dims != [count, width] {
        return Err(settings.layout("an embedding has a row of weights for each word"));
    }
    if tensor.at != 0 || !state.is_fresh || tensor.rank != 1 {
        return Err(
            settings.layout("an embedding reads the input itself, which nothing else reads")
        );
    }
    let shape = Shape::new(1, state.graph.input().cells(), 1);
    state.graph = Graph::new(shape).map_err(|fault| settings.fault(fault))?;
    state.is_fresh = false;
    let from = state.graph.one_hot(0, count).map_err(|fault| settings.fault(fault))?;
    let (rows, columns) = (Window::identity(1), Window::identity(shape.width));
    let (weights, bias) = (table.numbers, vec![0.0; width]);
    let linear = Linear { from, rows, columns, groups: 1, outputs: width, weights, bias };
    Ok(Tensor::new(push(settings, state, Node::Linear(linear))?, 2))
}

/// `PReLU`: `max(x, 0) + slope·min(x, 0)`, with a slope for each cell or each channel.
pub(super) fn prelu(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    settings.get("shared_axes");
    let [slopes] = state.weights.of(settings.name)?;
    let shape = state.graph.shapes()[tensor.at];
    let count = slopes.numbers.len();
    // Shared over all places or none: anything else would be spread otherwise.
    let is_by_channel = slopes.dims.last() == Some(&shape.channels) && count == shape.channels;
    if !is_by_channel && count != shape.cells() {
        return Err(settings.layout("slopes are for each number, or for each channel"));
    }
    let (factors, offsets) = (slopes.numbers, vec![0.0; count]);
    let function = Function::Clip { low: f32::NEG_INFINITY, high: 0.0 };
    let from = push(settings, state, Node::Map { from: tensor.at, function })?;
    let below = push(settings, state, Node::Scale { from, factors, offsets })?;
    let function = Function::RELU;
    let above = push(settings, state, Node::Map { from: tensor.at, function })?;
    let terms = vec![(above, 1.0), (below, 1.0)];
    Ok(Tensor::new(push(settings, state, Node::Add { terms })?, tensor.rank))
}
