//! Does a proof show what stands at a key?
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{End, KEY_BYTES_MAX, Proof, STEPS_MAX};
use assay_codec::Digest;

/// Why a proof does not show it; the first rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Rule 1: keys and paths have a greatest length.
    #[error("a key has at most 64 bytes and a path 512 steps")]
    Length,
    /// Rule 2: the way ends at the key, or it ends elsewhere, as was asked.
    #[error("the proof is one of a key that {}", if *.is_there { "is there" } else { "is not there" })]
    Answer {
        /// What the proof would show.
        is_there: bool,
    },
    /// Rule 3: an empty map has no steps and no entries, and another one has some.
    #[error("the path does not fit a map of {count} entries")]
    Count {
        /// Entries that the proof counts.
        count: u64,
    },
    /// Rule 4: bits rise.
    #[error("bit {bit} of step {step} does not follow the one before")]
    Order {
        /// Number of the step, from 0.
        step: usize,
        /// Its bit.
        bit: u16,
    },
    /// Rule 5: both the key asked for and the one at the end have that bit, and it is the same.
    #[error("the keys do not go the same way at bit {bit} of step {step}")]
    Way {
        /// Number of the step, from 0.
        step: usize,
        /// Its bit.
        bit: u16,
    },
    /// Rule 6: what is at another key does not show that this one is missing if it is the same.
    #[error("the key at the end is the one that should be missing")]
    Same,
    /// Rule 7: the way begins at the root.
    #[error("the path leads to root {got}, expected {expected}")]
    Root {
        /// The root asked for.
        expected: Digest,
        /// The root arrived at.
        got: Digest,
    },
}

/// Checks that `value` stands at `key` in the map behind `root`, or that nothing does, if it is `None`.
///
/// # Closing the protocol
///
/// The caller MUST have `root` from somebody who has built the map, such as a finalised header: that a key is
/// missing follows from where it would stand, in a map that is one.
pub fn verify(
    root: &Digest,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &Proof,
) -> Result<(), Rejection> {
    let Proof { count, steps, end } = proof;
    if KEY_BYTES_MAX < key.len() || STEPS_MAX < steps.len() {
        return Err(Rejection::Length);
    }
    let (last, value) = match (end, value) {
        (End::Here, Some(value)) => (key, super::value(value)),
        (End::Other { key: other, value }, None) => (other.as_slice(), *value),
        (End::Nowhere, None) => return nothing(root, proof),
        (end, _) => return Err(Rejection::Answer { is_there: *end == End::Here }),
    };
    if KEY_BYTES_MAX < last.len() {
        return Err(Rejection::Length);
    }
    if *count == 0 {
        return Err(Rejection::Count { count: *count });
    }
    let (mut before, mut turns) = (None, Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let bit = step.bit;
        if before.is_some_and(|before| bit <= before) {
            return Err(Rejection::Order { step: index, bit });
        }
        match (super::bit(key, bit), super::bit(last, bit)) {
            (Some(asked), Some(found)) if asked == found => turns.push((step, asked)),
            _ => return Err(Rejection::Way { step: index, bit }),
        }
        before = Some(bit);
    }
    if matches!(end, End::Other { .. }) && last == key {
        return Err(Rejection::Same);
    }
    let up = |at: Digest, (step, is_right): &(&super::Step, bool)| match is_right {
        true => super::branch(step.bit, &step.sibling, &at),
        false => super::branch(step.bit, &at, &step.sibling),
    };
    let top = turns.iter().rev().fold(super::leaf(last, &value), up);
    arrived(root, super::root(*count, Some(&top)))
}

/// The map is empty.
fn nothing(root: &Digest, proof: &Proof) -> Result<(), Rejection> {
    if proof.count != 0 || !proof.steps.is_empty() {
        return Err(Rejection::Count { count: proof.count });
    }
    arrived(root, super::root(0, None))
}

fn arrived(expected: &Digest, got: Digest) -> Result<(), Rejection> {
    if *expected == got { Ok(()) } else { Err(Rejection::Root { expected: *expected, got }) }
}
