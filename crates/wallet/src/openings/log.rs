//! The file of openings.

use super::{Error, Name, Secret, VALUE_BYTES_MAX};
use crate::files;
use crate::random::{Random, draw};
use assay_codec::{Decode, Digest, Encode, Hasher, Reader, from_bytes, put_bytes, to_bytes};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const MAGIC: [u8; 8] = *b"assayop1";
const FILE_BYTES_MAX: u64 = 1 << 30;
const HEADER_BYTES: usize = 8 + 16;
const HEAD_BYTES: usize = 4 + 24 + 32;
/// Kind, digest, length, tag of the cipher.
const BODY_BYTES_MAX: usize = VALUE_BYTES_MAX + 1 + 32 + 4 + 16;

/// The openings of one wallet, in memory and on the disk.
#[derive(Debug)]
pub struct Openings {
    file: File,
    path: PathBuf,
    key: Secret32,
    /// Hash of everything up to `end`.
    running: Digest,
    end: u64,
    torn_bytes: u64,
    poisoned: bool,
    entries: BTreeMap<Name, Secret>,
}

/// The key of the file, wiped when dropped.
struct Secret32(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl Openings {
    /// Opens the file; creates it if it is not there.
    pub(crate) fn create(
        path: &Path,
        key: Zeroizing<[u8; 32]>,
        random: Random<'_>,
    ) -> Result<Self, Error> {
        if !path.exists() {
            let header = [MAGIC.as_slice(), &draw::<16>(random)].concat();
            files::write(path, &header, random)?;
        }
        Self::open(path, key)
    }

    /// Opens the file and reads all of it.
    pub(crate) fn open(path: &Path, key: Zeroizing<[u8; 32]>) -> Result<Self, Error> {
        let bytes = files::read(path, FILE_BYTES_MAX)?;
        let file = files::private(OpenOptions::new().write(true))
            .open(path)
            .map_err(files::io("open", path))?;
        let (header, frames) = bytes.split_at_checked(HEADER_BYTES).ok_or(Error::Magic)?;
        if !header.starts_with(&MAGIC) {
            return Err(Error::Magic);
        }
        let mut openings = Self {
            file,
            path: path.to_owned(),
            key: Secret32(key),
            running: Digest::of_bytes("assay/openings/header/1", header),
            end: HEADER_BYTES as u64,
            torn_bytes: 0,
            poisoned: false,
            entries: BTreeMap::new(),
        };
        openings.replay(frames)?;
        Ok(openings)
    }

    /// Returns the value of `name`.
    pub fn get(&self, name: &Name) -> Option<&[u8]> {
        self.entries.get(name).map(|secret| secret.0.as_slice())
    }

    /// Returns the value of `name`, decoded.
    pub fn get_as<T: Decode>(&self, name: &Name) -> Result<Option<T>, Error> {
        self.get(name)
            .map(from_bytes)
            .transpose()
            .map_err(|source| Error::Form { name: *name, source })
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &[u8])> {
        self.entries.iter().map(|(name, secret)| (name, secret.0.as_slice()))
    }

    /// How many bytes of an unfinished record were cut off when the file was opened.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Keeps `value` under `name`, durably.
    pub fn put(&mut self, name: Name, value: &[u8], random: Random<'_>) -> Result<(), Error> {
        self.put_all([(name, value)], random)
    }

    /// Keeps the encoding of `value` under `name`, durably.
    pub fn put_as(
        &mut self,
        name: Name,
        value: &impl Encode,
        random: Random<'_>,
    ) -> Result<(), Error> {
        self.put(name, &Zeroizing::new(to_bytes(value)), random)
    }

    /// Keeps all values, durably, or refuses them all if one is in conflict with what is kept.
    pub(crate) fn put_all<'a>(
        &mut self,
        values: impl IntoIterator<Item = (Name, &'a [u8])>,
        random: Random<'_>,
    ) -> Result<(), Error> {
        let mut new: BTreeMap<Name, &[u8]> = BTreeMap::new();
        for (name, value) in values {
            if VALUE_BYTES_MAX < value.len() {
                return Err(Error::TooLong(value.len()));
            }
            match self.get(&name).or_else(|| new.get(&name).copied()) {
                Some(known) if known != value => return Err(Error::Conflict(name)),
                Some(_) => {}
                None => drop(new.insert(name, value)),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut frames = Vec::new();
        let mut running = self.running;
        for (name, value) in &new {
            running = seal(&self.key, running, (name, value), &mut frames, random)?;
        }
        self.append(&frames)?;
        self.running = running;
        self.entries.extend(
            new.into_iter().map(|(name, value)| (name, Secret(Zeroizing::new(value.to_vec())))),
        );
        Ok(())
    }

    fn append(&mut self, frames: &[u8]) -> Result<(), Error> {
        if self.poisoned {
            return Err(Error::Poisoned);
        }
        let end = self.end + frames.len() as u64;
        if FILE_BYTES_MAX < end {
            return Err(Error::Full);
        }
        // What a failed write or sync has left behind is known only to a fresh reader.
        self.poisoned = true;
        self.file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| self.file.write_all(frames))
            .and_then(|()| self.file.sync_all())
            .map_err(files::io("append to", &self.path))?;
        self.poisoned = false;
        self.end = end;
        Ok(())
    }

    fn replay(&mut self, frames: &[u8]) -> Result<(), Error> {
        let mut from = Reader::new(frames);
        let mut record = 0;
        while from.left() > 0 {
            match unseal(&self.key, self.running, &mut from) {
                Frame::Whole { running, bytes, name, value } => {
                    self.running = running;
                    self.end += bytes;
                    self.entries.insert(name, value);
                }
                Frame::Torn => return self.cut_off(from.left()),
                Frame::Damaged => return Err(Error::Damaged { record }),
            }
            record += 1;
        }
        Ok(())
    }

    fn cut_off(&mut self, left: usize) -> Result<(), Error> {
        self.torn_bytes = left as u64;
        let cut = self.file.set_len(self.end).and_then(|()| self.file.sync_all());
        Ok(cut.map_err(files::io("cut the unfinished record off", &self.path))?)
    }
}

enum Frame {
    Whole { running: Digest, bytes: u64, name: Name, value: Secret },
    Torn,
    Damaged,
}

/// Appends one frame to `out` and returns the running hash behind it.
fn seal(
    key: &Secret32,
    running: Digest,
    (name, value): (&Name, &[u8]),
    out: &mut Vec<u8>,
    random: Random<'_>,
) -> Result<Digest, Error> {
    let mut plaintext = Zeroizing::new(Vec::with_capacity(37 + value.len()));
    name.encode(&mut plaintext);
    put_bytes(&mut plaintext, value);
    let nonce = draw::<24>(random);
    let body = XChaCha20Poly1305::new((&*key.0).into())
        .encrypt((&nonce).into(), Payload { msg: &plaintext, aad: &running.0 })
        .map_err(|_| Error::TooLong(value.len()))?;
    let start = out.len();
    u32::try_from(body.len()).map_err(|_| Error::TooLong(value.len()))?.encode(out);
    nonce.encode(out);
    check(key, running, &out[start..]).encode(out);
    out.extend_from_slice(&body);
    Ok(next(running, &out[start..]))
}

/// Reads one frame; leaves `from` behind it only if it is whole.
fn unseal(key: &Secret32, running: Digest, from: &mut Reader<'_>) -> Frame {
    let mut ahead = from.clone();
    let rest = from.clone().take(from.left()).unwrap_or_default();
    let Ok(head) = ahead.take(HEAD_BYTES) else { return Frame::Torn };
    let mut fields = Reader::new(head);
    let (Ok(length), Ok(nonce), Ok(checked)) =
        (u32::decode(&mut fields), fields.array::<24>(), Digest::decode(&mut fields))
    else {
        return Frame::Damaged;
    };
    if check(key, running, &head[..28]) != checked {
        // Some file systems extend a file with zeros before they write what belongs there.
        return if rest.iter().all(|&byte| byte == 0) { Frame::Torn } else { Frame::Damaged };
    }
    let length = length as usize;
    if BODY_BYTES_MAX < length {
        return Frame::Damaged;
    }
    let Ok(body) = ahead.take(length) else { return Frame::Torn };
    let Some((name, value)) = open_body(key, running, &nonce, body) else {
        // The same, if the head reached the disk and the last body did not.
        let torn = ahead.left() == 0 && body.iter().all(|&byte| byte == 0);
        return if torn { Frame::Torn } else { Frame::Damaged };
    };
    let whole = &rest[..HEAD_BYTES + length];
    *from = ahead;
    Frame::Whole { running: next(running, whole), bytes: whole.len() as u64, name, value }
}

fn open_body(
    key: &Secret32,
    running: Digest,
    nonce: &[u8; 24],
    body: &[u8],
) -> Option<(Name, Secret)> {
    let plaintext = XChaCha20Poly1305::new((&*key.0).into())
        .decrypt(nonce.into(), Payload { msg: body, aad: &running.0 })
        .map(Zeroizing::new)
        .ok()?;
    let mut from = Reader::new(&plaintext);
    let name = Name::decode(&mut from).ok()?;
    let value = Zeroizing::new(from.bytes(VALUE_BYTES_MAX).ok()?);
    from.finish().ok()?;
    Some((name, Secret(value)))
}

/// Authenticates a head: without it, a changed length would look like an unfinished record, and the
/// record would be cut off in silence.
fn check(key: &Secret32, running: Digest, head: &[u8]) -> Digest {
    let mut hasher = Hasher::new("assay/openings/head/1");
    hasher.update(&*key.0);
    hasher.update(&running.0);
    hasher.update(head);
    hasher.finish()
}

fn next(running: Digest, frame: &[u8]) -> Digest {
    let mut hasher = Hasher::new("assay/openings/frame/1");
    hasher.update(&running.0);
    hasher.update(frame);
    hasher.finish()
}
