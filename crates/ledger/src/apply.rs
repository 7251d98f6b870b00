//! The step from one state to the next.

use crate::check::CheckedTx;
use crate::envelope::{self, Rejection as Envelope};
use crate::execute;
use crate::rejection::Rejection;
use crate::state::State;
use assay_types::{Amount, Event, LogEntry};

/// What a transaction has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The fee that the sender paid.
    pub fee: Amount,
    /// Why nothing but nonce and fee has changed, if so.
    pub failure: Option<Rejection>,
    /// The entries of the log that it made, in order.
    pub entries: Vec<LogEntry>,
}

/// Executes a transaction. An error is inadmissible and has changed nothing; a failure is charged.
pub fn apply(checked: &CheckedTx, state: &mut State) -> Result<Outcome, Rejection> {
    let tx = &checked.signed.tx;
    let sender = envelope::admit(tx, state)?;
    if checked.genesis != state.genesis() {
        return Err(Envelope::Signature { expected: sender.address }.into());
    }
    let burned = state.charge(&sender);
    let done = execute::act(&tx.action, &sender, &checked.found, state);
    let executed = Event::Executed {
        from: sender.address,
        nonce: sender.nonce,
        tx: checked.signed.digest(),
        fee: sender.fee,
        burned,
        failure: done.as_ref().err().map(Rejection::code),
    };
    let mut entries = vec![state.log(executed)];
    let failure = match done {
        Ok(event) => {
            entries.push(state.log(event));
            None
        }
        Err(failure) => Some(failure),
    };
    Ok(Outcome { fee: sender.fee, failure, entries })
}
