//! Steps that move cells, or only their names.

use super::step::Step;
use super::value::{Array, Value};
use super::view::{Dim, View};
use crate::network::graph::{AXIS_MAX, Graph, Node, Window};
use crate::network::{Error, Problem};

const JOINED: &str =
    "tensors are concatenated along an axis that all have, and are alike beside it";
const CUT: &str = "a reshape cuts an axis of a computed tensor, or mixes rows";

/// `Flatten` behind the rows.
pub(super) fn flatten(step: &Step<'_>) -> Result<Value, Error> {
    step.expect(1..=1, &["axis"])?;
    if step.int("axis", 1)? != 1 {
        return step.bad("axis", "1");
    }
    let view = step.computed(0)?;
    let all = view.dims.iter().flat_map(|dim| dim.0.iter().copied()).collect();
    Ok(Value::Computed(View { tensor: view.tensor, dims: vec![Dim(all)] }))
}

/// The lengths behind the rows that a `Reshape` asks for; `None` if it mixes rows.
pub(super) fn target(asked: &[Option<i64>], old: &[usize]) -> Option<Vec<usize>> {
    let (rows, rest) = asked.split_first()?;
    let cells: usize = old.iter().product();
    let length = |(at, &length): (usize, &Option<i64>)| match length? {
        0 => old.get(at).copied().map(Some),
        -1 => Some(None),
        length => usize::try_from(length).ok().filter(|&n| n <= cells).map(Some),
    };
    let lengths: Vec<Option<usize>> = rest.iter().enumerate().map(length).collect::<Option<_>>()?;
    let known = lengths.iter().flatten().try_fold(1_usize, |a, &b| a.checked_mul(b))?;
    let open = lengths.iter().filter(|length| length.is_none()).count();
    // Rows stay rows: their number is kept, or is what is left over, or is one.
    let is_rows = matches!(rows, None | Some(-1..=1));
    let found = match open {
        0 => known == cells,
        1 => !matches!(rows, Some(-1)) && known != 0 && cells.is_multiple_of(known),
        _ => false,
    };
    let fill = |length: Option<usize>| length.unwrap_or_else(|| cells / known);
    (is_rows && found).then(|| lengths.into_iter().map(fill).collect())
}

/// Zeros of a shape are the old lengths, unless they are zeros.
pub(super) fn zeros(step: &Step<'_>, asked: &[Option<i64>]) -> Result<(), Error> {
    match step.int("allowzero", 0)? {
        0 => Ok(()),
        1 if !asked.contains(&Some(0)) => Ok(()),
        _ => step.bad("allowzero", "0, or a shape without zeros"),
    }
}

/// `Reshape`.
pub(super) fn reshape(step: &Step<'_>) -> Result<Value, Error> {
    step.expect(2..=2, &["allowzero"])?;
    let Value::Integers(asked) = step.value(1)? else {
        return Err(step.error(Problem::NotConstant { what: "the shape" }));
    };
    zeros(step, asked)?;
    match step.value(0)? {
        Value::Computed(view) => {
            let old: Vec<usize> = view.dims.iter().map(Dim::len).collect();
            let made = target(asked, &old).and_then(|lengths| view.regrouped(&lengths));
            made.map(Value::Computed).ok_or_else(|| step.error(Problem::Layout(CUT)))
        }
        Value::Floats(array) => {
            let fixed: Option<Vec<usize>> =
                asked.iter().map(|&length| usize::try_from(length?).ok()).collect();
            let dims = match (fixed, asked.as_slice()) {
                (Some(dims), _) => dims,
                (None, [Some(-1)]) => vec![array.numbers.len()],
                _ => return Err(step.error(Problem::NotConstant { what: "the shape" })),
            };
            let size = dims.iter().try_fold(1_usize, |a, &b| a.checked_mul(b));
            if size != Some(array.numbers.len()) {
                return step.layout("a constant has another number of cells");
            }
            Ok(Value::Floats(Array { dims, numbers: array.numbers.clone() }))
        }
        Value::Integers(list) => Ok(Value::Integers(list.clone())),
        Value::Places(_) => Err(step.error(Problem::NotComputed)),
    }
}

fn axes(step: &Step<'_>) -> Result<Option<Vec<i64>>, Error> {
    match step.ints("axes")? {
        Some(axes) => Ok(Some(axes.to_vec())),
        None => step.integers(1, "the axes"),
    }
}

