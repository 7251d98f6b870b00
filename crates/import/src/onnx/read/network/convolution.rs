//! `Conv` in one or two dimensions.

use super::step::Step;
use super::value::Value;
use super::view::View;
use crate::network::graph::{AXIS_MAX, Graph, Linear, Node, Window};
use crate::network::{Error, Problem};

/// Windows along height and width, as attributes of convolutions and pooling say.
pub(super) struct Windows {
    pub(super) rows: Window,
    pub(super) columns: Window,
    /// Whether padding is read.
    pub(super) is_padded: bool,
}

/// The attributes that [`windows`] reads.
pub(super) const ATTRIBUTES: [&str; 5] =
    ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

/// Reads windows of `kernel` taps over axes of `sizes`, of which there are one or two; with `is_ceil`
/// a last window may go over the edge.
pub(super) fn windows(
    step: &Step<'_>,
    sizes: [usize; 2],
    kernel: &[usize],
    is_ceil: bool,
) -> Result<Windows, Error> {
    let rank = kernel.len();
    let list = |name, len: usize, default: usize, least: usize| match step.ints(name)? {
        None => Ok(vec![default; len]),
        Some(list) => {
            let number = |&number: &i64| {
                usize::try_from(number).ok().filter(|number| (least..=AXIS_MAX).contains(number))
            };
            let numbers: Option<Vec<usize>> = list.iter().map(number).collect();
            match numbers {
                Some(numbers) if numbers.len() == len => Ok(numbers),
                _ => step.bad(name, "one for each axis, within bounds"),
            }
        }
    };
    let taps: Vec<i64> = kernel.iter().map(|&taps| taps as i64).collect();
    if step.ints("kernel_shape")?.is_some_and(|shape| *shape != taps) {
        return step.bad("kernel_shape", "the shape of the weights");
    }
    let strides = list("strides", rank, 1, 1)?;
    let dilations = list("dilations", rank, 1, 1)?;
    let pads = list("pads", 2 * rank, 0, 0)?;
    let auto = step.text("auto_pad", "NOTSET")?;
    let axis = |at: usize| {
        let size = sizes[2 - rank + at];
        let (stride, dilation, taps) = (strides[at], dilations[at], kernel[at]);
        let reach = dilation.saturating_mul(taps.saturating_sub(1)) + 1;
        let (before, after) = match auto {
            "NOTSET" => (pads[at], pads[at + rank]),
            "VALID" => (0, 0),
            "SAME_UPPER" | "SAME_LOWER" => {
                let outputs = size.div_ceil(stride);
                let all = ((outputs - 1) * stride + reach).saturating_sub(size);
                let less = all / 2;
                if auto == "SAME_UPPER" { (less, all - less) } else { (all - less, less) }
            }
            _ => return step.bad("auto_pad", "NOTSET, VALID, SAME_UPPER or SAME_LOWER"),
        };
        let Some(room) = (size + before + after).checked_sub(reach) else {
            return step.layout("a window is larger than what it reads");
        };
        let mut outputs = room / stride + 1;
        if is_ceil && !room.is_multiple_of(stride) && (outputs * stride) < size + before {
            outputs += 1;
        }
        let window =
            Window { outputs, taps, stride, dilation, offset: -(before as i64), repeat: 1 };
        Ok((window, window.is_bounded() && window.is_padded(size)))
    };
    let (columns, right) = axis(rank - 1)?;
    let (rows, down) = if rank == 2 { axis(0)? } else { (Window::identity(1), false) };
    Ok(Windows { rows, columns, is_padded: down || right })
}

/// A computed image.
pub(super) fn image(step: &Step<'_>, graph: &Graph) -> Result<View, Error> {
    let view = step.computed(0)?;
    if view.is_image(graph.shapes()[view.tensor]) {
        Ok(view)
    } else {
        step.layout("reads [rows, channels, height, width] or [rows, channels, width]")
    }
}

/// `Conv`.
pub(super) fn conv(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=3, &[&ATTRIBUTES[..], &["group"]].concat())?;
    let view = image(step, graph)?;
    let shape = graph.shapes()[view.tensor];
    let given = step.floats(1, "the weights")?;
    let rank = view.dims.len() - 1;
    let groups = usize::try_from(step.int("group", 1)?).unwrap_or(0);
    let (outputs, inputs) = match *given.dims.as_slice() {
        [outputs, inputs, _] | [outputs, inputs, _, _] if given.dims.len() == rank + 2 => {
            (outputs, inputs)
        }
        _ => return step.layout("the weights of a convolution have as many axes as what it reads"),
    };
    let kernel = &given.dims[2..];
    let is_sound = (1..=AXIS_MAX).contains(&groups)
        && inputs.checked_mul(groups) == Some(shape.channels)
        && outputs.is_multiple_of(groups)
        && outputs != 0
        && kernel.iter().all(|taps| (1..=AXIS_MAX).contains(taps));
    if !is_sound {
        return step.layout("the weights of a convolution do not fit the channels that it reads");
    }
    let windows = windows(step, [shape.height, shape.width], kernel, false)?;
    let bias = match step.optional(2) {
        None => vec![0.0; outputs],
        Some(_) => step.floats(2, "the bias")?.numbers.clone(),
    };
    // From [outputs, inputs of a group, taps] to [taps, groups, inputs, outputs of a group].
    let (taps, each) = (kernel.iter().product::<usize>(), outputs / groups);
    let weight = |place: usize| {
        let (place, output) = (place / each, place % each);
        let (place, input) = (place / inputs, place % inputs);
        let (tap, group) = (place / groups, place % groups);
        given.numbers[((group * each + output) * inputs + input) * taps + tap]
    };
    let weights = (0..given.numbers.len()).map(weight).collect();
    let Windows { rows, columns, .. } = windows;
    let from = view.tensor;
    let linear = Linear { from, rows, columns, groups, outputs, weights, bias };
    let tensor =
        graph.push(Node::Linear(linear)).map_err(|fault| step.error(Problem::Fault(fault)))?;
    Ok(Value::Computed(View::image(tensor, graph.shapes()[tensor], view.dims.len())))
}
