//! From votes to answers, and their count.

#[cfg(feature = "prove")]
pub(super) mod prove;
mod verify;
