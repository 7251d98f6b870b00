//! Why a step is none of a network that we can hold.

use super::Shape;

/// Why a step is none of a network that we can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A tensor has no cells, or too many.
    #[error("a tensor of shape {0} has none or too many cells, {limit} at most", limit = super::CELLS_MAX)]
    Size(Shape),
    /// The network has too many steps.
    #[error("the network has more than {limit} steps", limit = super::NODES_MAX)]
    Steps,
    /// The network has too many parameters.
    #[error("the network has more than {limit} parameters", limit = super::PARAMETERS_MAX)]
    Parameters,
    /// One answer takes too long.
    #[error("one row takes more than {limit} multiplications", limit = super::WORK_MAX)]
    Work,
    /// A window's number is 0 or too large.
    #[error("a window's size, stride, dilation or padding is out of range")]
    Window,
    /// A step reads what does not exist.
    #[error("a tensor is read before it is made")]
    Order,
    /// Two tensors that belong together have different shapes.
    #[error("tensors of shapes {expected} and {got} do not belong together")]
    Shapes {
        /// The first.
        expected: Shape,
        /// The other.
        got: Shape,
    },
    /// Channels do not come in groups of equal size.
    #[error("{channels} channels do not fall into {groups} groups")]
    Groups {
        /// Channels that are read or made.
        channels: usize,
        /// The groups.
        groups: usize,
    },
    /// There are too few or too many parameters.
    #[error("{got} parameters where {expected} belong")]
    Count {
        /// As many belong there.
        expected: usize,
        /// As many are there.
        got: usize,
    },
    /// A parameter is no number.
    #[error("a parameter is NaN, infinite, or a bound is out of order")]
    NotFinite,
    /// The last tensor is no list of scores, and no number.
    #[error("the answer has shape {0}, not [1, 1, outputs] with 1 to 1024 outputs")]
    Answer(Shape),
    /// The input is wider than a table may be.
    #[error("the input has {got} features, 1024 at most")]
    Features {
        /// Cells of the input.
        got: usize,
    },
}