/// `Squeeze`, `Unsqueeze`.
pub(super) fn squeeze(step: &Step<'_>) -> Result<Value, Error> {
    step.expect(1..=2, &["axes"])?;
    let Some(axes) = axes(step)? else { return step.bad("axes", "the axes") };
    let mut view = match step.value(0)? {
        Value::Computed(view) => view.clone(),
        // A shape's number becomes a list of one, or the other way around.
        Value::Integers(list) => return Ok(Value::Integers(list.clone())),
        Value::Floats(_) | Value::Places(_) => return Err(step.error(Problem::NotComputed)),
    };
    if step.node.operator == "Squeeze" {
        let places: Vec<usize> =
            axes.iter().map(|&axis| step.axis(axis, view.dims.len())).collect::<Result<_, _>>()?;
        if places.iter().any(|&at| view.dims[at].len() != 1) {
            return step.layout("only axes of length 1 are squeezed");
        }
        let mut at = 0;
        view.dims.retain(|_| {
            at += 1;
            !places.contains(&(at - 1))
        });
    } else {
        let rank = view.dims.len() + axes.len();
        let mut places: Vec<usize> =
            axes.iter().map(|&axis| step.axis(axis, rank)).collect::<Result<_, _>>()?;
        places.sort_unstable();
        if 4 < rank {
            return step.layout("a tensor has at most four axes behind the rows");
        }
        for at in places {
            if view.dims.len() < at {
                return Err(step.error(Problem::Arity));
            }
            view.dims.insert(at, Dim::default());
        }
    }
    Ok(Value::Computed(view))
}

/// `Transpose` behind the rows; of a constant, only of a matrix.
pub(super) fn transpose(step: &Step<'_>) -> Result<Value, Error> {
    step.expect(1..=1, &["perm"])?;
    let view = match step.value(0)? {
        Value::Computed(view) => view.clone(),
        Value::Floats(array) => return matrix(step, array),
        Value::Integers(_) | Value::Places(_) => return Err(step.error(Problem::NotComputed)),
    };
    let Some([0, order @ ..]) = step.ints("perm")? else {
        return step.bad("perm", "an order that leaves the rows first");
    };
    let place = |&axis: &i64| step.axis(axis, view.dims.len());
    let places: Vec<usize> = order.iter().map(place).collect::<Result<_, _>>()?;
    let mut sorted = places.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..view.dims.len()) {
        return step.bad("perm", "an order that leaves the rows first");
    }
    let dims = places.iter().map(|&at| view.dims[at].clone()).collect();
    Ok(Value::Computed(View { tensor: view.tensor, dims }))
}

fn matrix(step: &Step<'_>, array: &Array) -> Result<Value, Error> {
    let (&[first, second], None | Some([1, 0])) = (array.dims.as_slice(), step.ints("perm")?)
    else {
        return step.bad("perm", "[1, 0] of a constant matrix");
    };
    let column = |at| (0..first).map(move |row| array.numbers[row * second + at]);
    let numbers = (0..second).flat_map(column).collect();
    Ok(Value::Floats(Array { dims: vec![second, first], numbers }))
}

/// `Concat` of shapes, or of tensors along an axis.
pub(super) fn concat(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=64, &["axis"])?;
    let axis = step.int("axis", i64::MIN)?;
    if let Value::Integers(_) = step.value(0)? {
        let mut all = Vec::new();
        for at in 0..step.node.inputs.len() {
            match step.value(at)? {
                Value::Integers(list) => all.extend(list),
                _ => return Err(step.error(Problem::NotConstant { what: "each part" })),
            }
        }
        return if axis == 0 && all.len() <= 64 {
            Ok(Value::Integers(all))
        } else {
            step.bad("axis", "0 for shapes")
        };
    }
    let views = (0..step.node.inputs.len()).map(|at| step.computed(at));
    let views: Vec<View> = views.collect::<Result<_, _>>()?;
    let mut view = views[0].clone();
    let at = step.axis(axis, view.dims.len())?;
    // The axis of ours that all have there; where all have one place, the channels if they can be.
    let axis = |view: &View| match view.dims[at].0.as_slice() {
        [] => None,
        &[(axis, _)] => Some(Some(axis)),
        _ => Some(None),
    };
    let first =
        views.iter().find_map(axis).unwrap_or_else(|| view.axis(at, graph.shapes()[view.tensor]));
    let Some(along) = first else { return step.layout(JOINED) };
    let is_along = |view: &View| {
        let shape = graph.shapes()[view.tensor];
        let len = [shape.height, shape.width, shape.channels][along as usize];
        let own = view.dims[at].0.as_slice();
        len == view.dims[at].len() && (own.is_empty() || own == [(along, len)])
    };
    let others = |view: &View| {
        let mut dims = view.dims.clone();
        dims[at] = Dim::default();
        dims
    };
    let fits = |other: &View| {
        other.dims.len() == view.dims.len() && is_along(other) && others(other) == others(&view)
    };
    if !views.iter().all(fits) {
        return step.layout(JOINED);
    }
    let parts: Vec<usize> = views.iter().map(|view| view.tensor).collect();
    let made = graph.join(parts, along as usize).map_err(|fault| step.fault(fault))?;
    let shape = graph.shapes()[made];
    let len = [shape.height, shape.width, shape.channels][along as usize];
    view.tensor = made;
    view.dims[at] = Dim::of(along, len);
    Ok(Value::Computed(view))
}

