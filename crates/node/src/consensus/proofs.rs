//! The proofs of a block are verified before the chain executes it, beside the chain's thread and all at once.

use super::Door;
use assay_chain::Proposal;
use std::sync::Arc;

/// Has the chain know what it will be asked about the proofs of a proposal. What fails here is found again by
/// executing the proposal: this changes how long that takes, and nothing else.
pub async fn learn(door: &impl Door, proposal: &Arc<Proposal>) {
    if proposal.txs().iter().all(|signed| signed.tx.action.proofs() == 0) {
        return;
    }
    let asked = proposal.clone();
    let unverified = door.ask(move |chain| chain.unverified_in(&asked)).await;
    let Some(Ok(unverified)) = unverified else { return };
    if unverified.is_empty() {
        return;
    }
    let answers = door.verify(unverified).await;
    let _ = door.ask(move |chain| chain.learn(answers)).await;
}
