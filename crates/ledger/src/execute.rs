//! What every action has in common: a plan made of the state, findings made of the evidence, a change.

use crate::envelope;
use crate::evidence::{Evidence, TableFacts};
use crate::rejection::Rejection;
use crate::state::State;
use assay_types::{Action, Address, Amount, BlobId, Event, FieldDigest};

/// Who asks. Nobody else is ever meant by "the sender".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    /// The account.
    pub(crate) address: Address,
    /// Number of the transaction, from which new names are made.
    pub(crate) nonce: u64,
    /// The fee of the transaction.
    pub(crate) fee: Amount,
    /// What the account can spend on the action: its balance without the fee.
    pub(crate) funds: Amount,
}

/// What the evidence said. It depends on the transaction and its blobs, never on the state, and so
/// remains true while the state moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Nothing was asked.
    Nothing,
    /// The test set is in the blob and opens its commitment.
    Test(TableFacts),
    /// The sealed test set is here. Only its owner can read it.
    Sealed,
    /// Whether the proofs hold.
    Proofs(bool),
    /// The key of the transaction is the preimage of this hash.
    Key(FieldDigest),
}

/// An action as the ledger executes it.
pub(crate) trait Execute {
    /// What the rules have found out on the way, enough to act on.
    type Plan;

    /// Looks at the rules that need the state alone.
    fn plan(&self, sender: &Sender, state: &State) -> Result<Self::Plan, Rejection>;

    /// Asks for the evidence. Only `check` does, and only after `plan` has found no fault.
    fn find(&self, _: &Self::Plan, _: &State, _: &impl Evidence) -> Result<Finding, Rejection> {
        Ok(Finding::Nothing)
    }

    /// Changes the state. `plan` was made of the same state; an error comes before the first change.
    fn act(&self, plan: Self::Plan, found: &Finding, state: &mut State)
    -> Result<Event, Rejection>;
}

/// Does the same with whatever the action is.
macro_rules! each {
    ($action:expr, $name:ident => $body:expr) => {
        match $action {
            Action::Transfer($name) => $body,
            Action::PublishDataset($name) => $body,
            Action::UpdateListing($name) => $body,
            Action::Delist($name) => $body,
            Action::OpenJob($name) => $body,
            Action::Decline($name) => $body,
            Action::CommitModel($name) => $body,
            Action::OpenTest($name) => $body,
            Action::Concede($name) => $body,
            Action::ProveMiss($name) => $body,
            Action::SubmitPass($name) => $body,
            Action::RevealKey($name) => $body,
            Action::Bond($name) => $body,
            Action::Unbond($name) => $body,
            Action::Withdraw($name) => $body,
            Action::Accuse($name) => $body,
        }
    };
}

/// Looks at the rules of `action`, then asks for its evidence.
pub(crate) fn find(
    action: &Action,
    sender: &Sender,
    state: &State,
    evidence: &impl Evidence,
) -> Result<Finding, Rejection> {
    each!(action, action => {
        let plan = action.plan(sender, state)?;
        action.find(&plan, state, evidence)
    })
}

/// Looks at the rules of `action` again and changes the state; an error has changed nothing.
pub(crate) fn act(
    action: &Action,
    sender: &Sender,
    found: &Finding,
    state: &mut State,
) -> Result<Event, Rejection> {
    each!(action, action => {
        let plan = action.plan(sender, state)?;
        action.act(plan, found, state)
    })
}

/// Fails on the first blob that is not here. The first thing that a `find` asks, if it needs blobs.
pub(crate) fn need_blobs(blobs: &[BlobId], evidence: &impl Evidence) -> Result<(), Rejection> {
    match blobs.iter().find(|blob| !evidence.has_blob(blob)) {
        Some(&blob) => Err(envelope::Rejection::Blob { blob }.into()),
        None => Ok(()),
    }
}
