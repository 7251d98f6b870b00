//! Two votes that no honest validator gives both.
//!
//! An honest validator notarises one proposal of a view at most, finalises one at most, and finalises none of a view
//! that it has nullified; what it has signed it knows again after a crash. So two votes that break this convict
//! whoever has the vote key. The evidence names the key, and not a number in a set: it is verified with the genesis alone.
//!
//! | part | bytes |
//! |---|---|
//! | vote key of the guilty | 48 |
//! | epoch, view | 8, 8 |
//! | kind: 0, two are notarised; 1, two are finalised; 2, one is finalised and the view nullified | 1 |
//! | kinds 0 and 1: two ballots, each of parent's view, payload and signature | 2 · (8, 32, 96) |
//! | kind 2: the signature that nullifies, and one ballot | 96, (8, 32, 96) |
//!
//! Ballots rise by parent's view and payload, and a key has one signature of a message: a pair of votes has one encoding.

mod verify;

pub use verify::Rejection;

use super::vote::{Proposed, Round, Vote};
use super::{VoteKey, VoteSignature};
use assay_codec::{Decode, Encode, Error, Reader};

/// A vote for a proposal, and its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// What was voted for.
    pub proposed: Proposed,
    /// The signature.
    pub signature: VoteSignature,
}

/// How two votes contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Two proposals of one view are notarised.
    Notarized([Ballot; 2]),
    /// Two proposals of one view are finalised.
    Finalized([Ballot; 2]),
    /// A view is nullified, and a proposal of it finalised.
    NullifiedAndFinalized {
        /// The vote for no block.
        nullified: VoteSignature,
        /// The vote for a block.
        finalized: Ballot,
    },
}

/// Evidence against a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoubleVote {
    /// Who has voted twice.
    pub guilty: VoteKey,
    /// When.
    pub round: Round,
    /// How.
    pub conflict: Conflict,
}

impl Conflict {
    /// The two votes, and their signatures.
    pub fn votes(&self) -> [(Vote, VoteSignature); 2] {
        let of =
            |vote: fn(Proposed) -> Vote, ballot: &Ballot| (vote(ballot.proposed), ballot.signature);
        match self {
            Self::Notarized([first, second]) => {
                [of(Vote::Notarize, first), of(Vote::Notarize, second)]
            }
            Self::Finalized([first, second]) => {
                [of(Vote::Finalize, first), of(Vote::Finalize, second)]
            }
            Self::NullifiedAndFinalized { nullified, finalized } => {
                [(Vote::Nullify, *nullified), of(Vote::Finalize, finalized)]
            }
        }
    }

    /// Two ballots of one kind in the order of their encoding.
    pub fn sorted(mut ballots: [Ballot; 2]) -> [Ballot; 2] {
        ballots.sort_by_key(|ballot| ballot.proposed);
        ballots
    }
}

assay_codec::record!(Proposed { parent_view, payload });
assay_codec::record!(Round { epoch, view });
assay_codec::record!(Ballot { proposed, signature });
assay_codec::record!(DoubleVote { guilty, round, conflict });

impl Encode for Conflict {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Notarized([first, second]) => {
                0_u8.encode(out);
                first.encode(out);
                second.encode(out);
            }
            Self::Finalized([first, second]) => {
                1_u8.encode(out);
                first.encode(out);
                second.encode(out);
            }
            Self::NullifiedAndFinalized { nullified, finalized } => {
                2_u8.encode(out);
                nullified.encode(out);
                finalized.encode(out);
            }
        }
    }
}

impl Decode for Conflict {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::decode(from)? {
            0 => Self::Notarized([Decode::decode(from)?, Decode::decode(from)?]),
            1 => Self::Finalized([Decode::decode(from)?, Decode::decode(from)?]),
            2 => Self::NullifiedAndFinalized {
                nullified: Decode::decode(from)?,
                finalized: Decode::decode(from)?,
            },
            got => return Err(Error::Tag { what: "conflict", got }),
        })
    }
}
