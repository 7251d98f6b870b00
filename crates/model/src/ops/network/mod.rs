//! Networks: integer programs over tensors `[height, width, channels]`.
//!
//! ```text
//! acc[o] = bias[channel(o)] + Σ terms            modulo p = 2^31 − 2^24 + 1, centred
//! q = ⌊acc / 2^shift⌋                            in [−2^(b−1), 2^(b−1)), or the row has no answer
//! y = map(q)                                     a public table
//! ```
//!
//! is a [`Node::Unit`]; the other node is a maximum over windows. Every entry of every tensor is an
//! `i16`. The answer is the lowest index of the greatest of the last tensor's numbers.
//!
//! A [`Program`] is public and says everything but the [`Parameters`]: it is valid by construction
//! and by decoding, so that whatever it is, [`Network::exec`] ends after a bounded number of steps,
//! in bounded memory, and never panics. What is summed up is a number of the field in which a
//! network is proven. [`ranges`] shows of a network that nothing ever wraps around it and that
//! every row has an answer; this then is integer arithmetic. Of other networks execution and proof
//! mean the same, all the same.
//!
//! - [`Shape`] and [`Window`] say which inputs an output reads;
//! - [`InputMap`] makes an integer of each feature, exactly;
//! - [`Term`], [`Node`] and [`Map`] are the steps; [`Builder`] puts them together;
//! - [`Layout`] says where each tensor lies in the block of parameters;
//! - [`Trace`] is everything that a proof commits to of an execution;
//! - [`synthetic`] makes seeded networks of any kind.

mod builder;
mod codes;
mod encoding;
mod exec;
mod fault;
mod input;
mod layout;
mod map;
mod node;
mod parameters;
mod program;
mod ranges;
mod shape;
pub mod synthetic;
mod trace;
mod validate;
mod window;

#[cfg(test)]
mod tests;

pub use builder::{Builder, Rescale};
pub use codes::Codes;
pub use fault::{Fault, Rule};
pub use input::{INPUT_SHIFT_MAX, INPUT_SHIFT_MIN, InputMap, Scale};
pub use layout::{BLOCKS_MAX, CELLS_MAX, Kernel, Layout, NodeLayout, Vector};
pub use map::Map;
pub use node::{Node, QUOTIENT_BITS_MAX, QUOTIENT_BITS_MIN, SHIFT_MAX, SUM_BITS_MAX, Term};
pub use parameters::{Network, Parameters};
pub use program::Program;
pub use ranges::{Interval, Overflow, Range, ranges};
pub use shape::{AXIS_MAX, Shape};
pub use trace::{Step, Trace};
pub use validate::{
    MAPS_MAX, NODES_MAX, TABLES_MAX, TENSOR_MAX, TERMS_MAX, TRACE_MAX, WINDOWS_MAX, WORK_MAX,
};
pub use window::Window;

/// The order of the field in which a network is proven.
pub const MODULUS: i64 = (1 << 31) - (1 << 24) + 1;
/// The greatest centred number of the field; the least one is its opposite.
pub const CENTRED_MAX: i32 = ((MODULUS - 1) / 2) as i32;

/// The centred number that is `value` modulo [`MODULUS`].
pub fn centred(value: i64) -> i32 {
    let least = value.rem_euclid(MODULUS);
    // At most `CENTRED_MAX` in size.
    (if i64::from(CENTRED_MAX) < least { least - MODULUS } else { least }) as i32
}

/// Whether `value` is a centred number of the field.
pub fn is_centred(value: i32) -> bool {
    value.unsigned_abs() <= CENTRED_MAX.unsigned_abs()
}
