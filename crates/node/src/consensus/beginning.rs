//! Where an engine begins: with what the chain knows.
//!
//! The archives of the library hold every block that the chain has written and not yet forgotten. If they lack the last one, they are new, or
//! belong to another time: the engine then goes on from there, as it goes on from a snapshot, and fetches nothing of before. So a node that has
//! lost the folder of the consensus and kept its ledger asks nobody for what it has.

use super::block::Block;
use super::engine::{Archive, Error};
use super::finalizer;
use super::keys::{self, Digest, finalization};
use super::rejoin::Final;
use super::schemes::Schemes;
use assay_chain::{Chain, Proposal};
use assay_codec::Digest as Hash;
use assay_types::validators::{DESCENDANTS_MAX, Orderer, Succession};
use assay_types::{Blobs, Certified, Finality, Height};
use commonware_consensus::marshal::Start;
use commonware_consensus::types::Height as Number;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_parallel::Sequential;
use commonware_storage::archive::{Archive as _, Identifier};
use std::sync::Arc;

/// What the chain knows when an engine begins.
pub(super) struct Known {
    pub(super) genesis: Hash,
    pub(super) succession: Succession,
    height: Height,
    /// The block with whose state the chain began, unless that was the genesis.
    beginning: Option<Certified>,
    /// The last block that was certified itself, and the whole of it, if that is still there.
    last: Option<(Certified, Option<Proposal>)>,
}

impl Known {
    pub(super) fn of(chain: &mut Chain) -> Self {
        Self {
            genesis: chain.genesis().digest(),
            succession: chain.succession().clone(),
            height: chain.height(),
            beginning: chain.beginning().cloned(),
            last: last(chain),
        }
    }

    /// What verifies the certificates of all epochs so far: what is missing may be of any of them.
    pub(super) fn schemes(&self) -> Result<Schemes, keys::Error> {
        let schemes = Schemes::default();
        let last = self.succession.epoch(self.height);
        for (since, orderer) in self.succession.sets() {
            if let Orderer::Validators(validators) = orderer {
                schemes.put(since, last.max(since), keys::observer(&self.genesis, validators)?);
            }
        }
        Ok(schemes)
    }

    /// Behind which block the engine begins, if it is not the genesis. A block that the archives lack is put there, so that one that is alone need
    /// not ask for it.
    pub(super) async fn floor<E: commonware_storage::Context>(
        &self,
        certificates: &Archive<E, Final>,
        blocks: Archive<E, Arc<Block>>,
    ) -> Result<(Option<Final>, Archive<E, Arc<Block>>), Error> {
        let beginning = match &self.beginning {
            Some(block) => Some(self.finalization(block).ok_or(Error::Beginning)?),
            None => None,
        };
        let Some((last, proposal)) = &self.last else { return Ok((beginning, blocks)) };
        let height = last.header.height.get();
        // A certificate may have been lost in a crash, which is no reason to forget all blocks of before.
        let is_there = certificates.has(Identifier::Index(height)).await?
            || blocks.has(Identifier::Index(height.saturating_sub(1))).await?;
        if is_there {
            return Ok((beginning, blocks));
        }
        let Some(floor) = self.finalization(last) else { return Ok((beginning, blocks)) };
        let blocks = match proposal.clone().map(Block::from) {
            Some(block) => blocks.put_sync(height, block.digest(), &Arc::new(block)).await?,
            None => blocks,
        };
        tracing::info!(height, "the consensus goes on behind the ledger's last block");
        Ok((Some(floor), blocks))
    }

    /// Looks whether the chain has all that the library has handed out. An error: the ledger was lost, or an older one restored. Without this a
    /// node would follow from a block that nobody hands it any more.
    pub(super) fn follows(&self, handed_out: Option<Number>) -> Result<(), finalizer::Error> {
        match handed_out.map(Number::get) {
            Some(got) if self.height.get() < got => {
                Err(finalizer::Error::Gap { height: self.height, got: got.saturating_add(1) })
            }
            _ => Ok(()),
        }
    }

    fn finalization(&self, block: &Certified) -> Option<Final> {
        let epoch = self.succession.epoch(block.header.height);
        finalization(block, self.succession.orderer(epoch).count())
    }
}

/// Finds the last block that was certified itself.
fn last(chain: &Chain) -> Option<(Certified, Option<Proposal>)> {
    let top = chain.height().get();
    let least = top.saturating_sub(u64::try_from(DESCENDANTS_MAX).ok()?).max(1);
    let is_certified = |one: &Certified| match &one.finality {
        Finality::Validators(certificate) => certificate.descendants.is_empty(),
        Finality::Authority(_) => false,
    };
    let certified = |height| chain.certified(Height::new(height)).ok().flatten();
    let found = (least..=top).rev().map_while(certified).find(is_certified)?;
    let proposal = proposal(chain, &found);
    Some((found, proposal))
}

/// Puts a block together as it was proposed. Its blobs may be gone.
fn proposal(chain: &Chain, certified: &Certified) -> Option<Proposal> {
    let block = chain.block(certified.header.height).ok()??;
    let named = block.txs.iter().flat_map(|tx| tx.tx.action.blobs());
    let mut blobs = Blobs::new();
    for id in named {
        blobs.insert(chain.blob(&id).ok()??).ok()?;
    }
    Proposal::new(certified.header, block.txs, blobs).ok()
}

/// Where blocks begin to be put in order: at the genesis, or at a block.
pub(super) async fn start(
    genesis: Hash,
    floor: Option<Final>,
) -> Start<keys::Scheme, Digest, Digested<Block>> {
    match floor {
        Some(floor) => Start::Floor(floor),
        None => Start::Genesis(Digested::compute(Block::Genesis(genesis), &Sequential).await),
    }
}
