//! The folder of the consensus: in which format it is, which is looked at before anything else in it, and why it cannot be used.
//!
//! | in it | what |
//! |---|---|
//! | `format` | [`FORMAT`], written before everything else |
//! | `complete` | that what was signed is here, or behind which block ([`rejoin`](super::rejoin)) |
//! | `journals` | files of the library: votes of the last epochs, final blocks |

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The format of the folder: that of the journals of commonware 2026.10.0, in files of 1,024 blocks. Another one cannot be read.
pub const FORMAT: u16 = 1;
const MARK: &str = "format";
/// What the file says before the number.
const LABEL: &str = "assay/consensus-folder/";
/// What a crash can leave before a name is in place.
const NEW: &str = ".new";

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It was written by another version of this program.
    #[error(
        "{} was written in format {got}, this program reads format {expected}: start the program that wrote it, or move the folder \
         away and start again (a validator then watches before it votes)", dir.display()
    )]
    Format {
        /// The folder.
        dir: PathBuf,
        /// What this program reads.
        expected: u16,
        /// What it is written in.
        got: u16,
    },
    /// Nothing says what is in it: it is of a version that wrote no format, or of something else.
    #[error(
        "{} does not say in which format it is: move the folder away and start again (a validator then watches before it votes)",
        .0.display()
    )]
    Unmarked(PathBuf),
    /// A file of ours cannot be understood.
    #[error("{} is damaged: move its folder away and start again (a validator then watches before it votes)", .0.display())]
    Damaged(PathBuf),
    /// The operating system refused.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// Says which file or folder it was.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }
}

/// Makes a folder, if there is none, and marks it; or looks whether this program can read what lies in it.
pub fn open(dir: &Path) -> Result<(), Error> {
    let mark = dir.join(MARK);
    match fs::read_to_string(&mark) {
        Ok(text) => check(dir, &mark, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(dir).map_err(Error::io(dir))?;
            if !is_empty(dir).map_err(Error::io(dir))? {
                return Err(Error::Unmarked(dir.to_owned()));
            }
            write(&mark, format!("{LABEL}{FORMAT}\n").as_bytes())
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(Error::Damaged(mark)),
        Err(source) => Err(Error::Io { path: mark, source }),
    }
}

fn check(dir: &Path, mark: &Path, text: &str) -> Result<(), Error> {
    let number = text.strip_prefix(LABEL).and_then(|rest| rest.strip_suffix('\n'));
    let Some(got) = number.and_then(|number| number.parse().ok()) else {
        return Err(Error::Damaged(mark.to_owned()));
    };
    if got == FORMAT {
        return Ok(());
    }
    Err(Error::Format { dir: dir.to_owned(), expected: FORMAT, got })
}

/// Whether nothing is in a folder, but for what a crash before the first name has left.
fn is_empty(dir: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        if entry?.file_name() != format!("{MARK}{NEW}").as_str() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes a file, all of it or nothing, so that a crash right after this leaves it there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut new = path.as_os_str().to_owned();
    new.push(NEW);
    let write = || {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    };
    write().map_err(Error::io(path))
}

#[cfg(test)]
mod tests {
    use super::{Error, FORMAT, MARK, open};
    use std::fs;

    #[test]
    fn a_new_folder_is_marked_and_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("consensus");
        open(&folder).unwrap();
        // As a crash before the rename leaves it.
        fs::rename(folder.join(MARK), folder.join("format.new")).unwrap();
        open(&folder).unwrap();
        fs::create_dir(folder.join("journals")).unwrap();
        open(&folder).unwrap();
    }

    #[test]
    fn what_lies_there_without_a_format_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("journals")).unwrap();
        let error = open(dir.path()).unwrap_err();
        assert!(matches!(error, Error::Unmarked(_)));
        assert!(error.to_string().contains(dir.path().to_str().unwrap()), "{error}");
        assert!(!dir.path().join(MARK).exists());
    }

    #[test]
    fn another_format_and_a_damaged_one_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).unwrap();
        let marked = |text: &[u8]| {
            fs::write(dir.path().join(MARK), text).unwrap();
            open(dir.path()).unwrap_err()
        };
        for other in [FORMAT - 1, FORMAT + 1] {
            let error = marked(format!("assay/consensus-folder/{other}\n").as_bytes());
            assert!(matches!(error, Error::Format { got, .. } if got == other), "{error}");
        }
        for damaged in ["", "1", "assay/consensus-folder/1", "assay/consensus-folder/-1\n"] {
            assert!(matches!(marked(damaged.as_bytes()), Error::Damaged(_)), "{damaged:?}");
        }
        assert!(matches!(marked(&[0xff, 0xfe]), Error::Damaged(_)));
    }
}
