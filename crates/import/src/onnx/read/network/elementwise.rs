//! Cell by cell: sums, products, scales, functions.

use super::function_of;
use super::step::Step;
use super::value::{Array, Value};
use super::view::{Axis, Dim, View};
use crate::network::graph::{Function, Graph, Node, Shape};
use crate::network::{Error, Problem};
use crate::onnx::read::proto::{Attribute, short};

/// Operators of one input that apply a function.
pub(super) fn function(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    let function = match step.node.operator {
        "Clip" => clip(step)?,
        _ => function_of(step)?
            .ok_or_else(|| step.error(Problem::Operator { operator: short(step.node.operator) }))?,
    };
    if let Value::Floats(array) = step.value(0)? {
        let numbers = array.numbers.iter().map(|&x| function.apply(f64::from(x)) as f32).collect();
        return Ok(Value::Floats(Array { dims: array.dims.clone(), numbers }));
    }
    let view = step.computed(0)?;
    let tensor = step.push(graph, Node::Map { from: view.tensor, function })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// `Clip`, whose bounds were attributes once.
fn clip(step: &Step<'_>) -> Result<Function, Error> {
    step.expect(1..=3, &["min", "max"])?;
    let bound = |at, name: &'static str, default: f32| match step.optional(at) {
        None => step.float(name, default).or_else(|error| match step.node.attributes.get(name) {
            Some(&Attribute::Float(value)) if !value.is_nan() => Ok(value),
            _ => Err(error),
        }),
        Some(_) => {
            let bound = step.floats(at, "the bound")?.scalar();
            bound.ok_or_else(|| step.error(Problem::NotConstant { what: "the bound" }))
        }
    };
    let (low, high) = (bound(1, "min", f32::NEG_INFINITY)?, bound(2, "max", f32::INFINITY)?);
    Ok(Function::Clip { low, high })
}

/// `Add`, `Sub`, `Mul`, `Div`, `Pow`.
pub(super) fn binary(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(2..=2, &[])?;
    let operator = step.node.operator;
    match (step.value(0)?, step.value(1)?) {
        (Value::Computed(left), Value::Computed(right)) => {
            pair(step, graph, left.clone(), right.clone())
        }
        (Value::Computed(view), Value::Floats(array)) => {
            let view = view.clone();
            if operator == "Pow" {
                return power(step, graph, &view, array);
            }
            let scale = |c: f32| match operator {
                "Add" => (1.0, c),
                "Sub" => (1.0, -c),
                "Mul" => (c, 0.0),
                _ => (1.0 / c, 0.0),
            };
            scaled(step, graph, &view, array, scale)
        }
        (Value::Floats(array), Value::Computed(view)) if operator == "Div" => {
            let function = Function::Reciprocal;
            let inverse = step.push(graph, Node::Map { from: view.tensor, function })?;
            scaled(step, graph, &view.of(inverse), array, |c| (c, 0.0))
        }
        (Value::Floats(array), Value::Computed(view))
            if matches!(operator, "Add" | "Mul" | "Sub") =>
        {
            let view = view.clone();
            let scale = |c: f32| match operator {
                "Add" => (1.0, c),
                "Sub" => (-1.0, c),
                _ => (c, 0.0),
            };
            scaled(step, graph, &view, array, scale)
        }
        (Value::Floats(left), Value::Floats(right)) => constants(step, left, right),
        _ => Err(step.error(Problem::NotComputed)),
    }
}

/// Constants of one shape, or one of them a lone number.
fn constants(step: &Step<'_>, left: &Array, right: &Array) -> Result<Value, Error> {
    let (dims, count) = if left.scalar().is_some() && left.dims.len() <= right.dims.len() {
        (&right.dims, right.numbers.len())
    } else {
        (&left.dims, left.numbers.len())
    };
    let fits = |array: &Array| array.scalar().is_some() || array.dims == *dims;
    if !fits(left) || !fits(right) {
        return Err(step.error(Problem::NotComputed));
    }
    let join = |(&a, &b): (&f32, &f32)| match step.node.operator {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        _ => a.powf(b),
    };
    let pairs = left.numbers.iter().cycle().zip(right.numbers.iter().cycle());
    let numbers = pairs.take(count).map(join).collect();
    Ok(Value::Floats(Array { dims: dims.clone(), numbers }))
}

