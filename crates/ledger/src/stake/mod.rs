//! What validators have at stake: how it comes, how it leaves, and how it is lost.
//!
//! ```text
//!             Bond               Unbond                unbonding_blocks         Withdraw
//! balance ──────────▶ bonded ──────────────▶ leaving ────────────────▶ free ──────────────▶ balance
//!                        │      Accuse          │
//!                        └──────────────────────┴──▶ burned, a small part to the accuser
//! ```
//!
//! One account stands behind one validator. Who was convicted stays so: its keys and its account are never those of a
//! validator again.

mod accuse;
mod bond;
mod seats;
mod unbond;
mod withdraw;

pub(crate) use seats::{elected, turn};

use crate::State;
use crate::rejection::rejections;
use assay_codec::{Decode, Encode, Error, Reader, put_seq};
use assay_types::stake::{Endpoint, Founder, StakeRules};
use assay_types::validators::{VoteKey, VoteSignature};
use assay_types::{Address, Amount, Height, Validator};

/// Most sums that leave at a time, each with a height of its own.
pub const LEAVING_MAX: usize = 16;

/// A sum that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// How much.
    pub amount: Amount,
    /// From which height on it is free, and can no longer be lost.
    pub free: Height,
}

assay_codec::record!(Leaving { amount, free });

/// What an account has at stake, as which validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stake {
    /// Ed25519 public key, under which peers know the validator.
    pub network: [u8; 32],
    /// The key of its votes.
    pub vote: VoteKey,
    /// That somebody has the secret of it.
    pub possession: VoteSignature,
    /// Where peers reach it.
    pub endpoint: Endpoint,
    /// What is at stake and not leaving.
    pub bonded: Amount,
    /// What leaves, the earliest first.
    pub leaving: Vec<Leaving>,
    /// When it was convicted.
    pub convicted: Option<Height>,
}

impl Encode for Stake {
    fn encode(&self, out: &mut Vec<u8>) {
        self.network.encode(out);
        self.vote.encode(out);
        self.possession.encode(out);
        self.endpoint.encode(out);
        self.bonded.encode(out);
        put_seq(out, &self.leaving);
        self.convicted.encode(out);
    }
}

impl Decode for Stake {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            network: Decode::decode(from)?,
            vote: Decode::decode(from)?,
            possession: Decode::decode(from)?,
            endpoint: Decode::decode(from)?,
            bonded: Decode::decode(from)?,
            leaving: from.seq(LEAVING_MAX)?,
            convicted: Decode::decode(from)?,
        })
    }
}

impl Stake {
    /// What a validator of the genesis begins with.
    pub(crate) fn founded(validator: &Validator, founder: &Founder) -> Self {
        Self {
            network: validator.network,
            vote: validator.vote,
            possession: validator.possession,
            endpoint: founder.endpoint,
            bonded: founder.stake,
            leaving: Vec::new(),
            convicted: None,
        }
    }

    /// Who it is, in the words of the consensus; `owner` is the account behind it.
    pub(crate) fn validator(&self, owner: Address) -> Validator {
        let Self { network, vote, possession, .. } = *self;
        Validator { network, vote, possession, payee: owner }
    }

    /// All money behind it, free or not.
    pub fn money(&self) -> Amount {
        self.sum(|_| true)
    }

    /// What can be lost in a block of this height.
    pub fn at_stake(&self, height: Height) -> Amount {
        self.sum(|leaving| height < leaving.free)
    }

    fn sum(&self, counts: impl Fn(&Leaving) -> bool) -> Amount {
        let leaving = self.leaving.iter().filter(|leaving| counts(leaving));
        let sum = leaving
            .fold(self.bonded.get(), |sum, leaving| sum.saturating_add(leaving.amount.get()));
        Amount::new(sum)
    }
}

rejections! {
    /// The validators of this chain, if there are any, have nothing at stake.
    101 Unstaked "there are no stakes on this chain"
    /// The account stands behind no validator.
    102 Unregistered {
        /// The account.
        owner: Address,
    } "no validator is registered by {owner}"
    /// Who was convicted is no validator any more.
    103 Convicted {
        /// When.
        height: Height,
    } "the validator was convicted in block {height}"
    /// A validator keeps its keys.
    104 OtherKeys "the account stands behind a validator with other keys"
    /// Keys belong to one validator.
    105 KeyTaken {
        /// Whose they are.
        owner: Address,
    } "a key of the validator is registered by {owner}"
    /// Nothing is no sum.
    106 Nothing "the transaction would change nothing"
    /// Too little stays at stake.
    107 Minimum {
        /// What must be at stake, unless it is nothing.
        expected: Amount,
        /// What would be.
        got: Amount,
    } "a validator has at least {expected} at stake, this one would have {got}"
    /// The money is not there.
    108 Funds {
        /// What is to be put at stake.
        amount: Amount,
        /// What the sender has beside the fee.
        funds: Amount,
    } "the amount {amount} is above the sender's funds {funds} beside the fee"
    /// More is taken back than is there.
    109 Bonded {
        /// What is at stake and not leaving.
        bonded: Amount,
        /// What is asked for.
        amount: Amount,
    } "{amount} is asked for, {bonded} can be taken back"
    /// Too many sums leave.
    110 Leaving {
        /// Most of them.
        max: usize,
    } "{max} sums are leaving; fetch what is free first"
    /// Nothing is free yet.
    111 Locked {
        /// When the first sum is, if one leaves.
        free: Option<Height>,
    } "nothing is free in this block"
    /// No stake has this vote key.
    112 Stranger {
        /// The key.
        vote: VoteKey,
    } "no validator with stake has vote key {vote}"
    /// The proof of possession does not hold. Charged.
    113 FalsePossession "the sender does not show that it has the secret of the vote key"
    /// The votes are not signed, or do not contradict each other. Charged.
    114 FalseEvidence "the two votes convict nobody"
    /// Nobody could be reached under such a key.
    115 NetworkKey "the network key of the validator is not a key of Ed25519"
}

/// The rules of stakes, if there are stakes.
fn rules(state: &State) -> Result<StakeRules, crate::Rejection> {
    Ok(state.stake_rules().copied().ok_or(Rejection::Unstaked)?)
}

/// What the sender has at stake.
fn own(owner: &Address, state: &State) -> Result<Stake, crate::Rejection> {
    rules(state)?;
    Ok(state.stake(owner).cloned().ok_or(Rejection::Unregistered { owner: *owner })?)
}

/// Whether a validator that was convicted is spoken of.
fn innocent(stake: &Stake) -> Result<(), Rejection> {
    match stake.convicted {
        Some(height) => Err(Rejection::Convicted { height }),
        None => Ok(()),
    }
}
