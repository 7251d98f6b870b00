//! Proposes and judges, by asking the chain.
//!
//! The executor of the consensus never executes a block and never verifies a proof: the chain's own thread does the
//! one, the threads of the pool do the other.

use super::Door;
use super::block::Block;
use super::keys::{Digest, PublicKey, Scheme};
use super::proofs;
use assay_chain::{Proposal, Refusal};
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::types::Context;
use commonware_cryptography::Digested;
use commonware_parallel::Sequential;
use commonware_runtime::Clock;
use futures::StreamExt as _;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How far a block's time may be ahead of a validator's clock. One that is further ahead is not voted for before
/// it is that near.
pub const AHEAD_MS: u64 = 500;

/// Time between two looks of an eager proposer.
const LOOK: Duration = Duration::from_millis(4);

/// What a validator does when it is asked.
#[derive(Clone, Debug)]
pub struct Application<D> {
    door: D,
    /// Time from one block to the next.
    interval: Duration,
    is_eager: bool,
}

impl<D: Door> Application<D> {
    /// Asks the chain behind `door`, and proposes a block every `interval`; if `is_eager`, as soon as something waits.
    pub fn new(door: D, interval: Duration, is_eager: bool) -> Self {
        Self { door, interval, is_eager }
    }

    /// Waits before a proposal.
    async fn rest(&self, clock: &impl Clock, time: Duration) {
        if !self.is_eager {
            return clock.sleep(time).await;
        }
        let end = clock.current() + time;
        while clock.current() < end && self.door.ask(|chain| chain.pending()).await == Some(0) {
            clock.sleep(LOOK).await;
        }
    }

    async fn execute(&self, proposal: Arc<Proposal>) -> Result<(), Refusal> {
        proofs::learn(&self.door, &proposal).await;
        match self.door.ask(move |chain| chain.execute(&proposal)).await {
            Some(result) => result,
            // No chain, no verdict.
            None => pending().await,
        }
    }

    /// Executes `block` and what is missing before it, which `before` yields. `Err`: it is invalid for ever.
    async fn bring(
        &self,
        block: Arc<Proposal>,
        mut before: impl Ancestry<Block>,
    ) -> Result<(), Refusal> {
        let mut missing = vec![block];
        while let Some(next) = missing.last().cloned() {
            match self.execute(next).await {
                Ok(()) => drop(missing.pop()),
                Err(Refusal::Parent(parent)) => {
                    let found =
                        before.next().await.and_then(|block| block.inner().proposal().cloned());
                    match found {
                        Some(found) if found.digest() == parent => missing.push(found),
                        // Finality has overtaken it, or this validator cannot find out: no verdict.
                        _ => return pending().await,
                    }
                }
                Err(Refusal::Chain(error)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "no verdict");
                    return pending().await;
                }
                Err(verdict) => return Err(verdict),
            }
        }
        Ok(())
    }
}

/// Milliseconds since 1970.
fn now_ms(clock: &impl Clock) -> u64 {
    let now = clock.current().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

impl<E: Clock, D: Door> commonware_consensus::Application<E> for Application<D> {
    type SigningScheme = Scheme;
    type Context = Context<Digest, PublicKey>;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (clock, _): (E, Self::Context),
        mut ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let parent = ancestry.next().await?.inner().clone();
        let mut before_ms = 0;
        if let Some(proposal) = parent.proposal() {
            before_ms = proposal.header().time_ms;
            self.bring(proposal.clone(), ancestry).await.ok()?;
        }
        // Never longer than one interval, whatever time the parent claims.
        let interval = u64::try_from(self.interval.as_millis()).unwrap_or(u64::MAX);
        let wait = before_ms.saturating_add(interval).saturating_sub(now_ms(&clock)).min(interval);
        self.rest(&clock, Duration::from_millis(wait)).await;
        let (parent, time_ms) = (parent.hash(), now_ms(&clock));
        let proposed = self.door.ask(move |chain| chain.propose(&parent, time_ms)).await?;
        match proposed {
            Ok(proposal) => Some(Digested::compute(Block::from(proposal), &Sequential).await),
            Err(refusal) => {
                tracing::warn!(error = &refusal as &dyn std::error::Error, "nothing is proposed");
                None
            }
        }
    }

    async fn verify(
        &mut self,
        (clock, _): (E, Self::Context),
        mut ancestry: impl Ancestry<Block>,
    ) -> bool {
        let Some(block) = ancestry.next().await else { return pending().await };
        // The beginning is final; nobody can propose it.
        let Some(proposal) = block.inner().proposal().cloned() else { return false };
        let latest = proposal.header().time_ms.saturating_sub(AHEAD_MS);
        let wait = latest.saturating_sub(now_ms(&clock));
        clock.sleep(Duration::from_millis(wait)).await;
        let height = proposal.header().height.get();
        match self.bring(proposal, ancestry).await {
            Ok(()) => true,
            Err(verdict) => {
                let error = &verdict as &dyn std::error::Error;
                tracing::warn!(height, error, "a proposal is refused");
                false
            }
        }
    }
}
