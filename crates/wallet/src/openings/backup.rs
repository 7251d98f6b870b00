//! Seed and openings in one file under a password of its own.

use super::{Name, Openings, Secret, VALUE_BYTES_MAX};
use crate::files::{self, Error as FileError};
use crate::seal::{Cost, Error as SealError, Sealed};
use crate::{Keys, Random};
use assay_codec::{Decode, Encode, Error as CodecError, Reader, put_bytes, put_len};
use std::path::Path;
use zeroize::Zeroizing;

const MAGIC: [u8; 8] = *b"assaybk1";
const FILE_BYTES_MAX: u64 = 1 << 30;
const OPENINGS_MAX: usize = 1 << 20;

/// Why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a backup.
    #[error("not a backup of a wallet")]
    Form(#[source] CodecError),
    /// The backup stays closed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// What a backup gives back.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) keys: Keys,
    openings: Vec<(Name, Secret)>,
}

impl Contents {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Name, &[u8])> {
        self.openings.iter().map(|(name, secret)| (*name, secret.0.as_slice()))
    }
}

/// Writes keys and openings to `path`, in one step.
pub(crate) fn write(
    path: &Path,
    (keys, openings): (&Keys, &Openings),
    password: &str,
    cost: Cost,
    random: Random<'_>,
) -> Result<(), Error> {
    // Room is taken once, so that growing leaves no copies of secrets behind.
    let bytes = openings.iter().map(|(_, value)| 37 + value.len()).sum::<usize>();
    let mut plaintext = Zeroizing::new(Vec::with_capacity(32 + 4 + bytes));
    keys.seed().encode(&mut plaintext);
    put_len(&mut plaintext, openings.iter().count());
    for (name, value) in openings.iter() {
        name.encode(&mut plaintext);
        put_bytes(&mut plaintext, value);
    }
    let sealed = Sealed::seal(&plaintext, &MAGIC, password, cost, random)?;
    let mut out = MAGIC.to_vec();
    sealed.encode(&mut out);
    Ok(files::write(path, &out, random)?)
}

/// Reads what [`write()`] wrote.
pub(crate) fn read(path: &Path, password: &str) -> Result<Contents, Error> {
    let bytes = files::read(path, FILE_BYTES_MAX)?;
    let sealed = parse(&bytes).map_err(Error::Form)?;
    contents(&sealed.open(&MAGIC, password)?).map_err(Error::Form)
}

fn parse(bytes: &[u8]) -> Result<Sealed, CodecError> {
    let mut from = Reader::new(bytes);
    if from.array()? != MAGIC {
        return Err(CodecError::Invalid("a file of another kind"));
    }
    let limit = from.left();
    let sealed = Sealed::decode(&mut from, limit)?;
    from.finish()?;
    Ok(sealed)
}

fn contents(plaintext: &[u8]) -> Result<Contents, CodecError> {
    let mut from = Reader::new(plaintext);
    let seed = Zeroizing::new(from.array()?);
    let count = from.len("openings", OPENINGS_MAX)?;
    let mut openings = Vec::new();
    for _ in 0..count {
        let name = Name::decode(&mut from)?;
        openings.push((name, Secret(Zeroizing::new(from.bytes(VALUE_BYTES_MAX)?))));
    }
    from.finish()?;
    Ok(Contents { keys: Keys::from_seed(&seed), openings })
}
