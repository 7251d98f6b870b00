//! Fetching a snapshot, so that it can be interrupted at any time.
//!
//! What has come lies in the folder `snapshot` of the ledger's directory until all of it is there; then the database is
//! made under another name and moved into place. So a directory holds a chain or none, never half of one, and
//! what was fetched before an interruption is checked again and not fetched again.

use super::folder::{Begun, Folder, WrittenPieces};
use super::{Beginning, Unfit};
use crate::error::Error;
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Partial, Piece, State, Wanted};
use assay_types::validators::succession::Foreign;
use assay_types::validators::{Checkpoint, Handovers, Succession};
use assay_types::{BLOB_BYTES_MAX, BlobId, Genesis, Height, Topic};
use std::fmt;
use std::fs;
use std::path::Path;

/// Where what has come lies.
const FOLDER: &str = "snapshot";
/// How often a source may come with another snapshot because the one before is not kept any more.
const BEGINNINGS_MAX: usize = 8;

/// Where a snapshot comes from. Nothing that it says is believed.
pub trait Source {
    /// Why there is no answer.
    type Error: fmt::Debug + fmt::Display;

    /// Returns what the latest snapshot begins with.
    fn beginning(&mut self) -> Result<Beginning, Self::Error>;

    /// Returns changes of validators, from number `first` on: some of them, and none only if there are no more. Later
    /// ones than the snapshot may be among them.
    fn handovers(&mut self, first: u64) -> Result<Handovers, Self::Error>;

    /// Returns the piece of the snapshot of block `height` that comes next; `None` if that one is not kept any
    /// more.
    fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, Self::Error>;

