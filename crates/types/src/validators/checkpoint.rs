//! What somebody who was there says of a chain, for those who come later.
//!
//! The certificates of a set of validators hold for ever, also when all of it has left and has nothing at stake any more. So whoever
//! gets hold of old keys can make up another past, with other successors, and whoever knows the genesis alone cannot tell. A
//! checkpoint names one final block, and every change of validators up to its epoch by the running hash of the log about
//! them. Whoever trusts it follows no others, and takes no other block of that height for final:
//!
//! 1. the change with number i is the i-th of the checkpoint, if it has one, and there are no more up to its epoch;
//! 2. no header is final before all changes up to its epoch that the checkpoint knows are known;
//! 3. the block of the checkpoint's height is the checkpoint's, and the next one is its child.
//!
//! What it does not stop: those who were in office in an epoch of before can still certify another block of that epoch.

use super::{HANDOVERS_MAX, Succession};
use crate::Height;
use crate::header::{Certified, Finality, Header};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq};

/// A change of validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first epoch of those who follow.
    pub epoch: u64,
    /// The running hash of the log about validators, with the entry that says so.
    pub tip: Digest,
}

assay_codec::record!(Change { epoch, tip });

/// A final block, and the changes of validators up to its epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    genesis: Digest,
    height: Height,
    block: Digest,
    /// Epochs rise, and are above zero.
    changes: Vec<Change>,
}

/// Rules of [`Checkpoint::new`].
const RISING: &str = "the epochs of a checkpoint rise, from one on";
const MANY: &str = "a checkpoint has at most 65536 changes of validators";

impl Checkpoint {
    /// Checks and keeps a checkpoint: epochs rise and are above zero, and there are at most [`HANDOVERS_MAX`].
    pub fn new(
        genesis: Digest,
        height: Height,
        block: Digest,
        changes: Vec<Change>,
    ) -> Result<Self, &'static str> {
        let epochs = || changes.iter().map(|change| change.epoch);
        if changes.len() > HANDOVERS_MAX {
            return Err(MANY);
        }
        if epochs().next() == Some(0) || !epochs().is_sorted_by(|a, b| a < b) {
            return Err(RISING);
        }
        Ok(Self { genesis, height, block, changes })
    }

    /// The chain, by the digest of its genesis.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// The height of the block.
    pub fn height(&self) -> Height {
        self.height
    }

    /// The digest of the block's header.
    pub fn block(&self) -> Digest {
        self.block
    }

    /// The changes of validators up to the epoch of the block, in their order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What two people compare by telephone: a digest of all of it.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/checkpoint/1", self)
    }

    /// Rule 3: whether a header is the block, or its child, or neither of both can be.
    fn allows(&self, header: &Header) -> bool {
        let is_child = self.height.get().checked_add(1) == Some(header.height.get());
        (header.height != self.height || header.digest() == self.block)
            && (!is_child || header.parent == self.block)
    }

    /// Rule 3, for a header and those that make it final.
    pub(super) fn allows_all(&self, certified: &Certified) -> bool {
        let descendants = match &certified.finality {
            Finality::Validators(certificate) => certificate.descendants.as_slice(),
            Finality::Authority(_) => &[],
        };
        self.allows(&certified.header) && descendants.iter().all(|header| self.allows(header))
    }

    /// Rule 1: whether the change with this number may be this one; `last` is the epoch of the block.
    pub(super) fn expects(&self, index: u64, change: &Change, last: u64) -> bool {
        let known = usize::try_from(index).ok().and_then(|index| self.changes.get(index));
        known.map_or(last < change.epoch, |known| known == change)
    }

    /// Rule 2: how many changes have to be known for a header of an epoch.
    pub(super) fn needed(&self, epoch: u64) -> u64 {
        let needed = self.changes.iter().take_while(|change| change.epoch <= epoch).count();
        u64::try_from(needed).unwrap_or(u64::MAX)
    }
}

impl Succession {
    /// Makes a checkpoint of a block that was found to be final, and of the changes that were followed.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST have verified the header ([`Self::verify`]), and SHOULD have compared [`Self::tip`] with the state behind it: nothing
    /// here can tell whether a change is missing.
    pub fn checkpoint(&self, header: &Header) -> Result<Checkpoint, &'static str> {
        let epoch = self.epoch(header.height);
        let changes = self.changed().take_while(|change| change.epoch <= epoch).collect();
        Checkpoint::new(self.genesis(), header.height, header.digest(), changes)
    }
}

impl Encode for Checkpoint {
    fn encode(&self, out: &mut Vec<u8>) {
        self.genesis.encode(out);
        self.height.encode(out);
        self.block.encode(out);
        put_seq(out, &self.changes);
    }
}

impl Decode for Checkpoint {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (genesis, height, block) =
            (Decode::decode(from)?, Decode::decode(from)?, Decode::decode(from)?);
        let changes = from.seq(HANDOVERS_MAX)?;
        Self::new(genesis, height, block, changes).map_err(Error::Invalid)
    }
}
