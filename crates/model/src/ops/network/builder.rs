//! Programs, put together step by step.

use super::{Fault, InputMap, Map, Node, Program, Shape, Term, Window};

/// How a unit makes its values of its sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescale {
    /// Binary logarithm of the divisor.
    pub shift: u8,
    /// Bits of the quotient.
    pub quotient_bits: u8,
    /// What becomes of the quotient.
    pub map: Map,
}

/// Puts a program together. Tensors are named by the numbers that the methods return; the input is
/// 0. What is wrong is said by [`Builder::finish`].
#[derive(Clone, Debug)]
pub struct Builder {
    input: InputMap,
    shapes: Vec<Shape>,
    maps: Vec<Map>,
    nodes: Vec<Node>,
}

impl Builder {
    /// Starts with features of `shape`.
    pub fn new(input: InputMap, shape: Shape) -> Self {
        Self { input, shapes: vec![shape], maps: Vec::new(), nodes: Vec::new() }
    }

    /// The shape of a tensor that is there.
    ///
    /// # Panics
    ///
    /// If it is not.
    pub fn shape(&self, tensor: usize) -> Shape {
        self.shapes[tensor]
    }

    /// Adds up `terms`, and a bias if there is one.
    pub fn unit(
        &mut self,
        terms: Vec<Term>,
        has_bias: bool,
        shape: Shape,
        rescale: Rescale,
    ) -> usize {
        let Rescale { shift, quotient_bits, map } = rescale;
        let known = self.maps.iter().position(|known| *known == map);
        let map = known.unwrap_or_else(|| {
            self.maps.push(map);
            self.maps.len() - 1
        });
        self.push(Node::Unit { terms, has_bias, shape, shift, quotient_bits, map })
    }

    /// A convolution of `groups` groups with a bias.
    pub fn convolution(
        &mut self,
        from: usize,
        [rows, columns]: [Window; 2],
        groups: u32,
        outputs: u32,
        rescale: Rescale,
    ) -> usize {
        let shape = Shape { height: rows.outputs, width: columns.outputs, channels: outputs };
        let term = Term::Mixed { from, rows, columns, groups, outputs };
        self.unit(vec![term], true, shape, rescale)
    }

    /// A dense layer over everything in `from`, with a bias.
    pub fn dense(&mut self, from: usize, outputs: u32, rescale: Rescale) -> usize {
        let source = self.shape(from);
        let windows = [Window::whole(source.height), Window::whole(source.width)];
        self.convolution(from, windows, 1, outputs, rescale)
    }

    /// The maximum over windows.
    pub fn max(&mut self, from: usize, [rows, columns]: [Window; 2]) -> usize {
        let channels = self.shape(from).channels;
        let shape = Shape { height: rows.outputs, width: columns.outputs, channels };
        self.push(Node::Max { from, rows, columns, shape })
    }

    /// Checks the rules of programs.
    pub fn finish(self) -> Result<Program, Fault> {
        let Self { input, mut shapes, maps, nodes } = self;
        Program::new(input, shapes.swap_remove(0), maps, nodes)
    }

    fn push(&mut self, node: Node) -> usize {
        self.shapes.push(node.shape());
        self.nodes.push(node);
        self.shapes.len() - 1
    }
}
