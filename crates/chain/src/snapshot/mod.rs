//! Snapshots: the state after a final block, for those who do not execute the blocks before it.
//!
//! A snapshot is a [`Beginning`] (a final header, and what its state root is made of), the
//! [handovers](assay_types::validators::Handover) before it, the state's entries in
//! [pieces](assay_ledger::Piece), and the [blobs](assay_ledger::State::held) that its live jobs need. Nobody has to be believed who hands
//! one out: the header is certified, every piece is checked against it when it comes, and blobs are named by their hash.
//!
//! A chain keeps a few of its states in memory to hand them out; they share what has not changed. [`restore`] begins a chain
//! with one. What happened before is not there: [`Error::NotKept`](crate::Error::NotKept).

mod fetch;
mod folder;
mod restore;

pub use fetch::{RestoreError, Source, restore, restore_since};
pub use folder::{Folder, write};

use crate::chain::Chain;
use assay_codec::{Decode, Encode, Reader, put_bytes};
use assay_ledger::{Partial, Piece, PieceRejection, State, Wanted};
use assay_types::header;
use assay_types::state::Roots;
use assay_types::validators::{Succession, succession};
use assay_types::{Certified, Finality, Height};
use std::collections::VecDeque;

/// A state is kept every so many blocks.
pub const SNAPSHOT_BLOCKS: u64 = 256;
/// How many of them are kept. Whoever fetches one has the time of all but one.
const SNAPSHOTS: usize = 4;
/// Most bytes of the scalars: the addresses of 128 validators, and the parameters.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// What a snapshot begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The block after which the state is.
    pub certified: Certified,
    /// The encoding of the state's scalars.
    pub head: Vec<u8>,
    /// What its root is made of.
    pub roots: Roots,
}

impl Encode for Beginning {
    fn encode(&self, out: &mut Vec<u8>) {
        self.certified.encode(out);
        put_bytes(out, &self.head);
        self.roots.encode(out);
    }
}

impl Decode for Beginning {
    fn decode(from: &mut Reader<'_>) -> Result<Self, assay_codec::Error> {
        Ok(Self {
            certified: Certified::decode(from)?,
            head: from.bytes(HEAD_BYTES_MAX)?,
            roots: Roots::decode(from)?,
        })
    }
}

/// Why a snapshot is none of this chain; the first rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Before all: the validators have changed in this way.
    #[error("handover {index} does not hold")]
    Handover {
        /// Its number, from 0.
        index: u64,
        /// Why.
        source: succession::Rejection,
    },
    /// Before all: it is of no block before the checkpoint, if one is trusted.
    #[error("it is of block {got}, before block {earliest} of the checkpoint")]
    Early {
        /// Its block.
        got: Height,
        /// The checkpoint's.
        earliest: Height,
    },
    /// After all: the state knows of no more changes of validators.
    #[error("not all changes of validators are there")]
    Missing,
    /// Rule 1: the header is final.
    #[error("the header is not final")]
    Header(#[source] header::Rejection),
    /// Rule 2: the block was certified itself, rather than one that descends from it: validators go on from it.
    #[error("block {0} was not certified itself")]
    Indirect(Height),
    /// Rule 3: scalars, roots and pieces are those of the header's state.
    #[error("the state is not that of the header")]
    State(#[source] PieceRejection),
}

impl Beginning {
    /// Checks it, and returns what pieces are added to. `succession` must know the validators of its block.
    pub fn check(&self, succession: &Succession) -> Result<Partial, Unfit> {
        let Self { certified, head, roots } = self;
        succession.verify(certified).map_err(Unfit::Header)?;
        if !is_direct(certified) {
            return Err(Unfit::Indirect(certified.header.height));
        }
        Partial::begin(&certified.header.state_root, head, *roots).map_err(Unfit::State)
    }

    /// The block after which the state is.
    pub fn height(&self) -> Height {
        self.certified.header.height
    }
}

/// The states that are handed out, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(VecDeque<Snapshot>);

#[derive(Debug)]
struct Snapshot {
    certified: Certified,
    state: State,
}

impl Snapshots {
    /// Keeps a state, and lets go of the oldest one.
    pub(crate) fn keep(&mut self, certified: Certified, state: State) {
        if !is_direct(&certified) {
            return;
        }
        if SNAPSHOTS <= self.0.len() {
            self.0.pop_front();
        }
        self.0.push_back(Snapshot { certified, state });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a block was certified itself.
fn is_direct(certified: &Certified) -> bool {
    match &certified.finality {
        Finality::Authority(_) => true,
        Finality::Validators(certificate) => certificate.descendants.is_empty(),
    }
}

impl Chain {
    /// What the latest snapshot begins with; `None` if there is none yet.
    pub fn snapshot(&self) -> Option<Beginning> {
        let Snapshot { certified, state } = self.snapshots.0.back()?;
        let (head, roots) = (state.head(), state.roots());
        Some(Beginning { certified: certified.clone(), head, roots })
    }

    /// The entries of the snapshot of block `height` that come next; `None` if it is not kept any more, or nothing
    /// comes next.
    pub fn piece(&self, height: Height, wanted: &Wanted) -> Option<Piece> {
        let mut kept = self.snapshots.0.iter();
        let snapshot = kept.find(|one| one.certified.header.height == height)?;
        snapshot.state.piece(wanted).ok().flatten()
    }

    /// Keeps the state after the last block, to hand it out, every so many blocks and when there is none.
    pub(crate) fn keep_snapshot(&mut self) {
        let Some(last) = &self.last else { return };
        let is_due = last.header.height.get().checked_rem(self.snapshot_blocks) == Some(0);
        if is_due || self.snapshots.is_empty() {
            self.snapshots.keep(last.clone(), self.tip.state.clone());
        }
    }
}
