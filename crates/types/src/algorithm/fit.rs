//! Which models an algorithm may answer with.
//!
//! A declared architecture is public, and the buyer pays for a model of it, so it must not be larger than what
//! was asked for. That the algorithm itself was followed, nobody proves.

use super::Algorithm;
use assay_codec::to_bytes;
use assay_model::ops::network::{Node, Program, Shape, Term};
use assay_model::ops::tree::{DEPTH_MAX, SLOTS_LOG_MAX, SLOTS_LOG_MIN};
use assay_model::{Architecture, Image, NetworkParameters, TreeParameters};

/// Most bytes of a network's program. All of it is public; it stands in the log, in the receipt and, while the
/// job is kept, in the state.
pub const PROGRAM_BYTES_MAX: usize = 1 << 16;

/// Why an architecture is not one that an algorithm makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The algorithm makes models of another kind.
    Kind,
    /// It reads another number of features, or knows another number of classes.
    Shape {
        /// Features and classes of the data.
        expected: (usize, usize),
        /// Features and classes of the architecture.
        got: (usize, usize),
    },
    /// It is larger than was asked for.
    Size {
        /// What is counted.
        what: &'static str,
        /// The most that was asked for.
        max: u64,
        /// What is declared.
        got: u64,
    },
    /// It has other layers than those that were asked for.
    Layers,
}

/// The largest trees that an algorithm grows.
struct Largest {
    depth: u64,
    slots: u64,
}

/// A tree of L leaves has 2·L - 1 nodes, and L is at most 2^depth; slots come in powers of two.
fn largest(tree: &TreeParameters, trees: u64) -> Largest {
    let depth = tree.max_depth.unwrap_or(DEPTH_MAX);
    let leaves_log = u32::from(depth).min(u64::BITS - 2);
    let leaves = tree.max_leaf_nodes.map_or(u64::MAX, u64::from).min(1 << leaves_log);
    let nodes = leaves.saturating_mul(2).saturating_sub(1).saturating_mul(trees);
    // Above 2^63 there is no next power of two; far below, the bound is the same.
    let nodes = nodes.min(1 << SLOTS_LOG_MAX).next_power_of_two();
    Largest { depth: depth.into(), slots: nodes.max(1 << SLOTS_LOG_MIN) }
}

impl Algorithm {
    /// Returns the greatest depth and number of slots that a tree or forest made by it may declare; `None` for
    /// a network.
    pub fn largest(&self) -> Option<(u64, u64)> {
        let Largest { depth, slots } = match self {
            Self::DecisionTree(tree) => largest(tree, 1),
            Self::Forest(forest) => largest(forest.tree(), forest.trees() as u64),
            Self::Network(_) => return None,
        };
        Some((depth, slots))
    }

    /// Returns the first rule that `architecture` breaks as an answer to a job for this algorithm, on data of so
    /// many features and classes: the kind, what it reads and answers, its size, its layers.
    pub fn admit(
        &self,
        architecture: &Architecture,
        expected: (usize, usize),
    ) -> Result<(), Misfit> {
        let shape = |features: usize, classes: usize| {
            let got = (features, classes);
            if got == expected { Ok(()) } else { Err(Misfit::Shape { expected, got }) }
        };
        match (self, architecture) {
            (Self::DecisionTree(tree), Architecture::DecisionTree(bounds)) => {
                shape(bounds.features(), bounds.classes())?;
                let max = largest(tree, 1);
                within("depth", max.depth, bounds.depth())?;
                within("slots", max.slots, bounds.slots())
            }
            (Self::Forest(forest), Architecture::Forest(bounds)) => {
                shape(bounds.features(), bounds.classes())?;
                let trees = forest.trees() as u64;
                let max = largest(forest.tree(), trees);
                within("trees", trees, bounds.trees())?;
                within("depth", max.depth, bounds.depth())?;
                within("slots", max.slots, bounds.slots())
            }
            (Self::Network(network), Architecture::Network(program)) => {
                shape(program.features(), program.classes())?;
                self::network(network, program)
            }
            _ => Err(Misfit::Kind),
        }
    }
}

fn within(what: &'static str, max: u64, got: usize) -> Result<(), Misfit> {
    let got = u64::try_from(got).unwrap_or(u64::MAX);
    if got <= max { Ok(()) } else { Err(Misfit::Size { what, max, got }) }
}

/// Every layer is one step that reads one tensor, makes what was asked for, and has no more weights; all
/// together cost no more multiplications. Scales, shifts and bounds of numbers are the owner's: they come
/// out of training.
fn network(asked: &NetworkParameters, program: &Program) -> Result<(), Misfit> {
    let (features, classes) = (program.features(), program.classes());
    let shapes = asked.shapes(features, classes).map_err(|_| Misfit::Layers)?;
    let weights = asked.weights(features, classes).map_err(|_| Misfit::Layers)?;
    within("weights", weights, program.parameter_layout().parameters())?;
    within("bytes of the program", PROGRAM_BYTES_MAX as u64, to_bytes(program).len())?;
    let made = (0..=program.nodes().len()).map(|tensor| program.tensor(tensor));
    let is_plain = |node: &Node| match node {
        Node::Unit { terms, .. } => {
            matches!(terms.as_slice(), [Term::Fixed { .. } | Term::Mixed { .. }])
        }
        Node::Max { .. } => true,
    };
    let is_asked = made.eq(shapes.into_iter().map(tensor)) && program.nodes().iter().all(is_plain);
    // Windows are the owner's, but a model that takes minutes for a row is not what was paid for.
    let most = asked.multiplications(features, classes).map_err(|_| Misfit::Layers)?;
    if is_asked && program.work() <= most { Ok(()) } else { Err(Misfit::Layers) }
}

fn tensor(image: Image) -> Shape {
    let [height, width, channels] = [image.height, image.width, image.channels].map(u32::from);
    Shape { height, width, channels }
}
