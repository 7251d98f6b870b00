//! Taking money back from stake. It can still be lost for a while: a validator answers for what it has signed.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 101 | the chain has stakes | [`Rejection::Unstaked`] |
//! | 102 | the sender stands behind a validator | [`Rejection::Unregistered`] |
//! | 103 | it was never convicted | [`Rejection::Convicted`] |
//! | 106 | the sum is above zero | [`Rejection::Nothing`] |
//! | 109 | so much is there | [`Rejection::Bonded`] |
//! | 107 | enough stays, or nothing | [`Rejection::Minimum`] |
//! | 110 | not too many sums leave | [`Rejection::Leaving`] |

use super::{LEAVING_MAX, Leaving, Rejection, Stake, innocent, own, rules};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::Unbond;
use assay_types::{Address, Amount, Event, Height};

/// What is at stake after it, and when the sum is free.
pub(crate) struct Plan {
    owner: Address,
    stake: Stake,
    free: Height,
}

impl Execute for Unbond {
    type Plan = Plan;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Plan, crate::Rejection> {
        let rules = rules(state)?;
        let owner = sender.address;
        let mut stake = own(&owner, state)?;
        innocent(&stake)?;
        let (amount, bonded) = (self.amount, stake.bonded);
        if amount == Amount::ZERO {
            return Err(Rejection::Nothing.into());
        }
        let rest = bonded.checked_sub(amount).ok_or(Rejection::Bonded { bonded, amount })?;
        if rest != Amount::ZERO && rest < rules.stake_min {
            return Err(Rejection::Minimum { expected: rules.stake_min, got: rest }.into());
        }
        if LEAVING_MAX <= stake.leaving.len() {
            return Err(Rejection::Leaving { max: LEAVING_MAX }.into());
        }
        // The saturated height is the end of all heights.
        let free = state.height().checked_add(rules.unbonding_blocks);
        let free = free.unwrap_or(Height::new(u64::MAX));
        stake.bonded = rest;
        stake.leaving.push(Leaving { amount, free });
        Ok(Plan { owner, stake, free })
    }

    fn act(&self, plan: Plan, _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        let Plan { owner, stake, free } = plan;
        state.put_stake(owner, stake);
        Ok(Event::Unbonded { owner, amount: self.amount, free })
    }
}
