//! The program: what is public about a network.

use super::{Fault, InputMap, Layout, Map, Node, Shape};
use std::sync::Arc;

/// A valid program. Cheap to clone: it never changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Program(Arc<Parts>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) input: InputMap,
    pub(super) shape: Shape,
    pub(super) maps: Vec<Map>,
    pub(super) nodes: Vec<Node>,
    /// Derived from the nodes.
    pub(super) layout: Layout,
    /// Derived from the nodes.
    pub(super) work: u64,
}

impl Program {
    /// Checks and keeps the steps: features become tensor 0 of `shape` through `input`, and node
    /// `i` makes tensor `i + 1`.
    pub fn new(
        input: InputMap,
        shape: Shape,
        maps: Vec<Map>,
        nodes: Vec<Node>,
    ) -> Result<Self, Fault> {
        let mut parts = Parts { input, shape, maps, nodes, layout: Layout::default(), work: 0 };
        parts.work = parts.check()?;
        let channels_of = |tensor| parts.tensor(tensor).channels as usize;
        let layout = Layout::new(&parts.nodes, channels_of);
        parts.layout = layout.map_err(|rule| Fault { node: None, rule })?;
        Ok(Self(Arc::new(parts)))
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.0
    }

    /// How features become integers.
    pub fn input(&self) -> &InputMap {
        &self.0.input
    }

    /// The shape of tensor `index`: 0 is the input, `i + 1` what node `i` makes.
    ///
    /// # Panics
    ///
    /// If there is no such tensor.
    pub fn tensor(&self, index: usize) -> Shape {
        self.0.tensor(index)
    }

    /// The public maps that units name by their index.
    pub fn maps(&self) -> &[Map] {
        &self.0.maps
    }

    /// The steps, in order.
    pub fn nodes(&self) -> &[Node] {
        &self.0.nodes
    }

    /// Where each tensor lies in the block of parameters.
    pub fn parameter_layout(&self) -> &Layout {
        &self.0.layout
    }

    /// Number of features of a row: the cells of tensor 0, in their order.
    pub fn features(&self) -> usize {
        self.0.shape.cells()
    }

    /// How many multiplications and comparisons a row costs at most; not more than
    /// [`WORK_MAX`](super::WORK_MAX).
    pub fn work(&self) -> u64 {
        self.0.work
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.0.tensor(self.0.nodes.len()).cells()
    }
}

impl Parts {
    pub(super) fn tensor(&self, index: usize) -> Shape {
        match index.checked_sub(1) {
            None => self.shape,
            Some(node) => self.nodes[node].shape(),
        }
    }
}

impl std::fmt::Debug for Program {
    /// Writes what it reads and answers, not its hundreds of lines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("input", &self.0.shape)
            .field("nodes", &self.0.nodes.len())
            .field("classes", &self.classes())
            .finish_non_exhaustive()
    }
}
