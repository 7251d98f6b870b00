//! Does a proof show what the state holds?
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Kind, Proof, Roots};
use crate::map;
use assay_codec::Digest;

/// Why a proof does not show it; the first rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Rule 1: the roots of the maps make up the state root.
    #[error("the roots lead to state root {got}, expected {expected}")]
    Roots {
        /// The root asked for.
        expected: Digest,
        /// The root arrived at.
        got: Digest,
    },
    /// Rule 2: the scalars are those behind the roots.
    #[error("the scalars are not those of this state")]
    Head,
    /// Rule 3: the way through the map.
    #[error("the map does not say so")]
    Map(#[source] map::Rejection),
}

/// Checks that `value` is the encoding of what the state behind `root` holds under `key`, or that it holds nothing
/// there, if it is `None`.
///
/// # Closing the protocol
///
/// The caller MUST have `root` from a header that it has found final.
pub fn verify(
    root: &Digest,
    kind: Kind,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &Proof,
) -> Result<(), Rejection> {
    are_of(&proof.roots, root)?;
    let [account, listing, job, opening, spent, tip, stake] = &proof.roots.maps;
    let map = match kind {
        Kind::Account => account,
        Kind::Listing => listing,
        Kind::Job => job,
        Kind::Opening => opening,
        Kind::Spent => spent,
        Kind::Tip => tip,
        Kind::Stake => stake,
    };
    map::verify(map, key, value, &proof.path).map_err(Rejection::Map)
}

/// Checks that `bytes` are the encoding of the scalars of the state behind `root`.
///
/// # Closing the protocol
///
/// As for [`verify`].
pub fn verify_head(root: &Digest, bytes: &[u8], roots: &Roots) -> Result<(), Rejection> {
    are_of(roots, root)?;
    if super::head(bytes) == roots.head { Ok(()) } else { Err(Rejection::Head) }
}

fn are_of(roots: &Roots, expected: &Digest) -> Result<(), Rejection> {
    let got = roots.root();
    if got == *expected { Ok(()) } else { Err(Rejection::Roots { expected: *expected, got }) }
}
