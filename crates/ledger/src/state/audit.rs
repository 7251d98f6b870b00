//! Conservation: nothing is made of nothing, nothing gets lost.

use super::{Account, Due, State, Tip};
use crate::dataset::Listed;
use crate::job::Job;
use crate::map::{Totals, Value};
use crate::stake::Stake;
use assay_types::{Amount, Height, JobId};

/// How the state contradicts itself. Never the fault of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Imbalance {
    /// Balances, escrows, stakes and what was burned are not the supply.
    #[error("balances, escrows, stakes and burned money sum to {got:?}, expected {expected}")]
    Sum {
        /// The supply of the genesis.
        expected: Amount,
        /// The sum, unless it exceeds the largest amount.
        got: Option<Amount>,
    },
    /// A job that has ended still holds money, or a live one is not due.
    #[error("job {0} has ended with money in escrow, or lives without a deadline")]
    Job(JobId),
}

impl State {
    /// Whether the sums that the maps keep agree with [`State::audit`]: all money is there, no job that has ended holds
    /// any, and as many live as are due. Costs what has changed.
    pub(super) fn adds_up(&self) -> bool {
        let jobs = self.jobs.totals();
        let held = self.accounts.totals().and(jobs).and(self.stakes.totals());
        let money = held.and(Totals::money(self.burned)).money;
        money == Some(self.supply) && jobs.faults == 0 && jobs.live == self.due.count()
    }

    /// Checks that all money is somewhere, and that every job that holds some has a way out. Costs as much as
    /// the state is large.
    pub fn audit(&self) -> Result<(), Imbalance> {
        for (&id, job) in self.jobs.iter() {
            let is_due = self.due.contains(&Due { deadline: job.deadline, job: id });
            if job.is_live() != is_due || (!job.is_live() && job.escrow != Amount::ZERO) {
                return Err(Imbalance::Job(id));
            }
        }
        let balances = self.accounts.values().map(|account| account.balance);
        let escrows = self.jobs.values().map(|job| job.escrow);
        let stakes = self.stakes().map(|(_, stake)| stake.money());
        let got = balances.chain(escrows).chain(stakes).try_fold(self.burned, Amount::checked_add);
        if got == Some(self.supply) {
            Ok(())
        } else {
            Err(Imbalance::Sum { expected: self.supply, got })
        }
    }
}

impl Value for Account {
    fn totals(&self) -> Totals {
        Totals::money(self.balance)
    }
}

impl Value for Job {
    fn totals(&self) -> Totals {
        let is_live = self.is_live();
        let holds = !is_live && self.escrow != Amount::ZERO;
        Totals { live: is_live.into(), faults: holds.into(), ..Totals::money(self.escrow) }
    }
}

impl Value for Stake {
    fn totals(&self) -> Totals {
        Totals::money(self.money())
    }
}

impl Value for Listed {}
impl Value for Tip {}
impl Value for Height {}
impl Value for () {}
