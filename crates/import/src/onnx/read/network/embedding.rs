//! `Gather` of rows of a constant table: an embedding. The columns of the table of data are then whole
//! numbers that name rows, one for each place of a sequence.
//!
//! In a proof a row is found by comparing with every number there could be, so that vocabularies are
//! small. A number that names no row gives zeros.

use super::input::Input;
use super::step::Step;
use super::value::Value;
use super::view::{Axis, Dim, View};
use crate::network::graph::{Linear, Node, VOCABULARY_MAX, Window};
use crate::network::{Error, Problem};

/// Reads a `Gather` whose places are computed; `None` for any other step.
pub(super) fn read(step: &Step<'_>, input: &mut Input<'_>) -> Result<Option<View>, Error> {
    if step.node.operator != "Gather" || !step.node.domain.trim_start_matches("ai.onnx").is_empty()
    {
        return Ok(None);
    }
    let (Value::Floats(table), Value::Computed(places) | Value::Places(places)) =
        (step.value(0)?, step.value(1)?)
    else {
        return Ok(None);
    };
    step.expect(2..=2, &["axis"])?;
    step.only("axis", 0)?;
    let &[count, width] = table.dims.as_slice() else {
        return step.layout("an embedding is a matrix, a row for each word");
    };
    if !(1..=VOCABULARY_MAX).contains(&count) || width == 0 {
        return Err(step.error(Problem::Vocabulary { got: count }));
    }
    let weights = table.numbers.clone();
    if !input.be_sequence(places) {
        return step.layout("an embedding reads the input itself, which nothing else reads");
    }
    let graph = &mut input.graph;
    let shape = graph.shapes()[0];
    let from = graph.one_hot(0, count).map_err(|fault| step.fault(fault))?;
    let (rows, columns) = (Window::identity(shape.height), Window::identity(shape.width));
    let bias = vec![0.0; width];
    let linear = Linear { from, rows, columns, groups: 1, outputs: width, weights, bias };
    let tensor = step.push(graph, Node::Linear(linear))?;
    let dims = vec![Dim::of(Axis::Width, shape.width), Dim::of(Axis::Channels, width)];
    Ok(Some(View { tensor, dims }))
}
