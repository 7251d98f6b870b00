//! Hands what is final to the chain, in order, and answers only when it is on the disk.

use super::Door;
use super::block::Block;
use super::keys::{Digest, Scheme, certificate};
use super::proofs;
use assay_chain::Produced;
use assay_types::validators::DESCENDANTS_MAX;
use assay_types::{Certificate, Height};
use commonware_actor::Feedback;
use commonware_consensus::marshal::Update;
use commonware_consensus::marshal::core::Mailbox;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::types::Height as Number;
use commonware_consensus::{Heightable as _, Reporter};
use commonware_cryptography::{Digested, Digestible as _};
use commonware_runtime::Clock;
use commonware_utils::acknowledgement::{Acknowledgement as _, Exact};
use commonware_utils::channel::mpsc;
use std::fmt;
use std::time::Duration;

/// Time between two looks for a certificate that is still on its way.
const RETRY: Duration = Duration::from_millis(50);

/// Takes what is final from the library.
#[derive(Clone, Debug)]
pub struct Inbox(mpsc::UnboundedSender<(Digested<Block>, Exact)>);

/// What is final and not yet written. The library sends no more than it may have unanswered.
pub struct Finalizer<D> {
    door: D,
    marshal: Mailbox<Scheme, Standard<Block>>,
    waiting: mpsc::UnboundedReceiver<(Digested<Block>, Exact)>,
}

/// Why nothing is written any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The chain has failed.
    #[error("a final block cannot be written")]
    Chain(#[from] assay_chain::Error),
    /// Too many blocks in a row were not finalised themselves.
    #[error("block {0} has too many descendants before the first that was certified")]
    Uncertified(Height),
    /// The consensus goes on from where this chain is not.
    #[error(
        "block {got} is next, but the chain ends at {height}: ledger and consensus belong to different times"
    )]
    Gap {
        /// The chain's last block.
        height: Height,
        /// What was handed in.
        got: u64,
    },
}

impl Reporter for Inbox {
    type Activity = Update<Block>;

    fn report(&mut self, update: Update<Block>) -> Feedback {
        match update {
            Update::Tip(..) => Feedback::Ok,
            Update::Block(block, done) => match self.0.send((block, done)) {
                Ok(()) => Feedback::Ok,
                Err(_) => Feedback::Closed,
            },
        }
    }
}

impl<D: fmt::Debug> fmt::Debug for Finalizer<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finalizer").field("door", &self.door).finish_non_exhaustive()
    }
}

impl<D: Door> Finalizer<D> {
    /// Returns the inbox and what empties it.
    pub fn new(door: D, marshal: Mailbox<Scheme, Standard<Block>>) -> (Inbox, Self) {
        let (sender, waiting) = mpsc::unbounded_channel();
        (Inbox(sender), Self { door, marshal, waiting })
    }

    /// Writes one block after the other, until the library or the chain ends.
    pub async fn run(mut self, clock: impl Clock) -> Result<(), Error> {
        while let Some((block, done)) = self.waiting.recv().await {
            if !self.write(&block, &clock).await? {
                return Ok(());
            }
            done.acknowledge();
        }
        Ok(())
    }

    /// Writes a block; `false` if the chain has ended.
    async fn write(&self, block: &Digested<Block>, clock: &impl Clock) -> Result<bool, Error> {
        let Some(proposal) = block.inner().proposal().cloned() else { return Ok(true) };
        let got = proposal.header().height.get();
        let Some(height) = self.door.ask(|chain| chain.height()).await else { return Ok(false) };
        if got <= height.get() {
            // It was written before the library heard of that.
            return Ok(true);
        }
        if height.get().checked_add(1) != Some(got) {
            return Err(Error::Gap { height, got });
        }
        let certificate = self.certificate(block, clock).await?;
        // Who was away executes now what others have voted for.
        proofs::learn(&self.door, &proposal).await;
        let written = self.door.ask(move |chain| chain.finalize(&proposal, certificate)).await;
        let Some(written) = written else { return Ok(false) };
        if let Some(produced) = written? {
            log(&produced);
        }
        Ok(true)
    }

    /// Finds the certificate of a block, or of the first descendant that has one.
    async fn certificate(
        &self,
        block: &Digested<Block>,
        clock: &impl Clock,
    ) -> Result<Certificate, Error> {
        let (mut height, mut digest) = (block.height().get(), block.digest());
        let mut descendants = Vec::new();
        loop {
            if let Some(found) = self.certified(height, digest).await
                && let Some(certificate) = certificate(&found, descendants.clone())
            {
                return Ok(certificate);
            }
            let next = self.marshal.get_block(Number::new(height.saturating_add(1))).await;
            let Some(next) = next.and_then(|next| next.inner().proposal().cloned()) else {
                // A later block is final, but has not arrived.
                clock.sleep(RETRY).await;
                continue;
            };
            if DESCENDANTS_MAX <= descendants.len() {
                return Err(Error::Uncertified(Height::new(block.height().get())));
            }
            descendants.push(*next.header());
            (height, digest) = (height.saturating_add(1), super::block::digest(next.digest()));
        }
    }

    async fn certified(
        &self,
        height: u64,
        digest: Digest,
    ) -> Option<commonware_consensus::simplex::types::Finalization<Scheme, Digest>> {
        let found = self.marshal.get_finalization(Number::new(height)).await?;
        (found.proposal.payload == digest).then_some(found)
    }
}

fn log(produced: &Produced) {
    if produced.results.is_empty() {
        return;
    }
    tracing::info!(
        height = produced.certified.header.height.get(),
        transactions = produced.results.len(),
        entries = produced.entries.len(),
        "block"
    );
}
