//! A snapshot in a folder: a backup, or what has come of one that is being fetched.
//!
//! | file | what it holds |
//! |---|---|
//! | `handovers` | the [`Handovers`] before it; none, if the file is not there |
//! | `beginning` | the [`Beginning`] |
//! | `00000000`, `00000001`, … | the pieces, in their order |
//! | `0x…` | a blob, under its name |
//!
//! Files are written under another name, synced, and moved into place: one that is there is whole.

use super::fetch::{Source, encoded};
use super::{Beginning, Chain};
use crate::chain::io;
use crate::error::Error;
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Partial, Piece, Wanted};
use assay_types::validators::{Handovers, Succession};
use assay_types::{BlobId, Genesis, Height};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const BEGINNING: &str = "beginning";
const HANDOVERS: &str = "handovers";

/// A folder with a snapshot, or with a part of one.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Number of the piece that is read next.
    next: u32,
}

/// Writes the latest snapshot of a chain into a folder, which is made and must not be there, and returns the block
/// after which it is.
pub fn write(chain: &Chain, path: &Path) -> Result<Height, Error> {
    let beginning = chain.snapshot().ok_or(Error::NoSnapshot)?;
    fs::create_dir(path).map_err(io("create", path))?;
    let folder = Folder::new(path);
    let unfit = Error::Corrupt("the snapshot of a chain is none");
    let mut partial = beginning.check(chain.succession()).map_err(|_| unfit)?;
    let mut pieces = folder.pieces();
    while let Some(wanted) = partial.wanted().cloned() {
        let piece = chain.piece(beginning.height(), &wanted).ok_or(Error::NoSnapshot)?;
        let added = partial.add(&piece);
        added.map_err(|_| Error::Corrupt("the snapshot of a chain is none"))?;
        pieces.put(&piece)?;
    }
    let state = partial.finish().map_err(|_| Error::Corrupt("the snapshot of a chain is none"))?;
    for id in state.held().into_iter().flat_map(|(_, blobs)| blobs) {
        let bytes = chain.blob(&id)?.ok_or(Error::Corrupt("the blob of a live job is gone"))?;
        folder.put_blob(&id, &bytes)?;
    }
    folder.put_handovers(&Handovers(chain.handovers_up_to(beginning.height())?))?;
    // Last, so that a folder without it is seen to be a part.
    folder.put_beginning(&beginning)?;
    Ok(beginning.height())
}

/// What has come of a snapshot first.
pub(super) struct Begun {
    pub(super) partial: Partial,
    pub(super) beginning: Beginning,
    /// The validators up to the next block.
    pub(super) succession: Succession,
}

impl Folder {
    /// Names a folder; it need not be there.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), next: 0 }
    }

    /// Whether it holds a snapshot of this chain, as far as its beginning tells.
    pub fn is_of(&self, genesis: &Genesis) -> Result<bool, Error> {
        Ok(self.begun(&Succession::new(genesis))?.is_some())
    }

    /// Returns what has come of a snapshot of this chain, whose validators are `first` at first, if its beginning has come and holds.
    pub(super) fn begun(&self, first: &Succession) -> Result<Option<Begun>, Error> {
        let Some(beginning) = self.beginning()? else { return Ok(None) };
        let mut succession = first.clone();
        let handovers = self.handovers()?.0;
        if handovers.iter().any(|handover| succession.follow(handover).is_err()) {
            return Ok(None);
        }
        let partial = beginning.check(&succession).ok();
        Ok(partial.map(|partial| Begun { partial, beginning, succession }))
    }

    /// Returns how validators changed before it.
    pub(super) fn handovers(&self) -> Result<Handovers, Error> {
        let Some(bytes) = self.read(HANDOVERS)? else { return Ok(Handovers::default()) };
        from_bytes(&bytes).map_err(|_| Error::Corrupt("the handovers of a snapshot are malformed"))
    }

    pub(super) fn put_handovers(&self, handovers: &Handovers) -> Result<(), Error> {
        self.put(HANDOVERS, &to_bytes(handovers))
    }

    /// Returns what the snapshot begins with, if that has come.
    pub(super) fn beginning(&self) -> Result<Option<Beginning>, Error> {
        Ok(self.read(BEGINNING)?.and_then(|bytes| from_bytes(&bytes).ok()))
    }

    pub(super) fn put_beginning(&self, beginning: &Beginning) -> Result<(), Error> {
        self.put(BEGINNING, &to_bytes(beginning))
    }

    pub(super) fn pieces(&self) -> WrittenPieces<'_> {
        WrittenPieces { folder: self, next: 0 }
    }

    /// Returns a blob, if it has come and is the one that its name says.
    pub(super) fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.read(&id.to_string())?.filter(|bytes| BlobId::of(bytes) == *id))
    }

    pub(super) fn put_blob(&self, id: &BlobId, bytes: &[u8]) -> Result<(), Error> {
        self.put(&id.to_string(), bytes)
    }

    /// Removes everything.
    pub(super) fn clear(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(io("remove", &self.path)(error))
            }
            _ => Ok(()),
        }
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io("read", &path)(error)),
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        fs::create_dir_all(&self.path).map_err(io("create", &self.path))?;
        let (path, new) = (self.path.join(name), self.path.join("new"));
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(io("write", &new))?;
        fs::rename(&new, &path).map_err(io("create", &path))
    }
}

/// The pieces of a folder, in their order.
#[derive(Debug)]
pub(super) struct WrittenPieces<'a> {
    folder: &'a Folder,
    next: u32,
}

impl WrittenPieces<'_> {
    /// Returns the bytes of the next piece, if it is there.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let name = name(self.next);
        self.next = self.next.saturating_add(1);
        self.folder.read(&name)
    }

    /// Goes back by one: the piece that was returned last is written anew.
    pub(super) fn back(&mut self) {
        self.next = self.next.saturating_sub(1);
    }

    pub(super) fn put(&mut self, piece: &Piece) -> Result<(), Error> {
        self.folder.put(&name(self.next), &encoded(piece))?;
        self.next = self.next.saturating_add(1);
        Ok(())
    }
}

fn name(number: u32) -> String {
    format!("{number:08}")
}

impl Source for Folder {
    type Error = Error;

    fn beginning(&mut self) -> Result<Beginning, Error> {
        self.next = 0;
        Self::beginning(self)?.ok_or(Error::Corrupt("the folder holds no whole snapshot"))
    }

    fn handovers(&mut self, first: u64) -> Result<Handovers, Error> {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        Ok(Handovers(Self::handovers(self)?.0.into_iter().skip(first).collect()))
    }

    fn piece(&mut self, _: Height, wanted: &Wanted) -> Result<Option<Piece>, Error> {
        loop {
            let bytes = self.read(&name(self.next))?;
            let bytes = bytes.ok_or(Error::Corrupt("a piece of the snapshot is missing"))?;
            self.next = self.next.saturating_add(1);
            let piece = from_bytes::<Piece>(&bytes)
                .map_err(|_| Error::Corrupt("a piece of the snapshot is malformed"))?;
            let first = piece.entries.first().map(|(key, _)| key);
            // What was there before the fetch was interrupted is passed over.
            if piece.kind == wanted.kind && wanted.after.as_ref() < first {
                return Ok(Some(piece));
            }
        }
    }

    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        Self::blob(self, id)
    }
}
