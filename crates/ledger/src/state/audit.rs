//! Conservation: nothing is made of nothing, nothing gets lost.

use super::State;
use assay_types::{Amount, JobId};

/// How the state contradicts itself. Never the fault of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Imbalance {
    /// Balances, escrows and what was burned are not the supply.
    #[error("balances, escrows and burned money sum to {got:?}, expected {expected}")]
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
    /// Checks that all money is somewhere, and that every job that holds some has a way out.
    pub fn audit(&self) -> Result<(), Imbalance> {
        for (&id, job) in &self.jobs {
            let is_due = self.due.contains(&(job.deadline, id));
            if job.is_live() != is_due || (!job.is_live() && job.escrow != Amount::ZERO) {
                return Err(Imbalance::Job(id));
            }
        }
        let balances = self.accounts.values().map(|account| account.balance);
        let escrows = self.jobs.values().map(|job| job.escrow);
        let got = balances.chain(escrows).try_fold(self.burned, Amount::checked_add);
        if got == Some(self.supply) {
            Ok(())
        } else {
            Err(Imbalance::Sum { expected: self.supply, got })
        }
    }
}
