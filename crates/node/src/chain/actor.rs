//! Answers questions, and makes a block at every interval.

use super::mailbox::{Mailbox, Question, Seen, WAITING_MAX};
use assay_chain::{Chain, Error};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Starts the thread; it ends when the last mailbox is dropped, or when no block can be made.
pub fn start(
    chain: Chain,
    interval: Duration,
    clock: fn() -> u64,
) -> (Mailbox, JoinHandle<Result<(), Error>>) {
    let (questions, asked) = sync_channel(WAITING_MAX);
    let (tell, seen) = watch::channel(seen(&chain));
    let actor = Actor { chain, asked, tell, interval, clock };
    (Mailbox { questions, seen }, thread::spawn(move || actor.run()))
}

struct Actor {
    chain: Chain,
    asked: Receiver<Question>,
    tell: watch::Sender<Seen>,
    interval: Duration,
    clock: fn() -> u64,
}

fn seen(chain: &Chain) -> Seen {
    Seen { height: chain.height(), entries: chain.entry_count() }
}

impl Actor {
    fn run(mut self) -> Result<(), Error> {
        let mut due = Instant::now() + self.interval;
        loop {
            match self.asked.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(question) => question(&mut self.chain),
                Err(RecvTimeoutError::Timeout) => {}
                // What was taken is not forgotten.
                Err(RecvTimeoutError::Disconnected) if self.chain.pending() == 0 => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return self.produce(),
            }
            if due <= Instant::now() {
                self.produce()?;
                due = Instant::now() + self.interval;
            }
        }
    }

    fn produce(&mut self) -> Result<(), Error> {
        let start = Instant::now();
        let produced = self.chain.produce((self.clock)()).inspect_err(|error| {
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
        self.tell.send_replace(seen(&self.chain));
        Ok(())
    }
}
