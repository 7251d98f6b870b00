//! How the chain is asked.

use super::desk::{Desk, Held, Refused};
use super::lanes::{Lane, Lanes};
use crate::consensus::Door;
use crate::pool::{Counts, Pool};
use assay_api::Submission;
use assay_chain::{Answer, Chain, Verification};
use assay_codec::Digest;
use assay_types::Height;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// What everybody may look at without asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The last block.
    pub height: Height,
    /// Number of log entries up to it.
    pub entries: u64,
}

/// Where the chain is asked.
#[derive(Clone)]
pub struct Mailbox {
    pub(super) open: Arc<Open>,
    pub(super) pool: Arc<Pool>,
    pub(super) seen: watch::Receiver<Seen>,
}

/// Closes the lanes when the last mailbox is dropped.
pub(super) struct Open(pub(super) Arc<Lanes>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("seen", &*self.seen.borrow()).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gone {
    /// Too many questions wait.
    #[error("too many questions wait for an answer")]
    Busy,
    /// The chain has ended.
    #[error("the node is stopping")]
    Ended,
}

impl Mailbox {
    /// Asks a question, and waits for the answer.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        self.ask_in(Lane::Ordinary, question).await
    }

    async fn ask_in<T: Send + 'static>(
        &self,
        lane: Lane,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        let (tell, told) = oneshot::channel();
        let question = move |desk: &mut Desk| drop(tell.send(question(&mut desk.chain)));
        self.open.0.push(lane, Box::new(question))?;
        told.await.map_err(|_| Gone::Ended)
    }

    /// Hands a transaction in, before everything that is asked later; what comes back says whether it was taken. It is
    /// taken, or refused, even if nobody waits for that.
    pub fn submit(
        &self,
        submission: Submission,
    ) -> impl Future<Output = Result<Result<Digest, Refused>, Gone>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        let question = move |desk: &mut Desk| desk.take(Held { submission, tell });
        let pushed = self.open.0.push(Lane::Ordinary, Box::new(question));
        async move {
            pushed?;
            told.await.map_err(|_| Gone::Ended)
        }
    }

    /// What the threads that verify proofs have done.
    pub fn verifications(&self) -> Counts {
        self.pool.counts()
    }

    /// Follows the chain.
    pub fn seen(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    /// Is done when the chain has ended.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut seen = self.seen.clone();
        async move { while seen.changed().await.is_ok() {} }
    }
}

impl Door for Mailbox {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Option<T> {
        self.ask_in(Lane::Urgent, question).await.ok()
    }

    fn submit(&self, submission: Submission) -> impl Future<Output = bool> + Send {
        let taken = Self::submit(self, submission);
        async move { matches!(taken.await, Ok(Ok(_))) }
    }

    async fn verify(&self, proofs: Vec<Verification>) -> Vec<Answer> {
        self.pool.verify(proofs).await
    }
}
