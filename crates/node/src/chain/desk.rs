//! Taking transactions, whose proofs are verified elsewhere.
//!
//! Everything of the desk happens on the thread of the chain. A transaction with proofs is looked at twice: before
//! its proofs are verified, with everything that is cheap, and after it, when it is taken. In between its sender has
//! no other looked at: those wait in their order, and none of them can have a proof verified with a number or money
//! that the first one uses up. So, as before, every proof that is verified is charged for, unless a block or another
//! party's transaction has overtaken it. Whether the one who has handed in still listens, changes nothing.

use super::lanes::{Lane, Lanes};
use crate::pool::{Full, Pool, Turn};
use assay_api::Submission;
use assay_chain::{Answer, Chain, SubmitError};
use assay_codec::{Digest, to_bytes};
use assay_types::Address;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Most transactions that wait behind others of their senders, and most bytes of them.
const BEHIND_MAX: usize = 64;
const BEHIND_BYTES_MAX: usize = 64 << 20;

/// Why a transaction is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The chain does not take it.
    #[error(transparent)]
    Chain(#[from] SubmitError),
    /// Its proofs cannot be verified now.
    #[error(transparent)]
    Proofs(#[from] Full),
    /// Too many wait for an earlier one of their senders.
    #[error("too many transactions wait for the proofs of earlier ones of their senders")]
    Behind,
}

/// A transaction, and who wants to know what becomes of it.
pub(super) struct Held {
    pub(super) submission: Submission,
    pub(super) tell: oneshot::Sender<Result<Digest, Refused>>,
}

/// Those of one sender: the first has its proofs verified.
struct Line {
    first: Held,
    behind: VecDeque<Held>,
}

/// The chain, and what is not handed in yet.
pub(super) struct Desk {
    pub(super) chain: Chain,
    pool: Arc<Pool>,
    lanes: Arc<Lanes>,
    lines: BTreeMap<Address, Line>,
    behind: usize,
    behind_bytes: usize,
}

impl Held {
    fn bytes(&self) -> usize {
        to_bytes(&self.submission).len()
    }

    fn answer(self, answer: Result<Digest, Refused>) {
        // Perhaps nobody listens any more.
        drop(self.tell.send(answer));
    }
}

impl Desk {
    pub(super) fn new(chain: Chain, pool: Arc<Pool>, lanes: Arc<Lanes>) -> Self {
        Self { chain, pool, lanes, lines: BTreeMap::new(), behind: 0, behind_bytes: 0 }
    }

    /// Takes a transaction, now or when its proofs are verified.
    pub(super) fn take(&mut self, held: Held) {
        if let Some(line) = self.lines.get_mut(&held.submission.tx.tx.from) {
            // Nobody but the sender may stand in a sender's line.
            if self.chain.is_signed(&held.submission.tx) {
                let bytes = held.bytes();
                if BEHIND_MAX <= self.behind || BEHIND_BYTES_MAX < self.behind_bytes + bytes {
                    return held.answer(Err(Refused::Behind));
                }
                self.behind += 1;
                self.behind_bytes += bytes;
                line.behind.push_back(held);
                return;
            }
        }
        self.look(held);
    }

    /// Looks at everything but the proofs, and has these verified.
    fn look(&mut self, held: Held) {
        let Submission { tx, blobs } = &held.submission;
        let proofs = match self.chain.unverified(tx, blobs) {
            Ok(proofs) if proofs.is_empty() => return self.submit(held),
            Ok(proofs) => proofs,
            Err(refusal) => return held.answer(Err(refusal.into())),
        };
        let (from, lanes) = (tx.tx.from, self.lanes.clone());
        let done = move |answers| {
            let question = move |desk: &mut Self| desk.verified(&from, answers);
            // If the chain has ended, nobody takes it any more.
            let _ = lanes.push(Lane::Verified, Box::new(question));
        };
        match self.pool.push(Turn::Ordinary, proofs, Box::new(done)) {
            Ok(()) => drop(self.lines.insert(from, Line { first: held, behind: VecDeque::new() })),
            Err(full) => held.answer(Err(full.into())),
        }
    }

    /// Takes the first of a sender, and looks at those behind it.
    fn verified(&mut self, from: &Address, answers: Vec<Answer>) {
        self.chain.learn(answers);
        let Some(Line { first, mut behind }) = self.lines.remove(from) else { return };
        self.submit(first);
        while let Some(next) = behind.pop_front() {
            self.behind -= 1;
            self.behind_bytes -= next.bytes();
            self.look(next);
            if let Some(line) = self.lines.get_mut(from) {
                line.behind = behind;
                return;
            }
        }
    }

    fn submit(&mut self, held: Held) {
        let Held { submission, tell } = held;
        let taken = self.chain.submit(submission.tx, submission.blobs);
        drop(tell.send(taken.map_err(Refused::Chain)));
    }
}
