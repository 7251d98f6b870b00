//! The few ways in which money moves. No sum can overflow: all amounts are parts of the supply.

use super::State;
use crate::execute::Sender;
use assay_types::{Address, Amount};

const FITS: &str = "all amounts together are the supply, which fits in one amount";

impl State {
    /// Takes a transaction's fee, raises the nonce, and returns what of the fee was burned.
    pub(crate) fn charge(&mut self, sender: &Sender) -> Amount {
        let account = self.accounts.get_or_default(&sender.address);
        account.nonce = account.nonce.saturating_add(1);
        self.debit(&sender.address, sender.fee);
        let burned = sender.fee.checked_share_up(self.parameters.fee_burn_ppm).expect(FITS);
        let rest = sender.fee.checked_sub(burned).expect("a share is at most the whole");
        self.burn(burned);
        self.credit(self.payee(), rest);
        burned
    }

    /// Whose turn it is to be paid.
    fn payee(&self) -> Address {
        let count = u64::try_from(self.payees.len()).expect("at most 128");
        let turn = self.height.get().checked_rem(count).expect("somebody is always paid");
        let turn = usize::try_from(turn).expect("below the count");
        *self.payees.get(turn).expect("below the count")
    }

    /// Takes money from an account.
    ///
    /// # Panics
    ///
    /// If there is less: the rules have looked before.
    pub(crate) fn debit(&mut self, from: &Address, amount: Amount) {
        let account = self.accounts.get_or_default(from);
        let rest = account.balance.checked_sub(amount);
        account.balance = rest.expect("the rules compare every debit with the funds");
    }

    /// Gives money to an account.
    pub(crate) fn credit(&mut self, to: Address, amount: Amount) {
        if amount == Amount::ZERO {
            return;
        }
        let account = self.accounts.get_or_default(&to);
        account.balance = account.balance.checked_add(amount).expect(FITS);
    }

    /// Destroys money that was taken before.
    pub(crate) fn burn(&mut self, amount: Amount) {
        self.burned = self.burned.checked_add(amount).expect(FITS);
    }
}