/// A step that reads other places along some axes.
fn moved(
    step: &Step<'_>,
    graph: &mut Graph,
    view: &View,
    windows: &[(usize, Window)],
) -> Result<Value, Error> {
    let shape = graph.shapes()[view.tensor];
    let mut all = [
        Window::identity(shape.height),
        Window::identity(shape.width),
        Window::identity(shape.channels),
    ];
    let mut view = view.clone();
    for &(at, window) in windows {
        let axis = view.axis(at, shape);
        let axis =
            axis.ok_or_else(|| step.error(Problem::Layout("an axis consists of several")))?;
        all[axis as usize] = window;
        view.dims[at] = Dim::of(axis, window.outputs);
    }
    let [rows, columns, channels] = all;
    let node = Node::Fixed { from: view.tensor, rows, columns, channels, factor: 1.0 };
    view.tensor = step.push(graph, node)?;
    Ok(Value::Computed(view))
}

/// `Slice` behind the rows.
pub(super) fn slice(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=5, &["axes", "ends", "starts"])?;
    let list = |name, at, what| match step.ints(name)? {
        Some(list) => Ok(Some(list.to_vec())),
        None => step.integers(at, what),
    };
    let starts = list("starts", 1, "the starts")?.unwrap_or_default();
    let ends = list("ends", 2, "the ends")?.unwrap_or_default();
    let axes = list("axes", 3, "the axes")?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = step.integers(4, "the steps")?.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return Err(step.error(Problem::Arity));
    }
    if let Value::Integers(numbers) = step.value(0)? {
        // A part of a shape.
        let (&[start], &[end], &[0], &[1]) = (&starts[..], &ends[..], &axes[..], &steps[..]) else {
            return step.layout("a shape is sliced along its one axis");
        };
        let count = numbers.len() as i64;
        let place = |at: i64| (if at < 0 { at.saturating_add(count) } else { at }).clamp(0, count);
        let (start, end) = (place(start) as usize, place(end) as usize);
        return Ok(Value::Integers(numbers[start..end.max(start)].to_vec()));
    }
    let view = step.computed(0)?;
    let mut windows = Vec::new();
    for (((start, end), axis), stride) in starts.into_iter().zip(ends).zip(axes).zip(steps) {
        let at = step.axis(axis, view.dims.len())?;
        let size = view.dims[at].len() as i64;
        let place = |at: i64| (if at < 0 { at.saturating_add(size) } else { at }).clamp(0, size);
        let (start, end) = (place(start), place(end));
        if !(1..=AXIS_MAX as i64).contains(&stride) || end <= start {
            return step.layout("a slice takes at least one place, forwards");
        }
        let outputs = (end - start + stride - 1) / stride;
        let window = Window::slice(start, outputs as usize);
        windows.push((at, Window { stride: stride as usize, ..window }));
    }
    moved(step, graph, &view, &windows)
}

