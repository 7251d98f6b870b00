//! Are these two votes of one validator that contradict each other?
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use super::{Conflict, DoubleVote};
use crate::validators::bls::voted;
use assay_codec::Digest;

/// Why evidence convicts nobody; the first rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Rule 1: the proposals differ, and stand in their order.
    #[error("the two ballots are about one proposal, or stand out of order")]
    Order,
    /// Rule 2: both votes are signed.
    #[error("vote {index} is not signed by the validator")]
    Vote {
        /// Its number, 0 or 1.
        index: usize,
    },
}

impl DoubleVote {
    /// Checks that whoever has the vote key has given both votes on the chain that began with `genesis`. Costs four
    /// pairings.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST look up whose key it is, and decide whether the round is one for which that validator still answers.
    pub fn verify(&self, genesis: &Digest) -> Result<(), Rejection> {
        if let Conflict::Notarized([first, second]) | Conflict::Finalized([first, second]) =
            &self.conflict
            && second.proposed <= first.proposed
        {
            return Err(Rejection::Order);
        }
        for (index, (vote, signature)) in self.conflict.votes().iter().enumerate() {
            if !voted(&[&self.guilty], &vote.message(genesis, self.round), signature) {
                return Err(Rejection::Vote { index });
            }
        }
        Ok(())
    }
}
