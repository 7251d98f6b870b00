//! Who orders the blocks of each epoch.
//!
//! The genesis names those of the first epoch. When others follow, an entry of the log says so in the last block of the epoch before
//! ([`Event::Seated`]), and that block is certified by those who leave. So whoever knows the genesis
//! and has these entries with their certificates, in order, knows the validators of every epoch up to the last of them.
//!
//! Nothing shows that an entry is missing but that the certificates of the next epoch do not hold.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::checkpoint::{Change, Checkpoint};
use super::{Orderer, Validators};
use crate::header::{self, Certified, Finality};
use crate::log::{LogEntry, Topic};
use crate::stake::StakeRules;
use crate::{Event, Genesis, Height, merkle};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq, to_bytes};

/// That other validators follow: an entry of the log, and that it is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The entry.
    pub entry: LogEntry,
    /// The header of its block.
    pub certified: Certified,
    /// The way from the entry to the header's log root.
    pub inclusion: merkle::Proof,
}

assay_codec::record!(Handover { entry, certified, inclusion });

/// Most handovers that are read at once.
pub const HANDOVERS_MAX: usize = 1 << 16;

/// Changes of validators, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handovers(pub Vec<Handover>);

impl Encode for Handovers {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, &self.0);
    }
}

impl Decode for Handovers {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.seq(HANDOVERS_MAX).map(Self)
    }
}

