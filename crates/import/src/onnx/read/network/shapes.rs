//! Constants, and shapes that are computed from shapes: PyTorch writes `x.view(x.size(0), -1)` so.

use super::constant;
use super::step::Step;
use super::value::{Array, Value};
use crate::network::graph::Graph;
use crate::network::{Error, Problem};
use crate::onnx::read::proto::Attribute;

/// Types that numbers are cast to without a change: floats of 32 and 64 bits.
const FLOATS: [i64; 2] = [1, 11];
/// Integers, which shapes are cast to.
const INTEGERS: [i64; 2] = [6, 7];

/// `Shape`, `Gather`, `Constant`.
pub(super) fn known(step: &Step<'_>, graph: &Graph) -> Result<Value, Error> {
    match step.node.operator {
        "Constant" => {
            step.expect(
                0..=0,
                &["value", "value_float", "value_int", "value_ints", "value_floats"],
            )?;
            let value = match constant(step.node) {
                Some(Attribute::Tensor(tensor)) => Value::of(tensor),
                Some(&Attribute::Float(number)) => {
                    Some(Value::Floats(Array { dims: Vec::new(), numbers: vec![number] }))
                }
                Some(Attribute::Floats(list)) => Some(Value::Floats(Array {
                    dims: vec![list.len()],
                    numbers: list.iter().map(|&number| number as f32).collect(),
                })),
                Some(&Attribute::Int(number)) => Some(Value::Integers(vec![Some(number)])),
                Some(Attribute::Ints(list)) => {
                    Some(Value::Integers(list.iter().copied().map(Some).collect()))
                }
                _ => None,
            };
            value.ok_or_else(|| step.error(Problem::NotConstant { what: "the value" }))
        }
        "Shape" => {
            step.expect(1..=1, &[])?;
            let view = step.computed(0)?;
            let _ = graph;
            let lengths = view.dims.iter().map(|dim| Some(dim.len() as i64));
            Ok(Value::Integers(std::iter::once(None).chain(lengths).collect()))
        }
        _ => {
            step.expect(2..=2, &["axis"])?;
            step.only("axis", 0)?;
            let Value::Integers(list) = step.value(0)? else {
                return Err(step.error(Problem::Operator { operator: "Gather".to_owned() }));
            };
            let places = step.integers(1, "the place")?.unwrap_or_default();
            let pick = |&place: &i64| {
                let place = if place < 0 { place + list.len() as i64 } else { place };
                usize::try_from(place).ok().and_then(|place| list.get(place).copied())
            };
            let picked: Option<Vec<_>> = places.iter().map(pick).collect();
            picked.map(Value::Integers).ok_or_else(|| step.error(Problem::Arity))
        }
    }
}

/// What changes nothing in a network that only answers.
pub(super) fn same(step: &Step<'_>) -> Result<Value, Error> {
    match step.node.operator {
        "Identity" => step.expect(1..=1, &[])?,
        "Dropout" => step.expect(1..=3, &["ratio", "seed"])?,
        _ => {
            step.expect(1..=1, &["to", "saturate"])?;
            let to = step.int("to", 0)?;
            let is_same = match step.value(0)? {
                // The input's own numbers, which are whole where they name rows of a table.
                Value::Computed(view) if view.tensor == 0 && INTEGERS.contains(&to) => {
                    return Ok(Value::Places(view.clone()));
                }
                Value::Computed(_) | Value::Floats(_) => FLOATS.contains(&to),
                Value::Integers(_) | Value::Places(_) => INTEGERS.contains(&to),
            };
            if !is_same {
                return step.bad("to", "a type that changes no number");
            }
        }
    }
    step.value(0).cloned()
}
