//! Pooling, over windows and over whole axes.

use super::convolution::{ATTRIBUTES, Windows, image, windows};
use super::step::Step;
use super::value::Value;
use super::view::{Axis, Dim, View};
use crate::network::graph::{Graph, Node, Window};
use crate::network::{Error, Problem};

fn pooled(step: &Step<'_>, graph: &Graph) -> Result<(View, Windows), Error> {
    let view = image(step, graph)?;
    let shape = graph.shapes()[view.tensor];
    let kernel = step.ints("kernel_shape")?.unwrap_or_default();
    let taps = |&taps: &i64| usize::try_from(taps).ok().filter(|taps| (1..=1024).contains(taps));
    let kernel: Option<Vec<usize>> = kernel.iter().map(taps).collect();
    let kernel = match kernel {
        Some(kernel) if kernel.len() + 1 == view.dims.len() => kernel,
        _ => return step.bad("kernel_shape", "one for each axis of the image"),
    };
    let is_ceil = match step.int("ceil_mode", 0)? {
        0 => false,
        1 => true,
        _ => return step.bad("ceil_mode", "0 or 1"),
    };
    let windows = windows(step, [shape.height, shape.width], &kernel, is_ceil)?;
    Ok((view, windows))
}

/// `AveragePool`.
pub(super) fn average(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &[&ATTRIBUTES[..], &["ceil_mode", "count_include_pad"]].concat())?;
    let (view, Windows { rows, columns, is_padded }) = pooled(step, graph)?;
    let counts_padding = step.int("count_include_pad", 0)? == 1 && step.int("ceil_mode", 0)? == 0;
    if is_padded && !counts_padding {
        return step.bad("count_include_pad", "1 where there is padding, without ceil_mode");
    }
    let channels = Window::identity(graph.shapes()[view.tensor].channels);
    let factor = 1.0 / (rows.taps * columns.taps) as f32;
    let tensor =
        step.push(graph, Node::Fixed { from: view.tensor, rows, columns, channels, factor })?;
    Ok(Value::Computed(View::image(tensor, graph.shapes()[tensor], view.dims.len())))
}

/// `MaxPool`.
pub(super) fn max(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &[&ATTRIBUTES[..], &["ceil_mode", "storage_order"]].concat())?;
    step.only("storage_order", 0)?;
    if step.node.outputs.len() != 1 {
        return Err(step.error(Problem::Arity));
    }
    let (view, Windows { rows, columns, .. }) = pooled(step, graph)?;
    let tensor = step.push(graph, Node::Max { from: view.tensor, rows, columns })?;
    Ok(Value::Computed(View::image(tensor, graph.shapes()[tensor], view.dims.len())))
}

/// `GlobalAveragePool`, `GlobalMaxPool`.
pub(super) fn global(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &[])?;
    let view = image(step, graph)?;
    let shape = graph.shapes()[view.tensor];
    let (rows, columns) = (Window::full(shape.height), Window::full(shape.width));
    let (from, channels) = (view.tensor, Window::identity(shape.channels));
    let factor = 1.0 / (shape.height * shape.width) as f32;
    let node = match step.node.operator {
        "GlobalMaxPool" => Node::Max { from, rows, columns },
        _ => Node::Fixed { from, rows, columns, channels, factor },
    };
    let tensor = step.push(graph, node)?;
    Ok(Value::Computed(View::image(tensor, graph.shapes()[tensor], view.dims.len())))
}

/// `ReduceMean`, `ReduceSum`, `ReduceMax` over some axes.
pub(super) fn reduce(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=2, &["axes", "keepdims", "noop_with_empty_axes"])?;
    step.only("noop_with_empty_axes", 0)?;
    let axes = match step.ints("axes")? {
        Some(axes) => axes.to_vec(),
        None => step.integers(1, "the axes")?.unwrap_or_default(),
    };
    if axes.is_empty() {
        return step.bad("axes", "some axes, but not that of the rows");
    }
    let view = step.computed(0)?;
    let shape = graph.shapes()[view.tensor];
    let mut windows = [
        Window::identity(shape.height),
        Window::identity(shape.width),
        Window::identity(shape.channels),
    ];
    let mut dims: Vec<Option<Dim>> = view.dims.iter().cloned().map(Some).collect();
    let mut count = 1;
    for axis in axes {
        let at = step.axis(axis, dims.len())?;
        let dim = dims[at].take().ok_or_else(|| step.error(Problem::Arity))?;
        for (axis, len) in dim.0 {
            count *= len;
            let place = match axis {
                Axis::Height => 0,
                Axis::Width => 1,
                Axis::Channels => 2,
            };
            windows[place] = Window::full(len);
        }
        if step.int("keepdims", 1)? == 1 {
            dims[at] = Some(Dim::default());
        }
    }
    let [rows, columns, channels] = windows;
    let from = view.tensor;
    let factor = if step.node.operator == "ReduceMean" { 1.0 / count as f32 } else { 1.0 };
    let node = match step.node.operator {
        "ReduceMax" if channels.taps != 1 => {
            let axes = [rows, columns, channels].map(|window| window.taps != 1);
            let tensor = graph.max_over(from, axes).map_err(|fault| step.fault(fault))?;
            return Ok(Value::Computed(View {
                tensor,
                dims: dims.into_iter().flatten().collect(),
            }));
        }
        "ReduceMax" => Node::Max { from, rows, columns },
        _ => Node::Fixed { from, rows, columns, channels, factor },
    };
    let tensor = step.push(graph, node)?;
    Ok(Value::Computed(View { tensor, dims: dims.into_iter().flatten().collect() }))
}
