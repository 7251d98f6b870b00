//! Answers questions, and makes a block at every interval where one authority does.

use super::desk::Desk;
use super::lanes::{Lanes, Next};
use super::mailbox::{Mailbox, Open, Seen};
use crate::pool::Pool;
use assay_chain::{Chain, Error};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Who makes the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// This thread.
    Every {
        /// Time between two blocks.
        interval: Duration,
        /// Or as soon as something waits.
        is_eager: bool,
    },
    /// The consensus, by its questions.
    Consensus,
}

/// Starts the thread; it ends when the last mailbox is dropped, or when no block can be made. Proofs are verified by
/// the threads of `pool`.
pub fn start(
    chain: Chain,
    pool: Pool,
    pace: Pace,
    clock: fn() -> u64,
) -> (Mailbox, JoinHandle<Result<(), Error>>) {
    let (lanes, pool) = (Arc::new(Lanes::default()), Arc::new(pool));
    let (tell, seen) = watch::channel(seen(&chain));
    let desk = Desk::new(chain, pool.clone(), lanes.clone());
    let actor = Actor { desk, lanes: lanes.clone(), tell, pace, clock };
    (Mailbox { open: Arc::new(Open(lanes)), pool, seen }, thread::spawn(move || actor.run()))
}

struct Actor {
    desk: Desk,
    lanes: Arc<Lanes>,
    tell: watch::Sender<Seen>,
    pace: Pace,
    clock: fn() -> u64,
}

impl Drop for Actor {
    fn drop(&mut self) {
        // Whoever waits for an answer hears that none will come.
        self.lanes.abandon();
    }
}

fn seen(chain: &Chain) -> Seen {
    Seen { height: chain.height(), entries: chain.entry_count() }
}

impl Actor {
    fn run(mut self) -> Result<(), Error> {
        let mut due = self.due();
        loop {
            match self.lanes.pop(due) {
                Next::Question(question) => question(&mut self.desk),
                Next::Nothing => {}
                // What was taken is not forgotten, where this thread makes the blocks.
                Next::End if due.is_none() || self.desk.chain.pending() == 0 => return Ok(()),
                Next::End => return self.produce(),
            }
            if due.is_some_and(|due| due <= Instant::now()) || self.hurries() {
                self.produce()?;
                due = self.due();
            }
            self.tell();
        }
    }

    fn due(&self) -> Option<Instant> {
        match self.pace {
            Pace::Every { interval, .. } => Some(Instant::now() + interval),
            Pace::Consensus => None,
        }
    }

    fn hurries(&self) -> bool {
        matches!(self.pace, Pace::Every { is_eager: true, .. }) && 0 < self.desk.chain.pending()
    }

    /// Tells everybody of a new block.
    fn tell(&self) {
        let new = seen(&self.desk.chain);
        self.tell.send_if_modified(|old| {
            let is_new = *old != new;
            *old = new;
            is_new
        });
    }

    fn produce(&mut self) -> Result<(), Error> {
        let start = Instant::now();
        let produced = self.desk.chain.produce((self.clock)()).inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, "no block can be made");
        })?;
        let header = produced.certified.header;
        if !produced.results.is_empty() {
            tracing::info!(
                height = header.height.get(),
                transactions = produced.results.len(),
                entries = produced.entries.len(),
                ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
                "block"
            );
        }
        self.tell();
        Ok(())
    }
}
