//! Functions of one tensor become one function.

use super::Draft;
use crate::network::graph::{Function, Node};

/// What `tensor` is a function of, and which.
fn of(draft: &Draft, tensor: usize) -> (usize, Function) {
    match tensor.checked_sub(1).map(|index| &draft.nodes[index]) {
        Some(Node::Map { from, function }) => (*from, function.clone()),
        _ => (tensor, Function::IDENTITY),
    }
}

/// Whether `tensor` is made by a function.
fn is_map(draft: &Draft, tensor: usize) -> bool {
    matches!(tensor.checked_sub(1).map(|index| &draft.nodes[index]), Some(Node::Map { .. }))
}

/// A function of a function, and sums and products of functions of one tensor. Returns whether anything
/// changed.
pub(super) fn merge(draft: &mut Draft) -> bool {
    let mut has_changed = false;
    for index in 0..draft.nodes.len() {
        let merged = match &draft.nodes[index] {
            Node::Map { from, function } if is_map(draft, *from) && draft.uses[*from] == 1 => {
                let (from, first) = of(draft, *from);
                first.then(function.clone()).map(|function| (from, function))
            }
            Node::Product { left, right } => pair(draft, *left, *right, Function::times),
            Node::Add { terms } => match terms.as_slice() {
                &[(left, a), (right, b)] => pair(draft, left, right, |left, right| {
                    left.then(affine_of(a))?.plus(right.then(affine_of(b))?)
                }),
                _ => None,
            },
            _ => None,
        };
        if let Some((from, function)) = merged {
            draft.nodes[index] = Node::Map { from, function };
            draft.count();
            has_changed = true;
        }
    }
    has_changed
}

fn affine_of(factor: f32) -> Function {
    Function::Affine { factor, offset: 0.0 }
}

fn pair(
    draft: &Draft,
    left: usize,
    right: usize,
    join: impl Fn(Function, Function) -> Option<Function>,
) -> Option<(usize, Function)> {
    // A function of a function of the common tensor: one level is enough, since maps merge first.
    let sides = [(left, Function::IDENTITY), of(draft, left)];
    let others = [(right, Function::IDENTITY), of(draft, right)];
    for (from, first) in &sides {
        for (other, second) in &others {
            // `x·x` and `f·f` alone are products; a table of the square is smaller.
            if from == other {
                return Some((*from, join(first.clone(), second.clone())?));
            }
        }
    }
    None
}

/// A scale that is the same for all channels is a function, if it stands beside one.
pub(super) fn affine(draft: &mut Draft) -> bool {
    let mut has_changed = false;
    for index in 0..draft.nodes.len() {
        let Node::Scale { from, factors, offsets } = &draft.nodes[index] else { continue };
        let is_same = |list: &[f32]| list.windows(2).all(|pair| pair[0] == pair[1]);
        // A scale that goes into a convolution, or into a sum, is better off there.
        let reader = draft.nodes.iter().find(|node| node.reads().contains(&(index + 1)));
        let is_before_function = matches!(reader, Some(Node::Map { .. } | Node::Product { .. }));
        if is_same(factors) && is_same(offsets) && (is_map(draft, *from) || is_before_function) {
            let function = Function::Affine { factor: factors[0], offset: offsets[0] };
            draft.nodes[index] = Node::Map { from: *from, function };
            has_changed = true;
        }
    }
    has_changed
}

/// A function that keeps the order is applied before a maximum, where the sums are made.
pub(super) fn above_maximum(draft: &mut Draft) -> bool {
    let mut has_changed = false;
    for index in 0..draft.nodes.len() {
        let Node::Map { from, function } = &draft.nodes[index] else { continue };
        let Some(before) = draft.sole(*from) else { continue };
        let Node::Max { from, rows, columns } = &draft.nodes[before] else { continue };
        if function.is_monotone() {
            let map = Node::Map { from: *from, function: function.clone() };
            let (rows, columns) = (*rows, *columns);
            draft.nodes[index] = Node::Max { from: before + 1, rows, columns };
            draft.nodes[before] = map;
            // The tensor between has another shape now; the sweep infers it.
            has_changed = true;
        }
    }
    has_changed
}
