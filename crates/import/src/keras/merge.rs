//! Layers that read several tensors.

use super::config::State;
use super::layer::{Tensor, inside, push};
use super::settings::Settings;
use crate::network::graph::{Node, Shape};
use crate::network::{Error, Problem};
use serde_json::Value;

/// Applies `Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`, `Concatenate`.
pub(super) fn merge(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    reads: &[Tensor],
) -> Result<Tensor, Error> {
    let tensors = reads.iter().map(|&tensor| inside(settings, state, tensor));
    let mut tensors: Vec<Tensor> = tensors.collect::<Result<_, _>>()?;
    let [first, _, ..] = tensors[..] else { return Err(settings.error(Problem::Arity)) };
    if tensors.iter().any(|tensor| tensor.rank != first.rank) {
        return Err(settings.layout("tensors that are joined have as many axes"));
    }
    if settings.class != "Concatenate" {
        // Along axes of one place a tensor is spread over those of the others.
        let shapes = tensors.iter().map(|tensor| state.graph.shapes()[tensor.at]);
        let wider = |a: Shape, b: Shape| {
            let [height, width] = [a.height.max(b.height), a.width.max(b.width)];
            Shape::new(height, width, a.channels.max(b.channels))
        };
        let to = shapes.reduce(wider).ok_or_else(|| settings.error(Problem::Arity))?;
        for tensor in &mut tensors {
            let made = state.graph.spread(tensor.at, to);
            tensor.at = made.map_err(|fault| settings.fault(fault))?;
        }
    }
    let [first, second, ..] = tensors[..] else { return Err(settings.error(Problem::Arity)) };
    let share = 1.0 / tensors.len() as f32;
    let all = |factor: f32| tensors.iter().map(|tensor| (tensor.at, factor)).collect();
    let node = match (settings.class, tensors.len()) {
        ("Add", _) => Node::Add { terms: all(1.0) },
        ("Average", _) => Node::Add { terms: all(share) },
        ("Subtract", 2) => Node::Add { terms: vec![(first.at, 1.0), (second.at, -1.0)] },
        ("Multiply", 2) => Node::Product { left: first.at, right: second.at },
        ("Concatenate", _) => {
            let axis = settings.get("axis").and_then(Value::as_i64).unwrap_or(-1);
            let axis = if axis < 0 { axis + first.rank as i64 + 1 } else { axis };
            // A list that was an image is one no longer: its cells would be mixed.
            let is_flat = |tensor: &Tensor| state.graph.shapes()[tensor.at].is_flat();
            // Ours are height, width and channels, the last `rank` of which Keras knows.
            let ours = usize::try_from(axis + 2 - first.rank as i64).ok();
            let is_behind_rows = 1 <= axis && (1 < first.rank || tensors.iter().all(is_flat));
            let ours = ours.filter(|&ours| ours <= 2 && is_behind_rows);
            let ours = ours.ok_or_else(|| settings.bad("axis", "an axis behind the rows"))?;
            let parts = tensors.iter().map(|tensor| tensor.at).collect();
            let made = state.graph.join(parts, ours).map_err(|fault| settings.fault(fault))?;
            return Ok(Tensor::new(made, first.rank));
        }
        ("Maximum" | "Minimum", 2) => {
            let made = match settings.class {
                "Maximum" => state.graph.greater(first.at, second.at),
                _ => state.graph.less(first.at, second.at),
            };
            let made = made.map_err(|fault| settings.fault(fault))?;
            return Ok(Tensor::new(made, first.rank));
        }
        _ => return Err(settings.error(Problem::Arity)),
    };
    Ok(Tensor::new(push(settings, state, node)?, first.rank))
}
