//! Hands what is final to the chain, in order, and answers only when it is on the disk.

use super::Door;
use super::block::Block;
use super::keys::{Digest, Scheme, certificate};
use super::proofs;
use super::settings::Kept;
use super::standing::Standing;
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
pub struct Inbox(mpsc::UnboundedSender<Final>);

/// What the library tells.
#[derive(Debug)]
enum Final {
    /// That a block of this height is final somewhere; it may not be here.
    Tip(u64),
    /// The next block.
    Block(Digested<Block>, Exact),
}

/// What is final and not yet written. The library sends no more than it may have unanswered.
pub struct Finalizer<D> {
    door: D,
    marshal: Mailbox<Scheme, Standard<Block>>,
    waiting: mpsc::UnboundedReceiver<Final>,
    kept: Kept,
    /// Is told what is written.
    written: mpsc::UnboundedSender<Height>,
    standing: Standing,
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
        "block {got} is next, but the chain ends at {height}: ledger and consensus belong to different times; restore a newer snapshot, \
         or move the folder of the consensus away"
    )]
    Gap {
        /// The chain's last block.
        height: Height,
        /// What was handed in.
        got: u64,
    },
    /// The others do not keep so many blocks.
    #[error(
        "the chain ends at block {height}, the others are at {tip} and keep their last {kept}: begin again with a snapshot, `assay node restore`"
    )]
    Behind {
        /// The chain's last block.
        height: Height,
        /// A final block.
        tip: u64,
        /// How many they keep.
        kept: u64,
    },
}

impl Reporter for Inbox {
    type Activity = Update<Block>;

    fn report(&mut self, update: Update<Block>) -> Feedback {
        let told = match update {
            Update::Tip(_, height, _) => Final::Tip(height.get()),
            Update::Block(block, done) => Final::Block(block, done),
        };
        match self.0.send(told) {
            Ok(()) => Feedback::Ok,
            Err(_) => Feedback::Closed,
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
    pub fn new(
        door: D,
        marshal: Mailbox<Scheme, Standard<Block>>,
        (kept, written): (Kept, mpsc::UnboundedSender<Height>),
        standing: Standing,
    ) -> (Inbox, Self) {
        let (sender, waiting) = mpsc::unbounded_channel();
        (Inbox(sender), Self { door, marshal, waiting, kept, written, standing })
    }

    /// Writes one block after the other, until the library or the chain ends.
    pub async fn run(mut self, clock: impl Clock) -> Result<(), Error> {
        while let Some(told) = self.waiting.recv().await {
            let goes_on = match told {
                Final::Tip(tip) => self.follows(tip).await?,
                Final::Block(block, done) => {
                    let goes_on = self.write(&block, &clock).await?;
                    if goes_on {
                        // Nobody need listen.
                        let _ = self.written.send(Height::new(block.height().get()));
                        done.acknowledge();
                        self.forget(block.height().get());
                    }
                    goes_on
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Looks whether the others still have what is missing here before `tip`; `false` if the chain has ended.
    async fn follows(&self, tip: u64) -> Result<bool, Error> {
        let Some(height) = self.door.ask(|chain| chain.height()).await else { return Ok(false) };
        self.standing.tip(tip);
        let kept = self.kept.blocks;
        match tip.checked_sub(height.get()) {
            Some(missing) if kept < missing => Err(Error::Behind { height, tip, kept }),
            _ => Ok(true),
        }
    }

    /// Has the library forget what is too long ago. It does so by whole files.
    fn forget(&self, written: u64) {
        if let Some(oldest) = written.checked_sub(self.kept.blocks)
            && written.is_multiple_of(self.kept.section.get())
        {
            self.marshal.prune(Number::new(oldest));
        }
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
