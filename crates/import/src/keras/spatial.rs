//! Layers over places: convolutions, pooling, padding, up-sampling.

use super::config::State;
use super::layer::{Tensor, activation, push, weights};
use super::settings::Settings;
use crate::network::graph::{Linear, Node, Shape, Window};
use crate::network::{Error, Problem};
use serde_json::Value;

/// Applies a layer; its name ends in the number of axes.
pub(super) fn apply(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let (kind, rank) = match settings.class.split_at_checked(settings.class.len().saturating_sub(2))
    {
        Some((kind, "1D")) => (kind, 2),
        Some((kind, "2D")) => (kind, 3),
        _ => (settings.class, 0),
    };
    let known = [
        "Conv",
        "DepthwiseConv",
        "SeparableConv",
        "MaxPooling",
        "AveragePooling",
        "GlobalMaxPooling",
        "GlobalAveragePooling",
        "ZeroPadding",
        "UpSampling",
        "Cropping",
    ];
    if rank == 0 || !known.contains(&kind) {
        let operator = settings.class.chars().take(80).collect();
        return Err(settings.error(Problem::Operator { operator }));
    }
    if tensor.rank != rank {
        return Err(settings.layout("the layer reads an image, or a sequence of channels"));
    }
    settings.usual(&[("data_format", "channels_last".into())])?;
    match kind {
        "Conv" => convolution(settings, state, tensor),
        "DepthwiseConv" => depthwise(settings, state, tensor),
        "SeparableConv" => separable(settings, state, tensor),
        "MaxPooling" | "AveragePooling" => pooling(settings, state, tensor),
        "GlobalMaxPooling" | "GlobalAveragePooling" => global(settings, state, tensor),
        "UpSampling" => up_sampling(settings, state, tensor),
        _ => edges(settings, state, tensor, kind == "Cropping"),
    }
}

/// A setting's sizes along height and width; a sequence has no height.
fn pair(settings: &Settings<'_>, rank: usize, name: &'static str) -> Result<[usize; 2], Error> {
    if rank == 3 {
        return settings.sizes::<2>(name);
    }
    settings.sizes::<1>(name).map(|[size]| [1, size])
}

/// The windows of `taps`; whether they read padding.
fn windows(
    settings: &Settings<'_>,
    rank: usize,
    shape: Shape,
    taps: [usize; 2],
    strides: [usize; 2],
) -> Result<([Window; 2], bool), Error> {
    let dilations = pair(settings, rank, "dilation_rate")?;
    let padding = settings.text("padding", "valid")?;
    let sizes = [shape.height, shape.width];
    let mut windows = [Window::identity(1); 2];
    let mut is_padded = false;
    for axis in 0..2 {
        let (size, stride, taps) = (sizes[axis], strides[axis], taps[axis]);
        let reach = dilations[axis].saturating_mul(taps - 1) + 1;
        let (outputs, before) = match padding {
            "valid" if reach <= size => ((size - reach) / stride + 1, 0),
            "valid" => return Err(settings.layout("a window is larger than what it reads")),
            "same" => {
                let outputs = size.div_ceil(stride);
                (outputs, ((outputs - 1) * stride + reach).saturating_sub(size) / 2)
            }
            // As many places before as the window reaches: what comes later is not seen.
            "causal" if rank == 2 && axis == 1 => (size.div_ceil(stride), reach - 1),
            "causal" if rank == 2 => (1, 0),
            _ => return Err(settings.bad("padding", "valid or same, causal in one dimension")),
        };
        let (dilation, offset) = (dilations[axis], -(before as i64));
        windows[axis] = Window { outputs, taps, stride, dilation, offset, repeat: 1 };
        is_padded |= windows[axis].is_bounded() && windows[axis].is_padded(size);
    }
    Ok((windows, is_padded))
}

/// Checks the axes of a kernel: the taps, then the rest.
fn check(
    settings: &Settings<'_>,
    rank: usize,
    dims: &[usize],
    taps: [usize; 2],
    rest: [usize; 2],
) -> Result<(), Error> {
    let expected: Vec<usize> = taps[3 - rank..].iter().chain(&rest).copied().collect();
    if dims == expected {
        Ok(())
    } else {
        Err(settings.layout("the weights of a convolution do not fit what it reads"))
    }
}

