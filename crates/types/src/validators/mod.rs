//! The validators of a chain: who they are, and when enough of them agree.
//!
//! A validator has two keys. With the *network key* (Ed25519) it is known to its peers, and the validators stand
//! in the order of these keys: the place in this order is the number under which one signs. With the *vote key*
//! (BLS12-381) it votes, so that the votes of many add up to one signature.
//!
//! Sums of keys can be cheated: who publishes `X − Y` as a key signs for the pair of it and `Y` alone.
//! Therefore every vote key comes with a *proof of possession*, a signature over the key itself, and
//! [`Validators`] exist only with proofs that hold.

mod bls;
mod certificate;
pub mod checkpoint;
pub mod double_vote;
mod network_key;
pub mod succession;
mod verify;
mod vote;

pub use bls::{POSSESSION_DST, VOTE_DST, VoteKey, VoteSignature};
pub use certificate::{CONSENSUS, Certificate, DESCENDANTS_MAX};
pub use checkpoint::{Change, Checkpoint};
pub use double_vote::DoubleVote;
pub use network_key::is_network_key;
pub use succession::{HANDOVERS_MAX, Handover, Handovers, Succession};
pub use verify::Rejection;
pub use vote::{Proposed, Round, Vote};

use crate::Address;
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq};

/// Most validators of a chain.
pub const VALIDATORS_MAX: usize = 128;
/// What separates proofs of possession from those of other systems with the same curve.
pub const POSSESSION: &[u8] = b"assay/validator/1";

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Ed25519 public key, under which its peers know it.
    pub network: [u8; 32],
    /// The key of its votes.
    pub vote: VoteKey,
    /// That somebody has the secret of `vote`: a signature over it, under [`POSSESSION`].
    pub possession: VoteSignature,
    /// Where its fees go.
    pub payee: Address,
}

assay_codec::record!(Validator { network, vote, possession, payee });

/// A set of validators, in the order of their network keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators(Vec<Validator>);

impl Validators {
    /// Checks and keeps a set: network keys rise strictly, no vote key is there twice, every one is proven.
    ///
    /// Costs two pairings for each validator.
    pub fn new(list: Vec<Validator>) -> Result<Self, &'static str> {
        Self::proven(list, &[])
    }

    /// The same for a set that follows `before`: a proof that stands there too is not verified again.
    pub fn following(list: Vec<Validator>, before: &Self) -> Result<Self, &'static str> {
        Self::proven(list, &before.0)
    }

    fn proven(list: Vec<Validator>, known: &[Validator]) -> Result<Self, &'static str> {
        if list.is_empty() || VALIDATORS_MAX < list.len() {
            return Err("a chain has 1 to 128 validators");
        }
        if list.windows(2).any(|pair| matches!(pair, [a, b] if b.network <= a.network)) {
            return Err("the validators rise strictly by network key");
        }
        let mut votes: Vec<_> = list.iter().map(|validator| &validator.vote).collect();
        votes.sort_unstable();
        if votes.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err("two validators have the same vote key");
        }
        let is_known = |one: &Validator| {
            known.iter().any(|old| (&old.vote, &old.possession) == (&one.vote, &one.possession))
        };
        if !list.iter().all(|one| is_known(one) || one.vote.is_possessed(&one.possession)) {
            return Err("a validator does not show that it has the secret of its vote key");
        }
        Ok(Self(list))
    }

    /// The validators; their index is the number under which they sign.
    pub fn list(&self) -> &[Validator] {
        &self.0
    }

    /// How many there are; at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How many must sign: all but `⌊(n − 1) / 3⌋`. Two such sets share a validator that is honest, as long as no
    /// more than that are not.
    pub fn quorum(&self) -> usize {
        let count = self.0.len();
        count.saturating_sub(count.saturating_sub(1) / 3)
    }
}

impl Encode for Validators {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, &self.0);
    }
}

impl Decode for Validators {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(from.seq(VALIDATORS_MAX)?).map_err(Error::Invalid)
    }
}

/// Who orders the blocks of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Orderer {
    /// One account. Its signature over a header's digest makes the block final.
    Authority(Address),
    /// Many. A certificate of a quorum makes a block final.
    Validators(Validators),
}

impl Orderer {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Authority(_) => 1,
            Self::Validators(validators) => validators.count(),
        }
    }

    /// Who is paid the fees of the first block, of the second, and so on in turn.
    pub fn payees(&self) -> Vec<Address> {
        match self {
            Self::Authority(authority) => vec![*authority],
            Self::Validators(set) => set.list().iter().map(|validator| validator.payee).collect(),
        }
    }
}

/// What the votes of a chain are signed under: the name of the protocol and the genesis, so that no vote of
/// one chain counts on another.
pub fn namespace(genesis: &Digest) -> Vec<u8> {
    [CONSENSUS, &genesis.0].concat()
}