    /// Returns the bytes behind `id`; `None` if they are not there.
    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Why no chain begins with a snapshot. What has come is kept where it is true.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError<E: fmt::Debug + fmt::Display> {
    /// There is a chain already.
    #[error("there is a ledger already")]
    Exists,
    /// The checkpoint is about another chain.
    #[error(transparent)]
    Checkpoint(Foreign),
    /// The source does not answer.
    #[error("the source of the snapshot gives no answer: {0}")]
    Source(E),
    /// The source hands out something else.
    #[error("what the source hands out is not a snapshot of this chain")]
    Unfit(#[source] Unfit),
    /// The source has not all that is needed.
    #[error("the source does not have {0}, which a live job needs")]
    Blob(BlobId),
    /// The source has ever newer snapshots, and none long enough.
    #[error("the source keeps no snapshot long enough to be fetched")]
    Fleeting,
    /// The disk.
    #[error(transparent)]
    Chain(#[from] Error),
}

/// Begins a chain in `dir` with a snapshot from `source`, and returns the block after which it begins.
pub fn restore<S: Source>(
    dir: &Path,
    genesis: &Genesis,
    source: &mut S,
) -> Result<Height, RestoreError<S::Error>> {
    begin(dir, (genesis, &Succession::new(genesis), Height::new(0)), source)
}

/// The same, by somebody who also trusts a checkpoint: no snapshot of before its block is taken, and no other past.
pub fn restore_since<S: Source>(
    dir: &Path,
    genesis: &Genesis,
    checkpoint: &Checkpoint,
    source: &mut S,
) -> Result<Height, RestoreError<S::Error>> {
    let first = Succession::since(genesis, checkpoint).map_err(RestoreError::Checkpoint)?;
    begin(dir, (genesis, &first, checkpoint.height()), source)
}

/// `trusted` is the genesis, the validators as far as they are trusted, and the earliest block that a snapshot may be of.
fn begin<S: Source>(
    dir: &Path,
    trusted: (&Genesis, &Succession, Height),
    source: &mut S,
) -> Result<Height, RestoreError<S::Error>> {
    let (genesis, first, earliest) = trusted;
    fs::create_dir_all(dir).map_err(crate::chain::io("create", dir))?;
    let lock = crate::chain::lock(dir)?;
    if dir.join(crate::chain::DATABASE).exists() {
        return Err(RestoreError::Exists);
    }
    let folder = Folder::new(&dir.join(FOLDER));
    for _ in 0..BEGINNINGS_MAX {
        let Some((beginning, state)) = fetch(&folder, (first, earliest), source)? else {
            // The source has gone on to another one.
            folder.clear()?;
            continue;
        };
        for id in state.held().into_iter().flat_map(|(_, blobs)| blobs) {
            fetch_blob(&folder, &id, source)?;
        }
        super::restore::write(dir, genesis, (&beginning, &state), &folder)?;
        folder.clear()?;
        drop(lock);
        return Ok(beginning.height());
    }
    Err(RestoreError::Fleeting)
}

/// Fetches what is missing of the state; `None` if the source does not keep it any more.
fn fetch<S: Source>(
    folder: &Folder,
    (first, earliest): (&Succession, Height),
    source: &mut S,
) -> Result<Option<(Beginning, State)>, RestoreError<S::Error>> {
    let kept = folder.begun(first)?.filter(|kept| earliest <= kept.beginning.height());
    let Begun { mut partial, beginning, succession } = match kept {
        Some(kept) => kept,
        None => {
            folder.clear()?;
            let beginning = source.beginning().map_err(RestoreError::Source)?;
            let got = beginning.height();
            if got < earliest {
                return Err(RestoreError::Unfit(Unfit::Early { got, earliest }));
            }
            let (succession, handovers) = succeed(first, got, source)?;
            let partial = beginning.check(&succession).map_err(RestoreError::Unfit)?;
            folder.put_handovers(&handovers)?;
            folder.put_beginning(&beginning)?;
            Begun { partial, beginning, succession }
        }
    };
    let mut pieces = folder.pieces();
    take_up(&mut pieces, &mut partial)?;
    while let Some(wanted) = partial.wanted().cloned() {
        let piece = source.piece(beginning.height(), &wanted).map_err(RestoreError::Source)?;
        let Some(piece) = piece else { return Ok(None) };
        let added = partial.add(&piece);
        added.map_err(Unfit::State).map_err(RestoreError::Unfit)?;
        pieces.put(&piece)?;
    }
    let state = partial.finish().map_err(Unfit::State).map_err(RestoreError::Unfit)?;
    if state.tip(&Topic::Validators) != succession.tip() {
        // Another source may have them.
        folder.clear()?;
        return Err(RestoreError::Unfit(Unfit::Missing));
    }
    state.audit().map_err(Error::from)?;
    Ok(Some((beginning, state)))
}

/// Follows the validators from `first`, those of the genesis, to those of the block at `end`.
fn succeed<S: Source>(
    first: &Succession,
    end: Height,
    source: &mut S,
) -> Result<(Succession, Handovers), RestoreError<S::Error>> {
    let (mut succession, mut followed) = (first.clone(), Handovers::default());
    // As long as nothing can have changed, nobody has to be asked.
    while succession.last(0) <= end {
        let index = succession.changes();
        let more = source.handovers(index).map_err(RestoreError::Source)?.0;
        let is_end = more.is_empty();
        for handover in more {
            if end < handover.entry.height {
                return Ok((succession, followed));
            }
            let index = succession.changes();
            let unfit = |source| RestoreError::Unfit(Unfit::Handover { index, source });
            succession.follow(&handover).map_err(unfit)?;
            followed.0.push(handover);
        }
        if is_end {
            break;
        }
    }
    Ok((succession, followed))
}

/// Adds what has come before, up to the first piece that is not whole.
fn take_up(pieces: &mut WrittenPieces<'_>, partial: &mut Partial) -> Result<(), Error> {
    while partial.wanted().is_some() {
        let piece = pieces.next()?.and_then(|bytes| from_bytes::<Piece>(&bytes).ok());
        if piece.is_none_or(|piece| partial.add(&piece).is_err()) {
            pieces.back();
            break;
        }
    }
    Ok(())
}

fn fetch_blob<S: Source>(
    folder: &Folder,
    id: &BlobId,
    source: &mut S,
) -> Result<(), RestoreError<S::Error>> {
    if folder.blob(id)?.is_some() {
        return Ok(());
    }
    let bytes = source.blob(id).map_err(RestoreError::Source)?;
    let is_right = |bytes: &Vec<u8>| bytes.len() <= BLOB_BYTES_MAX && BlobId::of(bytes) == *id;
    let bytes = bytes.filter(is_right).ok_or(RestoreError::Blob(*id))?;
    folder.put_blob(id, &bytes)?;
    Ok(())
}

/// The canonical bytes of a piece, as they lie in a folder.
pub(super) fn encoded(piece: &Piece) -> Vec<u8> {
    to_bytes(piece)
}
