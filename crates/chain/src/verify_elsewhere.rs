//! Proofs that are verified elsewhere: which ones are needed, and what was found.
//!
//! The ledger asks about a proof after everything cheap. So what a transaction or a proposal will ask is found out
//! by letting the ledger ask, with all that is unknown taken for true, in a state that is thrown away. Everything
//! that can be refused without a proof is refused before anybody verifies one.

use crate::chain::Chain;
use crate::error::{Error, SubmitError};
use crate::evidence::{Answer, Collected, Unknown, Verification};
use crate::proposal::Proposal;
use assay_types::{Blobs, SignedTx, recover};
use std::cell::RefCell;

impl Chain {
    /// Returns what [`submit`](Self::submit) would have to verify, and the reason if it would refuse without that.
    /// Nothing has changed, and the transaction is not taken.
    pub fn unverified(
        &mut self,
        signed: &SignedTx,
        blobs: &Blobs,
    ) -> Result<Vec<Verification>, SubmitError> {
        if signed.tx.action.proofs() == 0 {
            return Ok(Vec::new());
        }
        self.admit(signed, blobs)?;
        let ahead = self.take_ahead()?;
        let unknown = Unknown::Collect(RefCell::default());
        let asked = self.ask_with(signed.clone(), self.near(blobs), &ahead, &unknown);
        self.ahead = Some(ahead);
        asked?;
        Ok(collected(unknown).into_values().collect())
    }

    /// Returns what [`execute`](Self::execute) would have to verify, as far as that can be told beforehand: where a
    /// proof is false, what comes after it may be another. There are never more than a proposal may carry.
    pub fn unverified_in(&self, proposal: &Proposal) -> Result<Vec<Verification>, Error> {
        let last = proposal.txs().iter().rposition(|signed| 0 < signed.tx.action.proofs());
        let (Some(last), false) = (last, self.candidates.contains(&proposal.digest())) else {
            return Ok(Vec::new());
        };
        let header = proposal.header();
        let Some(base) = self.base(&header.parent) else { return Ok(Vec::new()) };
        let mut open = base.open(header.time_ms)?;
        let ancestors = self.candidates.blobs(&header.parent);
        let unknown = Unknown::Collect(RefCell::default());
        for signed in proposal.txs().iter().take(last + 1) {
            let sources = [proposal.blobs()].into_iter().chain(ancestors.iter().copied()).collect();
            match self.ask_with(signed.clone(), sources, open.state(), &unknown) {
                Ok(checked) if open.execute(&checked).is_ok() => {}
                Err(SubmitError::Chain(error)) => return Err(error),
                // Who executes the proposal says what that means.
                Ok(_) | Err(_) => break,
            }
        }
        Ok(collected(unknown).into_values().collect())
    }

    /// Keeps what was found about proofs.
    pub fn learn(&mut self, answers: impl IntoIterator<Item = Answer>) {
        answers.into_iter().for_each(|answer| self.answers.learn(answer));
    }

    /// Whether the sender has signed the transaction, for this chain.
    pub fn is_signed(&self, signed: &SignedTx) -> bool {
        let digest = signed.tx.signing_digest(&self.genesis.digest());
        recover(&digest, &signed.signature) == Some(signed.tx.from)
    }

    /// How many proofs were verified since the chain was opened, here or elsewhere; a proof that is asked about
    /// again is not.
    pub fn verifications(&self) -> u64 {
        self.answers.verified()
    }

    /// How many of them were verified when the ledger asked, since nobody had done it before.
    pub fn verifications_in_place(&self) -> u64 {
        self.answers.in_place()
    }
}

fn collected(unknown: Unknown) -> Collected {
    match unknown {
        Unknown::Collect(collected) => collected.into_inner(),
        Unknown::Verify => Collected::new(),
    }
}
