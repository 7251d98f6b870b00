//! Threads that verify proofs, so that the thread of the chain does not.
//!
//! The pool finds answers ([`assay_chain::Answer`]) and decides nothing: what it has not answered, the chain verifies
//! itself when the ledger asks. So it may refuse, and its threads may fail.
//!
//! - **Two turns.** Proofs of proposals go before proofs of transactions that were handed in, and one thread takes
//!   no others: a validator does not wait for a crowd.
//! - **One flight.** A proof that several ask about at once is verified once, and all are told.
//! - **Bounds.** So many proofs wait and so many bytes, and then [`Full`]; nothing of what was refused is kept.
//! - **Everybody is told.** A verification that panics has no answer; whoever waits for it is told of the others.

mod queue;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use queue::{Done, Turn};

use assay_chain::{Answer, Verification};
use queue::Queue;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Too many proofs wait, or too many bytes of them. It can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many proofs wait to be verified")]
pub struct Full;

/// How a proof is verified.
pub(crate) type Verify = dyn Fn(&Verification) -> Answer + Send + Sync;

/// The threads; they end when it is dropped, each after what it is verifying.
pub struct Pool(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    verify: Box<Verify>,
    verified: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    micros: AtomicU64,
}

/// What the threads have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Proofs that were verified.
    pub verified: u64,
    /// Verifications that have panicked.
    pub failed: u64,
    /// Times that somebody was told [`Full`].
    pub refused: u64,
    /// Proofs that wait.
    pub waiting: u64,
    /// How long the threads have verified, together.
    pub time: Duration,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Pool {
    /// As many threads as the machine has cores, of which the last takes proofs of proposals alone, if there are
    /// several: what is handed in leaves a core to the chain and the consensus.
    pub fn of_cores() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::start(cores.saturating_sub(1).max(1), 1 < cores, Box::new(Verification::answer))
    }

    /// Starts `threads` threads that take all, and perhaps one that takes what is urgent.
    pub(crate) fn start(threads: usize, has_urgent: bool, verify: Box<Verify>) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            wake: Condvar::new(),
            verify,
            verified: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            micros: AtomicU64::new(0),
        });
        let turns = (0..threads).map(|_| Turn::Ordinary).chain(has_urgent.then_some(Turn::Urgent));
        for (number, turn) in turns.enumerate() {
            let shared = shared.clone();
            let thread = thread::Builder::new().name(format!("verifier-{number}"));
            if let Err(error) = thread.spawn(move || shared.work(turn)) {
                // The chain verifies what nobody else does.
                tracing::error!(error = &error as &dyn std::error::Error, "a thread cannot begin");
            }
        }
        Self(shared)
    }

    /// Has proofs verified, and tells `done` what was found about each, in no order. After a refusal `done` is
    /// dropped, and nothing has changed.
    pub(crate) fn push(
        &self,
        turn: Turn,
        proofs: Vec<Verification>,
        done: Done,
    ) -> Result<(), Full> {
        let told = self.0.lock().push(turn, proofs, done);
        match told {
            Ok(None) => self.0.wake.notify_all(),
            Ok(Some(done)) => done(Vec::new()),
            Err(Full) => {
                self.0.refused.fetch_add(1, Ordering::Relaxed);
                return Err(Full);
            }
        }
        Ok(())
    }

    /// Has proofs verified before all that was handed in. None has an answer if too many wait.
    pub fn verify(
        &self,
        proofs: Vec<Verification>,
    ) -> impl Future<Output = Vec<Answer>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        let done = Box::new(move |answers| drop(tell.send(answers)));
        // After a refusal `done` is gone, and nothing will be told.
        let _ = self.push(Turn::Urgent, proofs, done);
        async move { told.await.unwrap_or_default() }
    }

    /// What the threads have done so far.
    pub fn counts(&self) -> Counts {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            verified: load(&self.0.verified),
            failed: load(&self.0.failed),
            refused: load(&self.0.refused),
            waiting: self.0.lock().waiting() as u64,
            time: Duration::from_micros(load(&self.0.micros)),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().close();
        self.0.wake.notify_all();
    }
}

impl Shared {
    /// Verifies one proof after the other.
    fn work(&self, turn: Turn) {
        while let Some(verification) = self.next(turn) {
            let start = Instant::now();
            let found = catch_unwind(AssertUnwindSafe(|| (self.verify)(&verification)));
            let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.micros.fetch_add(micros, Ordering::Relaxed);
            let counter = if found.is_ok() { &self.verified } else { &self.failed };
            counter.fetch_add(1, Ordering::Relaxed);
            let told = self.lock().land(verification.question(), found.ok());
            for (done, answers) in told {
                done(answers);
            }
        }
    }

    /// Waits for a proof to verify; `None` when nobody can ask any more.
    fn next(&self, turn: Turn) -> Option<Verification> {
        let mut queue = self.lock();
        loop {
            if queue.is_closed() {
                return None;
            }
            if let Some(verification) = queue.pop(turn) {
                return Some(verification);
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing is left halfway while the lock is held, so that a panic elsewhere has spoilt nothing.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
