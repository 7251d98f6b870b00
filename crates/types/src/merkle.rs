//! A binary Merkle tree over byte strings, in a format of our own: receipts rest on it, so it has golden
//! vectors (`vectors/merkle-1.json`) and never changes under its name.
//!
//! ```text
//! leaf(i, bytes)  = H("assay/merkle/leaf/1", i ‖ bytes)                          i: u64, little-endian
//! node(l, r)      = H("assay/merkle/node/1", l ‖ r)
//! top(one leaf)   = the leaf
//! top(n leaves)   = node(top(first m), top(rest)),    m the largest power of two below n
//! root(n leaves)  = H("assay/merkle/root/1", n ‖ top),                           top of none: 32 zeros
//! ```
//!
//! The three labels keep a leaf from being read as a node and the root of a subtree as that of a tree.
//! Index and size are hashed, so that a proof says where the entry stands and how many there are.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use assay_codec::{Decode, Digest, Encode, Error, Hasher, Reader, put_seq};

/// Most steps of a path: indices have 64 bits.
pub const PATH_MAX: usize = 64;

/// Where a leaf stands, and the neighbours that lead from it to the top, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Number of leaves before it.
    pub index: u64,
    /// Number of leaves of the tree.
    pub size: u64,
    /// The neighbours.
    pub path: Vec<Digest>,
}

/// Why a proof does not lead from the leaf to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The tree has no such leaf.
    #[error("index {index} is not below size {size}")]
    Index {
        /// The index of the proof.
        index: u64,
        /// The size of the proof.
        size: u64,
    },
    /// The path has the wrong length for this index and size.
    #[error("the path has {got} steps, expected {expected}")]
    Length {
        /// Steps that index and size demand.
        expected: usize,
        /// Steps of the proof.
        got: usize,
    },
    /// The path ends at another root.
    #[error("the path leads to root {got}, expected {expected}")]
    Root {
        /// The root asked for.
        expected: Digest,
        /// The root arrived at.
        got: Digest,
    },
}

/// Returns the root over `leaves`.
pub fn root(leaves: &[Vec<u8>]) -> Digest {
    let hashes = hashes(leaves);
    close(size_of(leaves), &top(&hashes))
}

/// Proves that leaf `index` stands where it stands; `None` if there is none.
pub fn prove(leaves: &[Vec<u8>], index: usize) -> Option<Proof> {
    leaves.get(index)?;
    let hashes = hashes(leaves);
    let mut path = Vec::new();
    let (mut range, mut at) = (hashes.as_slice(), index);
    while let Some((left, right)) = halves(range) {
        match at.checked_sub(left.len()) {
            None => {
                path.push(top(right));
                range = left;
            }
            Some(rest) => {
                path.push(top(left));
                (range, at) = (right, rest);
            }
        }
    }
    path.reverse();
    Some(Proof { index: u64::try_from(index).ok()?, size: size_of(leaves), path })
}

/// Checks that `leaf` is in the tree behind `root`, at the place that `proof` names.
///
/// # Closing the protocol
///
/// The caller MUST have `root` from a finalised header; the leaf is not in any particular tree otherwise.
pub fn verify(root: &Digest, leaf: &[u8], proof: &Proof) -> Result<(), Rejection> {
    let Proof { index, size, path } = proof;
    let (Some(turns), true) = (turns(*index, *size), path.len() <= PATH_MAX) else {
        return Err(Rejection::Index { index: *index, size: *size });
    };
    if turns.len() != path.len() {
        return Err(Rejection::Length { expected: turns.len(), got: path.len() });
    }
    let mut hash = leaf_hash(*index, leaf);
    for (is_right, other) in turns.iter().rev().zip(path) {
        hash = if *is_right { node(other, &hash) } else { node(&hash, other) };
    }
    let got = close(*size, &hash);
    if got == *root { Ok(()) } else { Err(Rejection::Root { expected: *root, got }) }
}

/// Returns, from the top down, whether the way to leaf `index` of `size` turns right.
fn turns(mut index: u64, mut size: u64) -> Option<Vec<bool>> {
    if size <= index {
        return None;
    }
    let mut turns = Vec::new();
    while let Some(left) = split(size) {
        let is_right = left <= index;
        turns.push(is_right);
        if is_right {
            index = index.checked_sub(left)?;
            size = size.checked_sub(left)?;
        } else {
            size = left;
        }
    }
    Some(turns)
}

/// Returns the largest power of two below `size`, or `None` for a single leaf.
fn split(size: u64) -> Option<u64> {
    let last = size.checked_sub(1)?;
    last.checked_ilog2().and_then(|log| 1_u64.checked_shl(log))
}

fn halves(hashes: &[Digest]) -> Option<(&[Digest], &[Digest])> {
    let left = split(u64::try_from(hashes.len()).ok()?)?;
    hashes.split_at_checked(usize::try_from(left).ok()?)
}

fn top(hashes: &[Digest]) -> Digest {
    match halves(hashes) {
        Some((left, right)) => node(&top(left), &top(right)),
        None => hashes.first().copied().unwrap_or_default(),
    }
}

fn hashes(leaves: &[Vec<u8>]) -> Vec<Digest> {
    (0_u64..).zip(leaves).map(|(index, leaf)| leaf_hash(index, leaf)).collect()
}

fn size_of(leaves: &[Vec<u8>]) -> u64 {
    u64::try_from(leaves.len()).unwrap_or(u64::MAX)
}

fn leaf_hash(index: u64, leaf: &[u8]) -> Digest {
    let mut hasher = Hasher::new("assay/merkle/leaf/1");
    hasher.update(&index.to_le_bytes());
    hasher.update(leaf);
    hasher.finish()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new("assay/merkle/node/1");
    hasher.update(&left.0);
    hasher.update(&right.0);
    hasher.finish()
}

fn close(size: u64, top: &Digest) -> Digest {
    let mut hasher = Hasher::new("assay/merkle/root/1");
    hasher.update(&size.to_le_bytes());
    hasher.update(&top.0);
    hasher.finish()
}

impl Encode for Proof {
    fn encode(&self, out: &mut Vec<u8>) {
        self.index.encode(out);
        self.size.encode(out);
        put_seq(out, &self.path);
    }
}

impl Decode for Proof {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { index: u64::decode(from)?, size: u64::decode(from)?, path: from.seq(PATH_MAX)? })
    }
}
