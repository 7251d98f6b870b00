//! Convicting a validator by two of its votes. It loses all that is at stake; what was free before stays its own.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 101 | the chain has stakes | [`Rejection::Unstaked`] |
//! | 112 | the vote key is one with stake | [`Rejection::Stranger`] |
//! | 103 | it was not convicted before | [`Rejection::Convicted`] |
//! | 114 | the votes convict it; charged | [`Rejection::FalseEvidence`] |
//!
//! All of S is lost: `⌈S · (10⁶ − reward_ppm)/10⁶⌉` is burned, the rest is the accuser's.

use super::{Rejection, Stake, innocent, rules};
use crate::State;
use crate::evidence::Evidence;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::Accuse;
use assay_types::{Address, Amount, Event, WHOLE_PPM};

/// Who loses what, and who gets a part of it.
pub(crate) struct Plan {
    accuser: Address,
    owner: Address,
    stake: Stake,
    burned: Amount,
    reward: Amount,
}

impl Execute for Accuse {
    type Plan = Plan;

    fn plan(&self, sender: &Sender, state: &State) -> Result<Plan, crate::Rejection> {
        let rules = rules(state)?;
        let vote = self.evidence.guilty;
        let found = state.stakes().find(|(_, stake)| stake.vote == vote);
        let (&owner, stake) = found.ok_or(Rejection::Stranger { vote })?;
        innocent(stake)?;
        let (mut stake, height) = (stake.clone(), state.height());
        let lost = stake.at_stake(height);
        stake.bonded = Amount::ZERO;
        stake.leaving.retain(|leaving| leaving.free <= height);
        stake.convicted = Some(height);
        // No part of the supply is so large that a share of it were not an amount.
        let burned = WHOLE_PPM.checked_sub(rules.reward_ppm);
        let burned = burned.and_then(|ppm| lost.checked_share_up(ppm)).unwrap_or(lost);
        let reward = lost.checked_sub(burned).unwrap_or(Amount::ZERO);
        Ok(Plan { accuser: sender.address, owner, stake, burned, reward })
    }

    fn find(
        &self,
        _: &Plan,
        state: &State,
        evidence: &impl Evidence,
    ) -> Result<Finding, crate::Rejection> {
        Ok(Finding::Proofs(evidence.convicts(&self.evidence, &state.genesis())))
    }

    fn act(
        &self,
        plan: Plan,
        found: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        if *found != Finding::Proofs(true) {
            return Err(Rejection::FalseEvidence.into());
        }
        let Plan { accuser, owner, stake, burned, reward } = plan;
        state.put_stake(owner, stake);
        state.burn(burned);
        state.credit(accuser, reward);
        let evidence = Box::new(self.evidence);
        Ok(Event::Convicted { owner, accuser, burned, reward, evidence })
    }
}
