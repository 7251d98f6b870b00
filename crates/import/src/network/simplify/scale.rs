//! Scales go into weights.

use super::Draft;
use crate::network::graph::{Linear, Node, Window};

/// `Scale(Linear(x))` is one convolution. Returns whether anything changed.
pub(super) fn into_linear(draft: &mut Draft) -> bool {
    change(draft, |draft, index| {
        let Node::Scale { from, factors, offsets } = &draft.nodes[index] else { return None };
        let Node::Linear(linear) = &draft.nodes[draft.sole(*from)?] else { return None };
        if factors.len() != linear.outputs {
            return None;
        }
        let mut linear = linear.clone();
        let outputs = linear.outputs / linear.groups;
        let inputs = draft.graph.shapes()[linear.from].channels / linear.groups;
        // Weights have the shape [taps, groups, inputs, outputs].
        for (place, weight) in linear.weights.iter_mut().enumerate() {
            let group = place / (inputs * outputs) % linear.groups;
            *weight *= factors[group * outputs + place % outputs];
        }
        let numbers = linear.bias.iter_mut().zip(factors.iter().zip(offsets));
        numbers.for_each(|(bias, (factor, offset))| *bias = *bias * factor + offset);
        Some(Node::Linear(linear))
    })
}

/// `Linear(Scale(x))` is one convolution, if no padding stands for a zero that was not scaled.
pub(super) fn before_linear(draft: &mut Draft) -> bool {
    change(draft, |draft, index| {
        let Node::Linear(linear) = &draft.nodes[index] else { return None };
        let scale = &draft.nodes[draft.sole(linear.from)?];
        let Node::Scale { from, factors, offsets } = scale else { return None };
        let shape = draft.graph.shapes()[*from];
        let (rows, columns) = (&linear.rows, &linear.columns);
        let is_padded = rows.is_padded(shape.height) || columns.is_padded(shape.width);
        let is_by_cell = factors.len() != shape.channels;
        let is_dense = *rows == Window::full(shape.height) && *columns == Window::full(shape.width);
        let has_offsets = offsets.iter().any(|&offset| offset != 0.0);
        if is_by_cell && !is_dense || is_padded && has_offsets {
            return None;
        }
        let mut linear = Linear { from: *from, ..linear.clone() };
        let outputs = linear.outputs / linear.groups;
        let inputs = shape.channels / linear.groups;
        let mut bias: Vec<f64> = linear.bias.iter().map(|&bias| bias.into()).collect();
        for (place, weight) in linear.weights.iter_mut().enumerate() {
            // Of [taps, channels], where a dense layer's taps are the cells.
            let cell = place / outputs;
            let channel = cell % shape.channels;
            let number = if is_by_cell { cell } else { channel };
            let output = channel / inputs * outputs + place % outputs;
            bias[output] += f64::from(*weight) * f64::from(offsets[number]);
            *weight *= factors[number];
        }
        linear.bias = bias.into_iter().map(|bias| bias as f32).collect();
        Some(Node::Linear(linear))
    })
}

/// `Scale(Scale(x))` is one scale.
pub(super) fn joined(draft: &mut Draft) -> bool {
    change(draft, |draft, index| {
        let Node::Scale { from, factors, offsets } = &draft.nodes[index] else { return None };
        let before = &draft.nodes[draft.sole(*from)?];
        let Node::Scale { from, factors: first, offsets: second } = before else { return None };
        let len = factors.len().max(first.len());
        let at = |list: &[f32], place: usize| list[place % list.len()];
        let factor = |place| at(factors, place) * at(first, place);
        let offset = |place| at(factors, place) * at(second, place) + at(offsets, place);
        Some(Node::Scale {
            from: *from,
            factors: (0..len).map(factor).collect(),
            offsets: (0..len).map(offset).collect(),
        })
    })
}

/// Replaces nodes by what takes the place of them and of the node that they read. Overflow to
/// infinity is no simplification.
fn change(draft: &mut Draft, replace: impl Fn(&Draft, usize) -> Option<Node>) -> bool {
    let mut has_changed = false;
    for index in 0..draft.nodes.len() {
        if draft.uses[index + 1] == 0 {
            continue;
        }
        if let Some(node) = replace(draft, index).filter(is_finite) {
            let Some(left) = draft.left.checked_sub(parameters(&node)) else { break };
            draft.left = left;
            draft.nodes[index] = node;
            draft.count();
            has_changed = true;
        }
    }
    has_changed
}

/// Numbers that a node holds.
pub(super) fn parameters(node: &Node) -> usize {
    match node {
        Node::Linear(linear) => linear.weights.len() + linear.bias.len(),
        Node::Scale { factors, offsets, .. } => factors.len() + offsets.len(),
        _ => 0,
    }
}

fn is_finite(node: &Node) -> bool {
    let all = |list: &[f32]| list.iter().all(|number| number.is_finite());
    match node {
        Node::Linear(linear) => all(&linear.weights) && all(&linear.bias),
        Node::Scale { factors, offsets, .. } => all(factors) && all(offsets),
        _ => true,
    }
}
