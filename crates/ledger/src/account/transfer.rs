//! Paying somebody.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 11 | sender and receiver differ | [`Rejection::Oneself`] |
//! | 12 | the sender has the money beside the fee | [`Rejection::Funds`] |

use super::Rejection;
use crate::State;
use crate::execute::{Execute, Finding, Sender};
use assay_types::tx::Transfer;
use assay_types::{Address, Event};

impl Execute for Transfer {
    type Plan = Address;

    fn plan(&self, sender: &Sender, _: &State) -> Result<Address, crate::Rejection> {
        if self.to == sender.address {
            return Err(Rejection::Oneself.into());
        }
        if sender.funds < self.amount {
            return Err(Rejection::Funds { amount: self.amount, funds: sender.funds }.into());
        }
        Ok(sender.address)
    }

    fn act(
        &self,
        from: Address,
        _: &Finding,
        state: &mut State,
    ) -> Result<Event, crate::Rejection> {
        state.debit(&from, self.amount);
        state.credit(self.to, self.amount);
        Ok(Event::Transferred { from, to: self.to, amount: self.amount })
    }
}