/// `Pad` with zeros behind the rows.
pub(super) fn pad(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=4, &["mode", "pads", "value"])?;
    if step.text("mode", "constant")? != "constant" {
        return step.bad("mode", "\"constant\"");
    }
    let value = match step.optional(2) {
        None => Some(step.float("value", 0.0)?),
        Some(_) => step.floats(2, "the padding")?.scalar(),
    };
    if value != Some(0.0) {
        return step.bad("value", "zeros");
    }
    let pads = match step.ints("pads")? {
        Some(pads) => pads.to_vec(),
        None => step.integers(1, "the padding")?.unwrap_or_default(),
    };
    let view = step.computed(0)?;
    let rank = view.dims.len() + 1;
    let axes = match step.integers(3, "the axes")? {
        Some(axes) => axes,
        None => (0..rank as i64).collect(),
    };
    let is_bounded = |pad: &i64| (0..=AXIS_MAX as i64).contains(pad);
    if pads.len() != 2 * axes.len() || !pads.iter().all(is_bounded) {
        return step.bad("pads", "two for each axis, not negative");
    }
    let mut windows = Vec::new();
    for (place, &axis) in axes.iter().enumerate() {
        let (before, after) = (pads[place], pads[place + axes.len()]);
        if before == 0 && after == 0 {
            continue;
        }
        let at = step.axis(axis, view.dims.len())?;
        let outputs = view.dims[at].len() + (before + after) as usize;
        windows.push((at, Window::slice(-before, outputs)));
    }
    if windows.is_empty() {
        return Ok(Value::Computed(view));
    }
    moved(step, graph, &view, &windows)
}

/// `Resize`, `Upsample` to the nearest place, by whole factors.
pub(super) fn resize(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    let attributes = [
        "antialias",
        "coordinate_transformation_mode",
        "cubic_coeff_a",
        "exclude_outside",
        "extrapolation_value",
        "keep_aspect_ratio_policy",
        "mode",
        "nearest_mode",
        "scales",
    ];
    step.expect(1..=4, &attributes)?;
    step.only("antialias", 0)?;
    if step.text("keep_aspect_ratio_policy", "stretch")? != "stretch" {
        return step.bad("keep_aspect_ratio_policy", "\"stretch\"");
    }
    if step.text("mode", "nearest")? != "nearest" {
        return step.bad("mode", "\"nearest\"");
    }
    // By whole factors these give the same places; rounding up does not.
    let mode = step.text("coordinate_transformation_mode", "half_pixel")?;
    let nearest = step.text("nearest_mode", "round_prefer_floor")?;
    let is_plain = match mode {
        "asymmetric" => nearest == "floor",
        "half_pixel" | "pytorch_half_pixel" => {
            matches!(nearest, "round_prefer_floor" | "round_prefer_ceil")
        }
        _ => false,
    };
    if !is_plain && step.node.operator == "Resize" {
        return step.bad("nearest_mode", "\"floor\" if asymmetric, rounded if half_pixel");
    }
    let view = step.computed(0)?;
    let old: Vec<usize> = view.dims.iter().map(Dim::len).collect();
    let scales_at = if step.node.operator == "Upsample" { 1 } else { 2 };
    let has_scales = step.optional(scales_at).is_some_and(|name| {
        !matches!(step.values.get(name), Some(Value::Floats(array)) if array.numbers.is_empty())
    });
    let factors: Option<Vec<usize>> = if has_scales {
        let scales = &step.floats(scales_at, "the scales")?.numbers;
        scales.iter().map(|&scale| whole(scale)).collect()
    } else if let Some(Attribute::Floats(scales)) = step.node.attributes.get("scales") {
        scales.iter().map(|&scale| whole(scale as f32)).collect()
    } else {
        let sizes = step.integers(3, "the sizes")?.unwrap_or_default();
        let factor = |(at, &size): (usize, &i64)| match at {
            0 => Some(1),
            _ => {
                let (size, old) = (usize::try_from(size).ok()?, *old.get(at - 1)?);
                size.is_multiple_of(old).then_some(size / old)
            }
        };
        sizes.iter().enumerate().map(factor).collect()
    };
    match factors.as_deref() {
        Some([1, factors @ ..]) if factors.len() == old.len() => {
            let grown =
                factors.iter().zip(&old).enumerate().filter(|(_, (factor, _))| **factor != 1);
            let windows: Vec<_> =
                grown.map(|(at, (&factor, &size))| (at, Window::repeated(size, factor))).collect();
            moved(step, graph, &view, &windows)
        }
        _ => step.bad("scales", "whole numbers, 1 for the rows"),
    }
}

fn whole(scale: f32) -> Option<usize> {
    let is_whole = scale.fract() == 0.0 && (1.0..=64.0).contains(&scale);
    is_whole.then_some(scale as usize)
}

use crate::onnx::read::proto::Attribute;
