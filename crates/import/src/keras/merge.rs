//! Layers that read several tensors.

use super::config::State;
use super::layer::{Tensor, inside, push};
use super::settings::Settings;
use crate::network::graph::Node;
use crate::network::{Error, Problem};
use serde_json::Value;

/// Applies `Add`, `Subtract`, `Multiply`, `Average`, `Concatenate`.
pub(super) fn merge(
    settings: &Settings<'_>,
    state: &mut State<'_>,
    reads: &[Tensor],
) -> Result<Tensor, Error> {
    let tensors: Vec<Tensor> =
        reads.iter().map(|&tensor| inside(settings, tensor)).collect::<Result<_, _>>()?;
    let [first, second, ..] = tensors[..] else { return Err(settings.error(Problem::Arity)) };
    if tensors.iter().any(|tensor| tensor.rank != first.rank) {
        return Err(settings.layout("tensors that are joined have as many axes"));
    }
    let share = 1.0 / tensors.len() as f32;
    let all = |factor: f32| tensors.iter().map(|tensor| (tensor.at, factor)).collect();
    let node = match (settings.class, tensors.len()) {
        ("Add", _) => Node::Add { terms: all(1.0) },
        ("Average", _) => Node::Add { terms: all(share) },
        ("Subtract", 2) => Node::Add { terms: vec![(first.at, 1.0), (second.at, -1.0)] },
        ("Multiply", 2) => Node::Product { left: first.at, right: second.at },
        ("Concatenate", _) => {
            let axis = settings.get("axis").and_then(Value::as_i64).unwrap_or(-1);
            let is_last = axis == -1 || axis == first.rank as i64;
            // A list that was an image is one no longer: its cells would be mixed.
            let is_flat = |tensor: &Tensor| state.graph.shapes()[tensor.at].is_flat();
            if !is_last || first.rank == 1 && !tensors.iter().all(is_flat) {
                return Err(settings.bad("axis", "the channels"));
            }
            Node::Concat { parts: tensors.iter().map(|tensor| tensor.at).collect() }
        }
        _ => return Err(settings.error(Problem::Arity)),
    };
    Ok(Tensor::new(push(settings, state, node)?, first.rank))
}
