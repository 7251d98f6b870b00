//! Files: read within a bound, written whole or not at all, secrets never overwritten.

use crate::{
    failure::{Code, Explain, Failure, Result},
    opening,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

/// Reads a file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| {
        let code = if error.kind() == ErrorKind::NotFound { Code::NotFound } else { Code::Error };
        Failure::new(code, format!("{shown} cannot be opened: {error}"))
    })?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a full file from one that goes on.
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.context(format!("{shown} cannot be read"))?;
    if limit < bytes.len() as u64 {
        return Err(Failure::new(Code::Error, format!("{shown} has more than {limit} bytes")));
    }
    Ok(bytes)
}

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever the system lets.
    All,
    /// The owner alone.
    Owner,
}

/// Writes a file in one step: it holds the old bytes or the new ones. Refuses to replace a secret.
pub(crate) fn write(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    refuse_secret(path)?;
    if fs::metadata(path).is_ok_and(|existing| !existing.is_file()) {
        // A pipe or a terminal: there is nothing to be replaced.
        let written =
            OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(bytes));
        return written.context(format!("{} cannot be written", path.display()));
    }
    let temporary = beside(path);
    let written = create(&temporary, bytes, readers).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The error that counts is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written.context(format!("{} cannot be written", path.display()))
}

/// Writes a file in one step from pieces, which `next` gives by index until there are no more.
pub(crate) fn write_pieces(
    path: &Path,
    readers: Readers,
    mut next: impl FnMut(usize) -> Result<Option<Vec<u8>>>,
) -> Result<()> {
    refuse_secret(path)?;
    let temporary = beside(path);
    let mut written = || -> Result<()> {
        create(&temporary, &[], readers)?;
        let mut file = OpenOptions::new().append(true).open(&temporary)?;
        let mut index = 0;
        while let Some(piece) = next(index)? {
            file.write_all(&piece)?;
            index += 1;
        }
        file.sync_all()?;
        Ok(fs::rename(&temporary, path)?)
    };
    let written = written();
    if written.is_err() {
        // The error that counts is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written.context(format!("{} cannot be written", path.display()))
}

/// Writes a secret for its owner alone; fails if anything is there already.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    create(path, bytes, Readers::Owner).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => Failure::new(Code::Error, format!("{} cannot be written: {error}", path.display())),
    })
}

/// Fails if a secret could not be written here because something is there already.
pub(crate) fn refuse_existing(path: &Path) -> Result<()> {
    if path.exists() { Err(exists(path)) } else { Ok(()) }
}

fn exists(path: &Path) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("{} exists, and secrets are never overwritten", path.display()),
    )
    .hint("choose another name, or move the file to a safe place")
}

/// Fails if an opening would be replaced.
pub(crate) fn refuse_secret(path: &Path) -> Result<()> {
    let mut start = [0; opening::MAGIC.len()];
    let is_secret = File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == opening::MAGIC;
    if is_secret { Err(exists(path)) } else { Ok(()) }
}

fn create(path: &Path, bytes: &[u8], readers: Readers) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all())
}

/// A name in the same folder, so that the file can be renamed.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}
