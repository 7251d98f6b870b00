//! Fewer steps that answer the same: what training needs apart, execution does not.
//!
//! - `scale`: batch normalisation and other scales go into the convolution before or behind them;
//! - `function`: functions of one tensor become one function (`x·sigmoid(x)` and the like are written in
//!   several steps), and change places with a maximum, so that they are applied right where sums are made;
//! - `padding`: zeros around a tensor become a convolution's own padding;
//! - `sweep`: what nobody reads any more is left out.
//!
//! Each is tried until nothing changes. The float answers change by rounding only.

mod function;
mod padding;
mod scale;

#[cfg(test)]
mod tests;

use super::graph::{Fault, Graph, Node, PARAMETERS_MAX};

/// Steps that are being rearranged. Tensor `i + 1` is made by `nodes[i]`, also while some are unused.
struct Draft {
    graph: Graph,
    nodes: Vec<Node>,
    /// How often each tensor is read; the last one once more.
    uses: Vec<usize>,
    /// Parameters that may still be written anew.
    left: usize,
}

impl Draft {
    fn new(graph: Graph, left: usize) -> Self {
        let nodes = graph.nodes().to_vec();
        let mut draft = Self { graph, nodes, uses: Vec::new(), left };
        draft.count();
        draft
    }

    fn count(&mut self) {
        self.uses = vec![0; self.nodes.len() + 1];
        self.uses[self.nodes.len()] = 1;
        // Backwards, so that what only unused nodes read is unused too.
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if self.uses[index + 1] != 0 {
                node.reads().into_iter().for_each(|tensor| self.uses[tensor] += 1);
            }
        }
        self.bury();
    }

    /// Forgets the parameters of what is not used: a long row of scales behind one large layer would
    /// leave a copy of all its weights at every step.
    fn bury(&mut self) {
        for (node, &uses) in self.nodes.iter_mut().zip(&self.uses[1..]) {
            if uses == 0 && matches!(node, Node::Linear(_) | Node::Scale { .. }) {
                *node = Node::Add { terms: Vec::new() };
            }
        }
    }

    /// The node that makes `tensor`, if it is read once only.
    fn sole(&self, tensor: usize) -> Option<usize> {
        (self.uses[tensor] == 1).then(|| tensor.checked_sub(1)).flatten()
    }

    /// Leaves out what is not used. Shapes are inferred anew, so that a mistake would be found.
    fn sweep(&self) -> Result<Graph, Fault> {
        let mut graph = Graph::new(self.graph.input())?;
        let mut names = vec![0; self.nodes.len() + 1];
        for (index, node) in self.nodes.iter().enumerate() {
            if self.uses[index + 1] != 0 {
                let mut node = node.clone();
                node.rename(|tensor| names[tensor]);
                names[index + 1] = graph.push(node)?;
            }
        }
        Ok(graph)
    }
}

/// Most rounds: each copies all weights, and the file may be hostile.
const ROUNDS_MAX: usize = 32;
/// Most parameters that are written anew, in all rounds: then what is left stays as it is.
const REWRITTEN_MAX: usize = 16 * PARAMETERS_MAX;

/// Simplifies a network.
pub(super) fn simplify(graph: Graph) -> Result<Graph, Fault> {
    let (mut graph, mut left) = (graph, REWRITTEN_MAX);
    for _ in 0..ROUNDS_MAX {
        let mut draft = Draft::new(graph, left);
        let mut has_changed = false;
        for pass in [padding::fold, scale::into_linear, scale::before_linear, scale::joined] {
            has_changed |= pass(&mut draft);
        }
        for pass in [function::merge, function::affine, function::above_maximum] {
            has_changed |= pass(&mut draft);
        }
        draft.count();
        (graph, left) = (draft.sweep()?, draft.left);
        if !has_changed {
            break;
        }
    }
    Ok(graph)
}
