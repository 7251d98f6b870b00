//! Fetching stake that is free. Who was convicted may fetch what was free before.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 101 | the chain has stakes | [`Rejection::Unstaked`] |
//! | 102 | the sender stands behind a validator | [`Rejection::Unregistered`] |
//! | 111 | something is free | [`Rejection::Locked`] |

use super::{Rejection, Stake, own};
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::stake::StakeRules;
use assay_types::tx::Withdraw;
use assay_types::{Address, Amount, Event};

/// What stays, and what is fetched.
pub(crate) struct Plan {
    owner: Address,
    stake: Stake,
    amount: Amount,
}

impl Execute for Withdraw {
    type Plan = Plan;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Plan, crate::Rejection> {
        let owner = sender.address;
        let mut stake = own(&owner, state)?;
        let (before, height) = (stake.money(), state.height());
        let first = stake.leaving.first().map(|leaving| leaving.free);
        stake.leaving.retain(|leaving| height < leaving.free);
        match before.checked_sub(stake.money()) {
            None | Some(Amount::ZERO) => Err(Rejection::Locked { free: first }.into()),
            Some(amount) => Ok(Plan { owner, stake, amount }),
        }
    }

    fn act(&self, plan: Plan, _: &Finding, state: &mut State) -> Result<Event, crate::Rejection> {
        let Plan { owner, stake, amount } = plan;
        // Nobody answers for nothing. Who was convicted is remembered, and who has a seat keeps its keys.
        let has_epochs = state.stake_rules().is_some_and(StakeRules::has_epochs);
        let is_seated = has_epochs && state.seated().contains(&owner);
        if stake.money() == Amount::ZERO && stake.convicted.is_none() && !is_seated {
            state.remove_stake(&owner);
        } else {
            state.put_stake(owner, stake);
        }
        state.credit(owner, amount);
        Ok(Event::Withdrawn { owner, amount })
    }
}