fn convolution(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let (rank, shape) = (tensor.rank, state.graph.shapes()[tensor.at]);
    let outputs = settings.size("filters")?;
    let groups = match settings.get("groups") {
        None => 1,
        Some(_) => settings.size("groups")?,
    };
    settings.usual(&[("lora_rank", Value::Null), ("quantization_config", Value::Null)])?;
    let (taps, strides) = (pair(settings, rank, "kernel_size")?, pair(settings, rank, "strides")?);
    let ([rows, columns], _) = windows(settings, rank, shape, taps, strides)?;
    let (kernel, bias) = weights(settings, state, outputs)?;
    if !shape.channels.is_multiple_of(groups) || !outputs.is_multiple_of(groups) {
        return Err(settings.bad("groups", "a divisor of the channels"));
    }
    let inputs = shape.channels / groups;
    check(settings, rank, &kernel.dims, taps, [inputs, outputs])?;
    // From [taps, inputs, groups · outputs] to [taps, groups, inputs, outputs].
    let each = outputs / groups;
    let weight = |place: usize| {
        let (place, output) = (place / each, place % each);
        let (place, input) = (place / inputs, place % inputs);
        let (tap, group) = (place / groups, place % groups);
        kernel.numbers[(tap * inputs + input) * outputs + group * each + output]
    };
    let weights = (0..kernel.numbers.len()).map(weight).collect();
    let linear = Linear { from: tensor.at, rows, columns, groups, outputs, weights, bias };
    let at = push(settings, state, Node::Linear(linear))?;
    let name = settings.text("activation", "linear")?.to_owned();
    activation(settings, state, Tensor::new(at, rank), &name)
}

fn depthwise(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let (rank, shape) = (tensor.rank, state.graph.shapes()[tensor.at]);
    let outputs = settings.size("depth_multiplier")?.saturating_mul(shape.channels);
    let (kernel, bias) = weights(settings, state, outputs)?;
    let at = depthwise_step(settings, state, tensor, (&kernel.dims, kernel.numbers, bias))?;
    let name = settings.text("activation", "linear")?.to_owned();
    activation(settings, state, Tensor::new(at, rank), &name)
}

/// The kernel `[taps, channels, multiplier]` lies as a convolution of as many groups as channels.
fn depthwise_step(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
    (dims, weights, bias): (&[usize], Vec<f32>, Vec<f32>),
) -> Result<usize, Error> {
    let (rank, shape) = (tensor.rank, state.graph.shapes()[tensor.at]);
    let multiplier = settings.size("depth_multiplier")?;
    let (taps, strides) = (pair(settings, rank, "kernel_size")?, pair(settings, rank, "strides")?);
    let ([rows, columns], _) = windows(settings, rank, shape, taps, strides)?;
    check(settings, rank, dims, taps, [shape.channels, multiplier])?;
    let (groups, outputs) = (shape.channels, shape.channels * multiplier);
    let linear = Linear { from: tensor.at, rows, columns, groups, outputs, weights, bias };
    push(settings, state, Node::Linear(linear))
}

fn separable(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let (rank, shape) = (tensor.rank, state.graph.shapes()[tensor.at]);
    let outputs = settings.size("filters")?;
    let inner = settings.size("depth_multiplier")?.saturating_mul(shape.channels);
    let (deep, across, bias) = if settings.flag("use_bias", true)? {
        let [deep, across, bias] = state.weights.of(settings.name)?;
        (deep, across, bias.numbers)
    } else {
        let [deep, across] = state.weights.of(settings.name)?;
        (deep, across, vec![0.0; outputs])
    };
    // Before any room is taken for it.
    check(settings, rank, &across.dims, [1, 1], [inner, outputs])?;
    let none = vec![0.0; inner];
    let from = depthwise_step(settings, state, tensor, (&deep.dims, deep.numbers, none))?;
    let made = state.graph.shapes()[from];
    let (rows, columns) = (Window::identity(made.height), Window::identity(made.width));
    let weights = across.numbers;
    let linear = Linear { from, rows, columns, groups: 1, outputs, weights, bias };
    let at = push(settings, state, Node::Linear(linear))?;
    let name = settings.text("activation", "linear")?.to_owned();
    activation(settings, state, Tensor::new(at, rank), &name)
}

