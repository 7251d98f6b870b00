//! What each layer does.

use super::config::State;
use super::settings::Settings;
use super::weights::Array;
use super::{merge, normalise, spatial};
use crate::network::graph::{Fault, Function, Graph, Linear, Node, Shape, Window};
use crate::network::{Error, Network, Problem};
use serde_json::Value;

/// A tensor of ours, with the number of axes that Keras gives it behind the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) at: usize,
    pub(super) rank: usize,
    /// What the scores went through at the end: the order is the same, the numbers are not.
    pub(super) end: End,
}

/// What a last layer does to scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    None,
    Softmax,
    LogSoftmax,
    Sigmoid,
}

impl Tensor {
    pub(super) fn new(at: usize, rank: usize) -> Self {
        Self { at, rank, end: End::None }
    }
}

/// The one tensor that a layer reads.
pub(super) fn one(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    reads: &[Tensor],
) -> Result<Tensor, Error> {
    match reads {
        [tensor] => inside(settings, state, *tensor),
        _ => Err(settings.error(Problem::Arity)),
    }
}

/// Makes the softmax that was left for the end, since a layer reads it.
pub(super) fn inside(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    match tensor.end {
        End::Softmax => normalise::softmax(settings, state, tensor),
        End::LogSoftmax => {
            Err(settings.error(Problem::Operator { operator: "log_softmax".to_owned() }))
        }
        End::None | End::Sigmoid => Ok(tensor),
    }
}

pub(super) fn push(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    node: Node,
) -> Result<usize, Error> {
    state.is_fresh = false;
    state.graph.push(node).map_err(|fault| settings.fault(fault))
}

/// Applies a layer.
pub(super) fn apply(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    reads: &[Tensor],
) -> Result<Tensor, Error> {
    match settings.class {
        // There is one, which was read before.
        "InputLayer" => Err(Error::Input),
        "LayerNormalization" => {
            let tensor = one(settings, state, reads)?;
            normalise::layer(settings, state, tensor)
        }
        "Embedding" => {
            let tensor = one(settings, state, reads)?;
            normalise::embedding(settings, state, tensor)
        }
        "PReLU" => {
            let tensor = one(settings, state, reads)?;
            normalise::prelu(settings, state, tensor)
        }
        "Dense" => {
            let tensor = one(settings, state, reads)?;
            dense(settings, state, tensor)
        }
        "Flatten" => {
            settings.usual(&[("data_format", "channels_last".into())])?;
            Ok(Tensor { rank: 1, ..one(settings, state, reads)? })
        }
        "Dropout"
        | "SpatialDropout1D"
        | "SpatialDropout2D"
        | "GaussianNoise"
        | "GaussianDropout"
        | "AlphaDropout"
        | "ActivityRegularization" => {
            for name in ["rate", "stddev", "l1", "l2"] {
                settings.get(name);
            }
            settings.usual(&[("data_format", "channels_last".into())])?;
            one(settings, state, reads)
        }
        "Reshape" => {
            let tensor = one(settings, state, reads)?;
            reshape(settings, state, tensor)
        }
        "Rescaling" => {
            let tensor = one(settings, state, reads)?;
            let (factor, offset) =
                (settings.number("scale", 1.0)?, settings.number("offset", 0.0)?);
            let channels = state.graph.shapes()[tensor.at].channels;
            let (factors, offsets) = (vec![factor; channels], vec![offset; channels]);
            let at = push(settings, state, Node::Scale { from: tensor.at, factors, offsets })?;
            Ok(Tensor::new(at, tensor.rank))
        }
        "BatchNormalization" => {
            let tensor = one(settings, state, reads)?;
            batch_normalization(settings, state, tensor)
        }
        "Activation" => {
            let name = settings.text("activation", "linear")?.to_owned();
            let tensor = one(settings, state, reads)?;
            activation(settings, state, tensor, &name)
        }
        "ReLU" | "LeakyReLU" | "ELU" | "Softmax" => {
            let tensor = one(settings, state, reads)?;
            advanced(settings, state, tensor)
        }
        "Add" | "Subtract" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Concatenate" => {
            merge::merge(settings, state, reads)
        }
        _ => {
            let tensor = one(settings, state, reads)?;
            spatial::apply(settings, state, tensor)
        }
    }
}

/// The input layer: the graph that the others are added to, and the tensor that they read.
pub(super) fn input(settings: &Settings<'_>) -> Result<(Graph, Tensor), Error> {
    let no = Value::Bool(false);
    settings.usual(&[("sparse", no.clone()), ("ragged", no.clone()), ("optional", no)])?;
    let shape = settings.get("batch_shape").or_else(|| settings.get("batch_input_shape"));
    let lengths = shape.and_then(Value::as_array).and_then(|list| {
        let length = |value: &Value| usize::try_from(value.as_u64()?).ok();
        list.iter().skip(1).map(length).collect::<Option<Vec<usize>>>()
    });
    let (shape, rank) = lengths.and_then(|lengths| shaped(&lengths)).ok_or(Error::Input)?;
    let graph = Graph::new(shape).map_err(|fault| settings.fault(fault))?;
    Ok((graph, Tensor::new(0, rank)))
}

