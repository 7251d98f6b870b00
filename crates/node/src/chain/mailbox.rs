//! How the chain is asked.

use assay_chain::Chain;
use assay_types::Height;
use std::future::Future;
use std::sync::mpsc::{SyncSender, TrySendError};
use tokio::sync::{oneshot, watch};

/// Most questions that wait for an answer.
pub(super) const WAITING_MAX: usize = 256;

/// A question.
pub(super) type Question = Box<dyn FnOnce(&mut Chain) + Send>;

/// What everybody may look at without asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The last block.
    pub height: Height,
    /// Number of log entries up to it.
    pub entries: u64,
}

/// Where the chain is asked.
#[derive(Clone, Debug)]
pub struct Mailbox {
    pub(super) questions: SyncSender<Question>,
    pub(super) seen: watch::Receiver<Seen>,
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
        let (tell, told) = oneshot::channel();
        let question = move |chain: &mut Chain| drop(tell.send(question(chain)));
        self.questions.try_send(Box::new(question)).map_err(|error| match error {
            TrySendError::Full(_) => Gone::Busy,
            TrySendError::Disconnected(_) => Gone::Ended,
        })?;
        told.await.map_err(|_| Gone::Ended)
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