fn pooling(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    let (rank, from, shape) = (tensor.rank, tensor.at, state.graph.shapes()[tensor.at]);
    let taps = pair(settings, rank, "pool_size")?;
    let strides = match settings.get("strides") {
        None => taps,
        Some(_) => pair(settings, rank, "strides")?,
    };
    let ([rows, columns], is_padded) = windows(settings, rank, shape, taps, strides)?;
    let node = if settings.class.starts_with("Max") {
        Node::Max { from, rows, columns }
    } else if is_padded {
        return Err(settings.bad("padding", "valid: Keras leaves padding out of averages"));
    } else {
        let (channels, factor) =
            (Window::identity(shape.channels), 1.0 / (taps[0] * taps[1]) as f32);
        Node::Fixed { from, rows, columns, channels, factor }
    };
    Ok(Tensor::new(push(settings, state, node)?, rank))
}

fn global(settings: &Settings<'_>, state: &mut State<'_>, tensor: Tensor) -> Result<Tensor, Error> {
    let (from, shape) = (tensor.at, state.graph.shapes()[tensor.at]);
    let rank = if settings.flag("keepdims", false)? { tensor.rank } else { 1 };
    let (rows, columns) = (Window::full(shape.height), Window::full(shape.width));
    let (channels, factor) =
        (Window::identity(shape.channels), 1.0 / (shape.height * shape.width) as f32);
    let node = if settings.class.starts_with("GlobalMax") {
        Node::Max { from, rows, columns }
    } else {
        Node::Fixed { from, rows, columns, channels, factor }
    };
    Ok(Tensor::new(push(settings, state, node)?, rank))
}

fn up_sampling(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
) -> Result<Tensor, Error> {
    settings.usual(&[("interpolation", "nearest".into())])?;
    let [down, right] = pair(settings, tensor.rank, "size")?;
    let (from, shape) = (tensor.at, state.graph.shapes()[tensor.at]);
    let (rows, columns) =
        (Window::repeated(shape.height, down), Window::repeated(shape.width, right));
    let channels = Window::identity(shape.channels);
    let node = Node::Fixed { from, rows, columns, channels, factor: 1.0 };
    Ok(Tensor::new(push(settings, state, node)?, tensor.rank))
}

/// Padding and cropping: `[before, after]` for each axis.
fn edges(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    tensor: Tensor,
    is_cropping: bool,
) -> Result<Tensor, Error> {
    let name = if is_cropping { "cropping" } else { "padding" };
    let (from, shape) = (tensor.at, state.graph.shapes()[tensor.at]);
    let value = settings.get(name);
    let number = |value: &Value| value.as_u64().filter(|&number| number <= 1 << 14);
    let ends = |value: &Value| match value {
        Value::Array(ends) => match ends.as_slice() {
            [before, after] => Some([number(before)?, number(after)?]),
            _ => None,
        },
        value => number(value).map(|both| [both; 2]),
    };
    let all = value.and_then(|value| match (tensor.rank, value) {
        (2, value) => Some([[0, 0], ends(value)?]),
        (_, Value::Array(axes)) if axes.len() == 2 => Some([ends(&axes[0])?, ends(&axes[1])?]),
        (_, value) => ends(value).map(|ends| [ends; 2]),
    });
    let all = all.ok_or_else(|| settings.bad("padding", "numbers for each end of each axis"))?;
    let window = |size: usize, [before, after]: [u64; 2]| {
        // At most 2^14 each.
        let (before, after) = (before as i64, after as i64);
        let sign = if is_cropping { -1 } else { 1 };
        let outputs = usize::try_from(size as i64 + sign * (before + after)).ok()?;
        Some(Window::slice(-sign * before, outputs))
    };
    let windows = (window(shape.height, all[0]), window(shape.width, all[1]));
    let (Some(rows), Some(columns)) = windows else {
        return Err(settings.layout("more is cropped than there is"));
    };
    let channels = Window::identity(shape.channels);
    let node = Node::Fixed { from, rows, columns, channels, factor: 1.0 };
    Ok(Tensor::new(push(settings, state, node)?, tensor.rank))
}
