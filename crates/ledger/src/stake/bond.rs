//! Putting money at stake, as a validator that is known or becomes known.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 101 | the chain has stakes | [`Rejection::Unstaked`] |
//! | 102 | the validator is known, or registered by this | [`Rejection::Unregistered`] |
//! | 103 | it was never convicted | [`Rejection::Convicted`] |
//! | 104 | it keeps its keys | [`Rejection::OtherKeys`] |
//! | 105 | both keys are nobody else's | [`Rejection::KeyTaken`] |
//! | 115 | the network key is one | [`Rejection::NetworkKey`] |
//! | 106 | money is added, or the validator has moved | [`Rejection::Nothing`] |
//! | 107 | enough is at stake after it | [`Rejection::Minimum`] |
//! | 108 | the sender has the money beside the fee | [`Rejection::Funds`] |
//! | 113 | of a new vote key, the sender has the secret; charged | [`Rejection::FalsePossession`] |

use super::{Rejection, Stake, innocent, rules};
use crate::State;
use crate::evidence::Evidence;
use crate::execute::{Execute, Finding, Sender};
use assay_types::stake::Registration;
use assay_types::tx::Bond;
use assay_types::validators::is_network_key;
use assay_types::{Address, Amount, Event};

/// What is at stake after it.
pub(crate) struct Plan {
    owner: Address,
    stake: Stake,
}

impl Execute for Bond {
    type Plan = Plan;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Plan, crate::Rejection> {
        let rules = rules(state)?;
        let owner = sender.address;
        let known = state.stake(&owner).cloned();
        let mut stake = match (known, &self.registration) {
            (None, None) => return Err(Rejection::Unregistered { owner }.into()),
            (None, Some(registration)) => registered(registration, state)?,
            (Some(stake), registration) => moved(stake, registration.as_ref())?,
        };
        if self.amount == Amount::ZERO && self.registration.is_none() {
            return Err(Rejection::Nothing.into());
        }
        let sum = stake.bonded.checked_add(self.amount);
        let got = sum.unwrap_or(Amount::new(u128::MAX));
        if got < rules.stake_min {
            return Err(Rejection::Minimum { expected: rules.stake_min, got }.into());
        }
        if sender.funds < self.amount {
            return Err(Rejection::Funds { amount: self.amount, funds: sender.funds }.into());
        }
        stake.bonded = got;
        Ok(Plan { owner, stake })
    }

    fn find(
        &self,
        _: &Plan,
        _: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        let shown = self.registration.as_ref();
        let holds = shown.is_none_or(|one| evidence.possesses(&one.vote, &one.possession));
        Ok(Finding::Proofs(holds))
    }

    fn act(
        &self,
        plan: Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        if *found != Finding::Proofs(true) {
            return Err(Rejection::FalsePossession.into());
        }
        let Plan { owner, stake } = plan;
        state.debit(&owner, self.amount);
        state.put_stake(owner, stake);
        Ok(Event::Bonded { owner, amount: self.amount, registration: self.registration })
    }
}

/// A validator that nobody knew.
fn registered(registration: &Registration, state: &State) -> Result<Stake, Rejection> {
    let &Registration { network, vote, possession, endpoint } = registration;
    let is_same = |stake: &Stake| stake.network == network || stake.vote == vote;
    if let Some((&owner, _)) = state.stakes().find(|(_, stake)| is_same(stake)) {
        return Err(Rejection::KeyTaken { owner });
    }
    if !is_network_key(&network) {
        return Err(Rejection::NetworkKey);
    }
    let (bonded, leaving, convicted) = (Amount::ZERO, Vec::new(), None);
    Ok(Stake { network, vote, possession, endpoint, bonded, leaving, convicted })
}

/// One that is known, where it is now.
fn moved(stake: Stake, registration: Option<&Registration>) -> Result<Stake, Rejection> {
    innocent(&stake)?;
    let Some(registration) = registration else { return Ok(stake) };
    let own = (&stake.network, &stake.vote, &stake.possession);
    if (&registration.network, &registration.vote, &registration.possession) != own {
        return Err(Rejection::OtherKeys);
    }
    Ok(Stake { endpoint: registration.endpoint, ..stake })
}