/// Squares and cubes, roots and their inverses.
fn power(step: &Step<'_>, graph: &mut Graph, view: &View, array: &Array) -> Result<Value, Error> {
    let function = match array.scalar() {
        Some(1.0) => Function::IDENTITY,
        Some(2.0) => Function::square(),
        Some(3.0) => Function::Product(Box::new([Function::square(), Function::IDENTITY])),
        Some(0.5) => Function::Sqrt,
        Some(-0.5) => Function::Compose(vec![Function::Sqrt, Function::Reciprocal]),
        Some(-1.0) => Function::Reciprocal,
        _ => return Err(step.error(Problem::Operator { operator: "Pow".to_owned() })),
    };
    let tensor = step.push(graph, Node::Map { from: view.tensor, function })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// A factor and an offset for each cell, or for each channel where they are the same all over it.
pub(super) fn scaled(
    step: &Step<'_>,
    graph: &mut Graph,
    view: &View,
    array: &Array,
    scale: impl Fn(f32) -> (f32, f32),
) -> Result<Value, Error> {
    let widened = widened(step, graph, view, array)?;
    let view = widened.as_ref().unwrap_or(view);
    let shape = graph.shapes()[view.tensor];
    let constants = spread(view, shape, array).ok_or_else(|| {
        step.error(Problem::Layout("a constant does not fit the tensor beside it"))
    })?;
    let (factors, offsets) = constants.into_iter().map(scale).unzip();
    let tensor = step.push(graph, Node::Scale { from: view.tensor, factors, offsets })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// A tensor that is spread along the axes of which it has one place and a constant beside it has more.
fn widened(
    step: &Step<'_>,
    graph: &mut Graph,
    view: &View,
    array: &Array,
) -> Result<Option<View>, Error> {
    let mut shape = graph.shapes()[view.tensor];
    let mut made = view.clone();
    let behind = made.dims.iter_mut().enumerate().rev();
    for ((at, dim), &length) in behind.zip(array.dims.iter().rev()) {
        if dim.len() != 1 || length == 1 {
            continue;
        }
        let used = View { tensor: view.tensor, dims: vec![Dim::default(); at + 1] };
        let Some(axis) = used.axis(at, shape) else {
            return step.layout("a constant does not fit the tensor beside it");
        };
        *dim = Dim::of(axis, length);
        match axis {
            Axis::Height => shape.height = length,
            Axis::Width => shape.width = length,
            Axis::Channels => shape.channels = length,
        }
    }
    if made == *view {
        return Ok(None);
    }
    made.tensor = graph.spread(view.tensor, shape).map_err(|fault| step.fault(fault))?;
    Ok(Some(made))
}

/// A constant's number at each of our cells, as NumPy spreads it; one for each channel if that says all.
pub(super) fn spread(view: &View, shape: Shape, array: &Array) -> Option<Vec<f32>> {
    // The axis of the rows is one more; a constant has length 1 there, or does not have it.
    let dims = match array.dims.as_slice() {
        [1, rest @ ..] if rest.len() == view.dims.len() => rest,
        all => all,
    };
    if view.dims.len() < dims.len() {
        return None;
    }
    let skipped = view.dims.len() - dims.len();
    let mut strides = [0_usize; 3];
    let mut stride = 1;
    for (dim, &length) in view.dims[skipped..].iter().zip(dims).rev() {
        if length != 1 {
            if length != dim.len() {
                return None;
            }
            for &(axis, len) in dim.0.iter().rev() {
                strides[axis as usize] = stride;
                stride *= len;
            }
        }
    }
    if stride != array.numbers.len() {
        return None;
    }
    let [down, right, deep] = strides;
    if down == 0 && right == 0 {
        return Some((0..shape.channels).map(|z| array.numbers[z * deep]).collect());
    }
    let places =
        (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| y * down + x * right));
    let cells = places.flat_map(|place| (0..shape.channels).map(move |z| place + z * deep));
    Some(cells.map(|place| array.numbers[place]).collect())
}

/// `Add`, `Sub`, `Mul`, `Div` of two computed tensors. A quotient is a product with a table of inverses.
fn pair(step: &Step<'_>, graph: &mut Graph, left: View, mut right: View) -> Result<Value, Error> {
    if step.node.operator == "Div" {
        let function = Function::Reciprocal;
        right = right.of(step.push(graph, Node::Map { from: right.tensor, function })?);
    }
    let (left, right) = joined(step, graph, left, right)?;
    let (a, b) = (left.tensor, right.tensor);
    let node = match step.node.operator {
        "Add" => Node::Add { terms: vec![(a, 1.0), (b, 1.0)] },
        "Sub" => Node::Add { terms: vec![(a, 1.0), (b, -1.0)] },
        "Mul" | "Div" => Node::Product { left: a, right: b },
        other => return Err(step.error(Problem::Operator { operator: other.to_owned() })),
    };
    let tensor = step.push(graph, node)?;
    Ok(Value::Computed(left.of(tensor)))
}

/// Two tensors with the same axes, one of them spread along those of which it has one place.
pub(super) fn joined(
    step: &Step<'_>,
    graph: &mut Graph,
    left: View,
    right: View,
) -> Result<(View, View), Error> {
    if left.dims.len() != right.dims.len() {
        return step.layout("two tensors that are joined have as many axes");
    }
    let is_narrow = |narrow: &View, wide: &View| {
        narrow.dims.iter().zip(&wide.dims).all(|(a, b)| a.0.is_empty() || a == b)
    };
    let mut over = |narrow: &View, wide: &View| {
        let to = graph.shapes()[wide.tensor];
        let made = graph.spread(narrow.tensor, to).map_err(|fault| step.fault(fault))?;
        Ok::<_, Error>(wide.of(made))
    };
    if is_narrow(&left, &right) {
        Ok((over(&left, &right)?, right))
    } else if is_narrow(&right, &left) {
        let right = over(&right, &left)?;
        Ok((left, right))
    } else {
        step.layout("two tensors that are joined have their axes in one order")
    }
}

/// `BatchNormalization` with the statistics of training.
pub(super) fn batch_normalization(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(5..=5, &["epsilon", "momentum", "spatial", "training_mode"])?;
    step.only("training_mode", 0)?;
    step.only("spatial", 1)?;
    let epsilon = step.float("epsilon", 1e-5)?;
    let view = step.computed(0)?;
    let list = |at| step.floats(at, "the statistics").map(|array| &array.numbers);
    let (scale, bias, mean, variance) = (list(1)?, list(2)?, list(3)?, list(4)?);
    let count = view.dims.first().map_or(0, Dim::len);
    if [scale, bias, mean, variance].iter().any(|list| list.len() != count) {
        return step.layout("batch normalisation has numbers for each channel");
    }
    let factor = |at: usize| scale[at] / (variance[at] + epsilon).sqrt();
    let factors: Vec<f32> = (0..count).map(factor).collect();
    let offsets: Vec<f32> = (0..count).map(|at| bias[at] - mean[at] * factors[at]).collect();
    // As constants along the first axis.
    let dims =
        std::iter::once(count).chain(view.dims.iter().skip(1).map(|_| 1)).collect::<Vec<_>>();
    let shape = graph.shapes()[view.tensor];
    let spread = |numbers| spread(&view, shape, &Array { dims: dims.clone(), numbers });
    let (Some(factors), Some(offsets)) = (spread(factors), spread(offsets)) else {
        return step.layout("batch normalisation has numbers for each channel");
    };
    let tensor = step.push(graph, Node::Scale { from: view.tensor, factors, offsets })?;
    Ok(Value::Computed(view.of(tensor)))
}

/// `Scaler` of skl2onnx: `(x − offset)·scale`.
pub(super) fn scaler(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    step.expect(1..=1, &["offset", "scale"])?;
    let view = step.computed(0)?;
    let list = |name: &'static str, default: f32| match step.node.attributes.get(name) {
        None => Ok(vec![default]),
        Some(Attribute::Floats(list)) => Ok(list.iter().map(|&x| x as f32).collect()),
        Some(_) => step.bad(name, "a list of numbers"),
    };
    let (offset, scale) = (list("offset", 0.0)?, list("scale", 1.0)?);
    let count = offset.len().max(scale.len());
    if view.dims.len() != 1
        || [offset.len(), scale.len()].iter().any(|&len| len != 1 && len != count)
    {
        return step.layout("a scaler has numbers for each feature");
    }
    let at = |list: &[f32], place: usize| list[place % list.len()];
    let factors: Vec<f32> = (0..count).map(|place| at(&scale, place)).collect();
    let offsets = (0..count).map(|place| -at(&offset, place) * factors[place]).collect();
    let shape = graph.shapes()[view.tensor];
    let spread = |numbers| spread(&view, shape, &Array { dims: vec![count], numbers });
    let (Some(factors), Some(offsets)) = (spread(factors), spread(offsets)) else {
        return step.layout("a scaler has numbers for each feature");
    };
    let tensor = step.push(graph, Node::Scale { from: view.tensor, factors, offsets })?;
    Ok(Value::Computed(view.of(tensor)))
}
