//! Accuses who has voted twice, from an account of the operator.
//!
//! The account pays the fee and gets the reward. One that cannot pay is no fault of the node: the evidence stays
//! where everybody can fetch it, and another node may accuse.

use super::Door;
use super::faults::Faults;
use super::gossip::Gossip;
use assay_api::Submission;
use assay_chain::Chain;
use assay_ledger::fee;
use assay_types::tx::Accuse;
use assay_types::validators::VoteKey;
use assay_types::{Action, Address, Blobs, DoubleVote, Height, Signature, SignedTx, Tx};
use commonware_runtime::Clock;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Time between two looks for evidence, and for what became of it.
const LOOK: Duration = Duration::from_secs(1);
/// How long an accusation may wait for a block, in blocks.
const VALID_BLOCKS: u64 = 64;

/// Signs a digest.
pub type Sign = Arc<dyn Fn(&[u8; 32]) -> Signature + Send + Sync>;

/// An account that signs for its node.
#[derive(Clone)]
pub struct Account {
    /// The account.
    pub address: Address,
    /// Its wallet.
    pub sign: Sign,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("address", &self.address).finish_non_exhaustive()
    }
}

/// What is to be done about a piece of evidence.
enum Due {
    /// Nothing, now and later.
    Nothing,
    /// Waiting.
    Later,
    /// The account cannot pay.
    Money,
    /// Handing this in, which may wait until the height.
    Submit(Box<SignedTx>, Height),
}

/// Accuses whoever `faults` convict, until the chain ends. `gossip` tells the others.
pub async fn run(
    clock: impl Clock,
    account: Account,
    faults: Faults,
    door: impl Door,
    gossip: Gossip,
) {
    let (mut done, mut told) = (BTreeSet::<VoteKey>::new(), BTreeSet::<VoteKey>::new());
    // How long what was handed in may wait.
    let mut sent = BTreeMap::<VoteKey, Height>::new();
    loop {
        for evidence in faults.evidence() {
            let guilty = evidence.guilty;
            if done.contains(&guilty) {
                continue;
            }
            let (account, waits) = (account.clone(), sent.get(&guilty).copied());
            let asked = door.ask(move |chain| due(chain, &account, evidence, waits)).await;
            let Some(due) = asked else { return };
            match due {
                Due::Nothing => drop(done.insert(guilty)),
                Due::Later => {}
                Due::Money => tell(&mut told, guilty, "the operator's account cannot pay"),
                Due::Submit(tx, until) => {
                    let submission = Submission { tx: *tx, blobs: Blobs::new() };
                    if door.submit(submission.clone()).await {
                        tracing::warn!(%guilty, "a validator is accused");
                        sent.insert(guilty, until);
                        gossip.send(&submission);
                    } else {
                        tell(&mut told, guilty, "the accusation is not taken");
                    }
                }
            }
        }
        clock.sleep(LOOK).await;
    }
}

/// Says once why somebody goes unaccused.
fn tell(told: &mut BTreeSet<VoteKey>, guilty: VoteKey, why: &str) {
    if told.insert(guilty) {
        tracing::warn!(%guilty, why, "a validator that voted twice is not accused from here");
    }
}

/// Looks what is to be done about `evidence`; what was handed in may wait until the height `waits`.
fn due(chain: &Chain, account: &Account, evidence: DoubleVote, waits: Option<Height>) -> Due {
    let (state, genesis) = (chain.state(), chain.genesis());
    let stake = state.stakes().map(|(_, stake)| stake).find(|stake| stake.vote == evidence.guilty);
    if stake.is_none_or(|stake| stake.convicted.is_some()) {
        return Due::Nothing;
    }
    if waits.is_some_and(|until| state.height() <= until) {
        return Due::Later;
    }
    let action = Action::from(Accuse { evidence });
    let max_fee = fee(genesis.parameters(), &action);
    let own = state.account(&account.address);
    if own.balance < max_fee {
        return Due::Money;
    }
    let valid_until = state.height().checked_add(VALID_BLOCKS).unwrap_or(Height::new(u64::MAX));
    let (chain, from, nonce) = (genesis.chain(), account.address, own.nonce);
    let tx = Tx { chain, from, nonce, valid_until, max_fee, action };
    let signature = (account.sign)(&tx.signing_digest(&genesis.digest()));
    Due::Submit(Box::new(SignedTx { tx, signature }), valid_until)
}