/// Our shape for Keras' lengths behind the rows.
fn shaped(lengths: &[usize]) -> Option<(Shape, usize)> {
    let shape = match *lengths {
        [features] => Shape::flat(features),
        [width, channels] => Shape::new(1, width, channels),
        [height, width, channels] => Shape::new(height, width, channels),
        _ => return None,
    };
    Some((shape, lengths.len()))
}

fn dense(settings: &Settings<'_>, state: &mut State<'_>, tensor: Tensor) -> Result<Tensor, Error> {
    settings.usual(&[("lora_rank", Value::Null), ("quantization_config", Value::Null)])?;
    let units = settings.size("units")?;
    let (weights, bias) = weights(settings, state, units)?;
    let shape = state.graph.shapes()[tensor.at];
    let (rows, columns, inputs) = match tensor.rank {
        1 => (Window::full(shape.height), Window::full(shape.width), shape.cells()),
        // The same at every place.
        _ => (Window::identity(shape.height), Window::identity(shape.width), shape.channels),
    };
    if weights.dims != [inputs, units] {
        return Err(
            settings.layout("a dense layer has a row of weights for each number that it reads")
        );
    }
    let weights = weights.numbers;
    let (from, groups) = (tensor.at, 1);
    let linear = Linear { from, rows, columns, groups, outputs: units, weights, bias };
    let at = push(settings, state, Node::Linear(linear))?;
    let name = settings.text("activation", "linear")?.to_owned();
    activation(settings, state, Tensor::new(at, tensor.rank), &name)
}

/// The kernel and the bias, which may be missing.
pub(super) fn weights(
    settings: &Settings<'_>,
    state: &State<'_>,
    outputs: usize,
) -> Result<(Array, Vec<f32>), Error> {
    if settings.flag("use_bias", true)? {
        let [weights, bias] = state.weights.of(settings.name)?;
        return Ok((weights, bias.numbers));
    }
    let [weights] = state.weights.of(settings.name)?;
    Ok((weights, vec![0.0; outputs]))
}

/// Images of rows; only the input itself can take another shape.
fn reshape(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let list = settings.get("target_shape").and_then(Value::as_array);
    let list = list.ok_or_else(|| settings.bad("target_shape", "a shape"))?;
    let cells = state.graph.shapes()[tensor.at].cells();
    let length = |value: &Value| match value.as_i64()? {
        -1 => Some(None),
        length => usize::try_from(length).ok().filter(|length| *length <= cells).map(Some),
    };
    let lengths: Option<Vec<Option<usize>>> = list.iter().map(length).collect();
    let lengths = lengths.and_then(|lengths| {
        let known = lengths.iter().flatten().try_fold(1_usize, |a, &b| a.checked_mul(b))?;
        let open = lengths.iter().filter(|length| length.is_none()).count();
        let is_sound = if open == 0 {
            known == cells
        } else {
            open == 1 && known != 0 && cells.is_multiple_of(known)
        };
        is_sound.then(|| {
            lengths.into_iter().map(|length| length.unwrap_or(cells / known)).collect::<Vec<_>>()
        })
    });
    let made = lengths.and_then(|lengths| shaped(&lengths));
    let (shape, rank) =
        made.ok_or_else(|| settings.bad("target_shape", "a shape of as many cells"))?;
    if shape == state.graph.shapes()[tensor.at] || rank == 1 {
        return Ok(Tensor::new(tensor.at, rank));
    }
    if tensor.at != 0 || !state.is_fresh {
        return Err(settings.layout("only the input itself is reshaped to an image"));
    }
    state.graph = Graph::new(shape).map_err(|fault| settings.fault(fault))?;
    Ok(Tensor::new(0, rank))
}

fn batch_normalization(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let axis = settings.get("axis").map(|axis| axis.get(0).unwrap_or(axis).clone());
    if axis.is_some_and(|axis| axis != -1 && axis != tensor.rank as i64) {
        return Err(settings.bad("axis", "the last one"));
    }
    let no = Value::Bool(false);
    settings.usual(&[("synchronized", no.clone()), ("renorm", no)])?;
    settings.get("renorm_clipping");
    let epsilon = settings.number("epsilon", 1e-3)?;
    let (center, scale) = (settings.flag("center", true)?, settings.flag("scale", true)?);
    let arrays: Vec<Array> = match (center, scale) {
        (true, true) => state.weights.of::<4>(settings.name)?.to_vec(),
        (false, false) => state.weights.of::<2>(settings.name)?.to_vec(),
        _ => state.weights.of::<3>(settings.name)?.to_vec(),
    };
    let shape = state.graph.shapes()[tensor.at];
    let count = if tensor.rank == 1 { shape.cells() } else { shape.channels };
    if arrays.iter().any(|array| array.dims != [count]) {
        return Err(settings.layout("batch normalisation has numbers for each channel"));
    }
    // Scale and centre come first, as far as there are any.
    let mut arrays = arrays.into_iter().map(|array| array.numbers);
    let mut next = |has: bool, otherwise: f32| {
        if has { arrays.next() } else { None }.unwrap_or_else(|| vec![otherwise; count])
    };
    let (gamma, beta) = (next(scale, 1.0), next(center, 0.0));
    let (mean, variance) = (next(true, 0.0), next(true, 1.0));
    let factors: Vec<f32> = gamma
        .iter()
        .zip(&variance)
        .map(|(gamma, variance)| gamma / (variance + epsilon).sqrt())
        .collect();
    let offset = |at: usize| beta[at] - mean[at] * factors[at];
    let offsets = (0..count).map(offset).collect();
    let at = push(settings, state, Node::Scale { from: tensor.at, factors, offsets })?;
    Ok(Tensor::new(at, tensor.rank))
}

