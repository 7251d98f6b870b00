//! Where the tensors lie in the block of parameters.

use super::shape::log;
use super::{Node, Rule, Term};

/// Most cells of a block of parameters.
pub const CELLS_MAX: usize = 1 << 25;
/// Most tensors in it.
pub const BLOCKS_MAX: usize = 1 << 16;
/// The length of a block is a multiple of this: so many cells are hashed in one call.
const CALL: usize = 8;

/// The tensors of a block of parameters.
///
/// A tensor is a tap of a mixed term, `[groups, inputs, outputs]`, or the bias of a unit,
/// `[channels]`; each axis is padded to a power of two. Larger tensors come first, and equal ones
/// in the order of nodes, terms, and taps (row by row), the bias last. So each tensor starts at a
/// multiple of its size. The block is as long as all of them, rounded up to eight cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    nodes: Vec<NodeLayout>,
    cells: usize,
}

/// The parameters of one node; a maximum has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeLayout {
    /// For each term, in order, its parameters if it is a mixed one.
    pub terms: Vec<Option<Kernel>>,
    /// The bias, if there is one.
    pub bias: Option<Vector>,
}

/// The parameters of a mixed term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Where each tap's tensor starts, row by row: tap `(k, l)` is at `k·columns.taps + l`.
    pub taps: Vec<usize>,
    /// Number of groups.
    pub groups: usize,
    /// Number of input channels of a group.
    pub inputs: usize,
    /// Number of output channels of a group.
    pub outputs: usize,
}

/// A bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Where it starts.
    pub at: usize,
    /// Number of channels.
    pub channels: usize,
}

impl Kernel {
    /// Binary logarithms of the padded axes `[groups, inputs, outputs]`.
    pub fn logs(&self) -> [usize; 3] {
        [log(self.groups), log(self.inputs), log(self.outputs)]
    }

    /// Where the row `[group, input, ..]` starts in the tensor of a tap.
    pub fn row(&self, group: usize, input: usize) -> usize {
        let [_, inputs, outputs] = self.logs();
        (group << inputs | input) << outputs
    }
}

impl Vector {
    /// Binary logarithm of the padded length.
    pub fn log(&self) -> usize {
        log(self.channels)
    }
}

impl Layout {
    /// Places the tensors of `nodes`, which are valid but for the sizes of parameters.
    pub(super) fn new(nodes: &[Node], channels_of: impl Fn(usize) -> usize) -> Result<Self, Rule> {
        let mut layout = Self { nodes: Vec::with_capacity(nodes.len()), cells: 0 };
        let mut blocks = 0;
        for node in nodes {
            blocks += count(node);
            if BLOCKS_MAX < blocks {
                return Err(Rule::BlockCount);
            }
            layout.nodes.push(unplaced(node, &channels_of));
        }
        layout.place()?;
        Ok(layout)
    }

    fn place(&mut self) -> Result<(), Rule> {
        let mut places: Vec<(usize, &mut usize)> = Vec::new();
        for node in &mut self.nodes {
            for kernel in node.terms.iter_mut().flatten() {
                let log = kernel.logs().iter().sum();
                places.extend(kernel.taps.iter_mut().map(|at| (log, at)));
            }
            places.extend(node.bias.iter_mut().map(|bias| (bias.log(), &mut bias.at)));
        }
        places.sort_by_key(|&(log, _)| std::cmp::Reverse(log));
        let mut cells = 0_usize;
        for (log, at) in places {
            *at = cells;
            // At most 2^16 tensors of less than 2^45 cells.
            cells += 1 << log;
        }
        if CELLS_MAX < cells {
            return Err(Rule::ParameterCount);
        }
        self.cells = cells.next_multiple_of(CALL);
        Ok(())
    }

    /// The parameters of each node.
    pub fn nodes(&self) -> &[NodeLayout] {
        &self.nodes
    }

    /// Length of the block, a multiple of eight. Cells of no tensor, and those behind the sizes of
    /// a tensor, are read by nothing.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Number of parameters that are read.
    pub fn parameters(&self) -> usize {
        let kernel =
            |kernel: &Kernel| kernel.taps.len() * kernel.groups * kernel.inputs * kernel.outputs;
        let node = |node: &NodeLayout| {
            let bias = node.bias.map_or(0, |bias| bias.channels);
            node.terms.iter().flatten().map(kernel).sum::<usize>() + bias
        };
        self.nodes.iter().map(node).sum()
    }
}

fn count(node: &Node) -> usize {
    let Node::Unit { terms, has_bias, .. } = node else { return 0 };
    let taps = |term: &Term| match term {
        Term::Mixed { rows, columns, .. } => (rows.taps * columns.taps) as usize,
        Term::Fixed { .. } | Term::Product { .. } => 0,
    };
    terms.iter().map(taps).sum::<usize>() + usize::from(*has_bias)
}

fn unplaced(node: &Node, channels_of: &impl Fn(usize) -> usize) -> NodeLayout {
    let Node::Unit { terms, has_bias, shape, .. } = node else { return NodeLayout::default() };
    let kernel = |term: &Term| match term {
        Term::Mixed { from, rows, columns, groups, outputs } => Some(Kernel {
            taps: vec![0; (rows.taps * columns.taps) as usize],
            groups: *groups as usize,
            inputs: channels_of(*from) / *groups as usize,
            outputs: *outputs as usize / *groups as usize,
        }),
        Term::Fixed { .. } | Term::Product { .. } => None,
    };
    let bias = has_bias.then_some(Vector { at: 0, channels: shape.channels as usize });
    NodeLayout { terms: terms.iter().map(kernel).collect(), bias }
}