/// Why nobody follows by a handover; the first rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Rule 1: the set changes on this chain.
    #[error("the validators of this chain never change")]
    Fixed,
    /// Rule 2: the entry says who follows, and is the next one that does.
    #[error("the entry is not the next one about validators")]
    Entry,
    /// Rule 3: it stands in the last block of the epoch before, and epochs rise.
    #[error("validators follow in epoch {epoch}, but block {height} is not the last one before it")]
    Place {
        /// The epoch.
        epoch: u64,
        /// The block.
        height: Height,
    },
    /// Rule 4: the block is final, by those who are in office in its epoch.
    #[error("the block of a handover is not final")]
    Header(#[source] header::Rejection),
    /// Rule 5: the entry is in its log.
    #[error("the entry is not in the log of its block")]
    Inclusion(#[source] merkle::Rejection),
    /// Rule 6: those who follow are validators, and no more than there are seats.
    #[error("who follows is no set of validators: {0}")]
    Set(&'static str),
    /// Rule 7: it is the change that the checkpoint knows, or a later one than it knows. Looked at before rule 4.
    #[error("the checkpoint knows another change of validators, or none")]
    Checkpoint,
}

/// A checkpoint of another chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint belongs to genesis {got}, expected {expected}")]
pub struct Foreign {
    /// The chain asked for.
    pub expected: Digest,
    /// The checkpoint's chain.
    pub got: Digest,
}

/// The validators of all epochs so far, or the only ones there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    genesis: Digest,
    /// The rules of stakes, where the set changes.
    rules: Option<StakeRules>,
    first: Orderer,
    /// Changes, their epochs rising, and who orders the blocks from there on.
    later: Vec<(Change, Orderer)>,
    /// What is trusted besides the genesis.
    checkpoint: Option<Checkpoint>,
}

impl Succession {
    /// Begins with those of the genesis.
    pub fn new(genesis: &Genesis) -> Self {
        let rules = genesis.founding().map(|founding| founding.rules);
        Self {
            genesis: genesis.digest(),
            rules: rules.filter(StakeRules::has_epochs),
            first: genesis.orderer().clone(),
            later: Vec::new(),
            checkpoint: None,
        }
    }

    /// Begins with those of the genesis, and follows nobody whom a checkpoint of the same chain does not know.
    pub fn since(genesis: &Genesis, checkpoint: &Checkpoint) -> Result<Self, Foreign> {
        let begun = Self::new(genesis);
        let (expected, got) = (begun.genesis, checkpoint.genesis());
        if expected != got {
            return Err(Foreign { expected, got });
        }
        Ok(Self { checkpoint: Some(checkpoint.clone()), ..begun })
    }

    /// What the chain began with.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// How often the set has changed.
    pub fn changes(&self) -> u64 {
        u64::try_from(self.later.len()).unwrap_or(u64::MAX)
    }

    /// How many entries of the log were about validators so far, and their running hash. Whoever has a state can compare it with that.
    pub fn tip(&self) -> (u64, Digest) {
        let tip = self.later.last().map(|(change, _)| change.tip);
        (self.changes(), tip.unwrap_or_default())
    }

    /// The same as far as blocks up to this height say so: what the state after that block knows, if no change is missing.
    pub fn tip_at(&self, height: Height) -> (u64, Digest) {
        let is_there = |change: &Change| {
            change.epoch.checked_sub(1).is_some_and(|before| self.last(before) <= height)
        };
        let mut tip = (0_u64, Digest::default());
        for change in self.changed().take_while(is_there) {
            tip = (tip.0.saturating_add(1), change.tip);
        }
        tip
    }

    /// The epoch of a block; 0 where the set never changes.
    pub fn epoch(&self, height: Height) -> u64 {
        self.rules.map_or(0, |rules| rules.epoch(height))
    }

    /// Height of the last block of an epoch; the end of all heights where the set never changes.
    pub fn last(&self, epoch: u64) -> Height {
        self.rules.map_or(Height::new(u64::MAX), |rules| rules.last(epoch))
    }

    /// Who orders the blocks of an epoch, as far as is known.
    pub fn orderer(&self, epoch: u64) -> &Orderer {
        let found = self.later.iter().rev().find(|(change, _)| change.epoch <= epoch);
        found.map_or(&self.first, |(_, orderer)| orderer)
    }

    /// The first epoch of each set that is known, and who is in it.
    pub fn sets(&self) -> impl Iterator<Item = (u64, &Orderer)> {
        let later = self.later.iter().map(|(change, orderer)| (change.epoch, orderer));
        std::iter::once((0, &self.first)).chain(later)
    }

    /// The changes so far.
    pub(super) fn changed(&self) -> impl Iterator<Item = Change> {
        self.later.iter().map(|(change, _)| *change)
    }

    /// The validators of an epoch, as far as is known, if there are some.
    pub fn validators(&self, epoch: u64) -> Option<&Validators> {
        match self.orderer(epoch) {
            Orderer::Authority(_) => None,
            Orderer::Validators(validators) => Some(validators),
        }
    }

    /// Checks that a header is final: certified by those who were in office in its epoch, as far as is known, and in it.
    ///
    /// # Closing the protocol
    ///
    /// Whether all handovers before the header are known, nothing here can tell.
    pub fn verify(&self, certified: &Certified) -> Result<(), header::Rejection> {
        let epoch = self.epoch(certified.header.height);
        if let Some(checkpoint) = &self.checkpoint {
            if self.changes() < checkpoint.needed(epoch) {
                return Err(header::Rejection::Missing { known: self.changes() });
            }
            if !checkpoint.allows_all(certified) {
                return Err(header::Rejection::Checkpoint { height: checkpoint.height() });
            }
        }
        if let Finality::Validators(certificate) = &certified.finality
            && let Some(last) = certificate.descendants.last()
            && self.epoch(last.height) != epoch
        {
            let got = self.epoch(last.height);
            return Err(header::Rejection::Epoch { expected: epoch, got });
        }
        certified.verify(&self.genesis, epoch, self.orderer(epoch))
    }

    /// Checks a handover, and goes on with those who follow. Costs two pairings for each validator who is new, and three more.
    ///
    /// A handover that is rejected changes nothing.
    pub fn follow(&mut self, handover: &Handover) -> Result<(), Rejection> {
        let Handover { entry, certified, inclusion } = handover;
        let next = self.next(entry)?;
        if certified.header.height != entry.height {
            return Err(Rejection::Entry);
        }
        self.verify(certified).map_err(Rejection::Header)?;
        merkle::verify(&certified.header.log_root, &to_bytes(entry), inclusion)
            .map_err(Rejection::Inclusion)?;
        self.take(entry, next)
    }

    /// Goes on with those who follow by an entry of a log that the caller has checked.
    pub fn seat(&mut self, entry: &LogEntry) -> Result<(), Rejection> {
        let next = self.next(entry)?;
        self.take(entry, next)
    }

    /// Looks at rules 1 to 3 and 7, and returns the change.
    fn next(&self, entry: &LogEntry) -> Result<Change, Rejection> {
        let rules = self.rules.ok_or(Rejection::Fixed)?;
        let Event::Seated { epoch, .. } = &entry.event else { return Err(Rejection::Entry) };
        let is_next = (entry.sequence, entry.previous) == self.tip();
        if !is_next || entry.topic != Topic::Validators {
            return Err(Rejection::Entry);
        }
        let (epoch, height) = (*epoch, entry.height);
        let is_last = epoch.checked_sub(1).is_some_and(|before| rules.last(before) == height);
        if !is_last || self.later.last().is_some_and(|(known, _)| epoch <= known.epoch) {
            return Err(Rejection::Place { epoch, height });
        }
        let change = Change { epoch, tip: entry.digest() };
        let is_expected = |checkpoint: &Checkpoint| {
            checkpoint.expects(self.changes(), &change, self.epoch(checkpoint.height()))
        };
        if self.checkpoint.as_ref().is_some_and(|checkpoint| !is_expected(checkpoint)) {
            return Err(Rejection::Checkpoint);
        }
        Ok(change)
    }

    /// Looks at rule 6, and takes the set.
    fn take(&mut self, entry: &LogEntry, change: Change) -> Result<(), Rejection> {
        let Event::Seated { validators, .. } = &entry.event else { return Err(Rejection::Entry) };
        if self.rules.is_some_and(|rules| usize::from(rules.seats) < validators.as_slice().len()) {
            return Err(Rejection::Set("there are fewer seats"));
        }
        let list = validators.as_slice().to_vec();
        let set = match self.later.last().map_or(&self.first, |(_, orderer)| orderer) {
            Orderer::Validators(before) => Validators::following(list, before),
            Orderer::Authority(_) => return Err(Rejection::Fixed),
        };
        self.later.push((change, Orderer::Validators(set.map_err(Rejection::Set)?)));
        Ok(())
    }
}