/// An activation by its name.
pub(super) fn activation(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
    name: &str,
) -> Result<Tensor, Error> {
    let function = match name {
        "linear" => return Ok(tensor),
        "softmax" => return Ok(Tensor { end: End::Softmax, ..tensor }),
        "log_softmax" => return Ok(Tensor { end: End::LogSoftmax, ..tensor }),
        "relu" => Function::RELU,
        "relu6" => Function::Clip { low: 0.0, high: 6.0 },
        "leaky_relu" => Function::LeakyRelu { slope: 0.2 },
        "elu" => Function::Elu { alpha: 1.0 },
        "sigmoid" => Function::Sigmoid,
        "tanh" => Function::Tanh,
        "silu" | "swish" => Function::silu(),
        // The exact one; Keras asks for the other one by a function, not by a name.
        "gelu" => Function::gelu(),
        "softplus" => Function::Softplus,
        "softsign" => Function::Softsign,
        "exponential" => Function::Exp,
        "selu" => Function::selu(1.673_263_2, 1.050_701),
        "celu" => Function::celu(1.0),
        "mish" => Function::mish(),
        "hard_sigmoid" => Function::hard_sigmoid(1.0 / 6.0, 0.5),
        "hard_silu" | "hard_swish" => Function::hard_swish(),
        other => {
            let operator = other.chars().take(80).collect();
            return Err(settings.error(Problem::Operator { operator }));
        }
    };
    let end = if function == Function::Sigmoid { End::Sigmoid } else { End::None };
    let at = push(settings, state, Node::Map { from: tensor.at, function })?;
    Ok(Tensor { at, rank: tensor.rank, end })
}

/// Activations that are layers.
fn advanced(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let function = match settings.class {
        "Softmax" => {
            settings.usual(&[("axis", (-1).into())])?;
            return Ok(Tensor { end: End::Softmax, ..tensor });
        }
        "ReLU" => {
            let slope = settings.number("negative_slope", 0.0)?;
            let threshold = settings.number("threshold", 0.0)?;
            let high = settings.number("max_value", f64::from(f32::MAX))?;
            let high = if high == f32::MAX { f32::INFINITY } else { high };
            if threshold != 0.0 || slope != 0.0 && high != f32::INFINITY {
                return Err(settings.bad("threshold", "0, and a bound or a slope"));
            }
            match slope {
                0.0 => Function::Clip { low: 0.0, high },
                slope => Function::LeakyRelu { slope },
            }
        }
        "LeakyReLU" => {
            let slope = settings.number("alpha", 0.3)?;
            Function::LeakyRelu { slope: settings.number("negative_slope", slope.into())? }
        }
        _ => Function::Elu { alpha: settings.number("alpha", 1.0)? },
    };
    let at = push(settings, state, Node::Map { from: tensor.at, function })?;
    Ok(Tensor::new(at, tensor.rank))
}

/// Makes a tensor the graph's answer: as in ONNX, a lone score becomes two.
pub(super) fn close(graph: Graph, tensor: Tensor) -> Result<Network, Error> {
    let columns: Vec<usize> = (0..graph.input().cells()).collect();
    let shape = graph.shapes()[tensor.at];
    if tensor.at != graph.last() || graph.nodes().is_empty() || !shape.is_flat() {
        return Err(Error::Answer(Fault::Answer(shape)));
    }
    if tensor.end != End::Sigmoid {
        return Network::new(graph, columns);
    }
    // The sigmoid is the last step: leave it out.
    let mut shorter = Graph::new(graph.input()).map_err(Error::Answer)?;
    let (_, before) = graph.nodes().split_last().ok_or(Error::Output)?;
    for node in before {
        shorter.push(node.clone()).map_err(Error::Answer)?;
    }
    let Some(Node::Map { from, .. }) = graph.nodes().last() else { return Err(Error::Output) };
    let one = Window::identity(1);
    let (channels, from) = (shape.channels, *from);
    let end = if channels == 1 {
        let (weights, bias) = (vec![0.0, 1.0], vec![0.0; 2]);
        Node::Linear(Linear { from, rows: one, columns: one, groups: 1, outputs: 2, weights, bias })
    } else {
        Node::Add { terms: vec![(from, 1.0)] }
    };
    shorter.push(end).map_err(Error::Answer)?;
    Network::new(shorter, columns)
}
