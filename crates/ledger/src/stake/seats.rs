//! Who orders the blocks of the next epoch.
//!
//! It is decided in the last block of an epoch, before its transactions. Of those who were never convicted and have enough at
//! stake, the seats go to those with most at stake; of two with the same, to the one with the lower network key. If there is
//! nobody, all stay. They take their seats with the first block of the next epoch, and keep them for all of it, whatever becomes of their stakes.

use super::Stake;
use crate::State;
use assay_types::bounded::List;
use assay_types::stake::StakeRules;
use assay_types::{Address, Event};
use std::cmp::Reverse;

/// Does what is due at the beginning of a block: seats are taken, or given away.
pub(crate) fn turn(state: &mut State) -> Option<Event> {
    let rules = state.stake_rules().copied().filter(StakeRules::has_epochs)?;
    let height = state.height();
    let epoch = rules.epoch(height);
    // The last block of an epoch is never the first one.
    state.seat();
    if rules.last(epoch) != height {
        return None;
    }
    let next = elected(state, &rules);
    if next.is_empty() || next == state.seated() {
        return None;
    }
    let of = |owner: &Address| state.stake(owner).map(|stake| stake.validator(*owner));
    let validators = List::new(next.iter().filter_map(of).collect())?;
    state.elect(next);
    Some(Event::Seated { epoch: epoch.saturating_add(1), validators })
}

/// The accounts behind those who get a seat if it is decided now, in the order of their network keys.
pub(crate) fn elected(state: &State, rules: &StakeRules) -> Vec<Address> {
    let can = |stake: &Stake| stake.convicted.is_none() && rules.stake_min <= stake.bonded;
    let mut all: Vec<_> = state.stakes().filter(|(_, stake)| can(stake)).collect();
    all.sort_by_key(|(_, stake)| (Reverse(stake.bonded), stake.network));
    all.truncate(usize::from(rules.seats));
    all.sort_by_key(|(_, stake)| stake.network);
    all.into_iter().map(|(owner, _)| *owner).collect()
}
