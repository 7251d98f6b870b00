//! As much of a zip archive as a skops file is: stored or deflated entries in one folder, all in memory.
//!
//! The central directory is believed about nothing that is not checked: entries lie apart, inside the
//! file, under the same name in their own header; sizes are bounded before anything is inflated, and
//! the checksum is compared. What skops does not write is refused: encryption, Zip64, folders, several
//! disks, bytes before or after the archive. Nothing is ever written to a disk.

use super::Error;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most entries of an archive. A tree has seven, and its random state at most a few more.
pub(crate) const ENTRIES_MAX: usize = 64;
/// Most bytes that the entries declare together.
pub(super) const TOTAL_MAX: u64 = 1 << 27;
/// How many times its compressed size an entry may have, beyond a first mebibyte.
pub(super) const RATIO_MAX: u64 = 200;
/// Most bytes of an entry's name.
const NAME_MAX: usize = 64;

const END: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: usize = 22;
const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
const DIRECTORY_BYTES: usize = 46;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;

/// Flags that change nothing: compression levels, sizes behind the data, UTF-8 names.
const FLAGS_KNOWN: u16 = 0b1000_0000_1110;

#[derive(Clone, Debug)]
struct Entry {
    is_deflated: bool,
    checksum: u32,
    size: u64,
    data: Range<usize>,
}

/// An archive whose directory was checked.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: BTreeMap<&'a str, Entry>,
}

impl<'a> Archive<'a> {
    /// Reads the directory of a file with at most `entries_max` entries, whose names end as in `ends`.
    pub(crate) fn new(bytes: &'a [u8], entries_max: usize, ends: &[&str]) -> Result<Self, Error> {
        let (count, directory) = end(bytes)?;
        if entries_max < count {
            return Err(Error::TooManyEntries { got: count, limit: entries_max });
        }
        let mut entries = BTreeMap::new();
        let (mut at, mut total, mut taken) = (directory.start, 0_u64, Vec::new());
        for _ in 0..count {
            let (name, entry, next) = read_entry(bytes, at, directory.start, ends)?;
            total = total.saturating_add(entry.size);
            taken.push(entry.data.clone());
            if entries.insert(name, entry).is_some() {
                return Err(Error::DuplicateEntry { name: name.to_owned() });
            }
            at = next;
        }
        if at != directory.end {
            return Err(Error::Zip("the directory has another length than it says"));
        }
        if TOTAL_MAX < total {
            return Err(Error::Bomb { got: total });
        }
        taken.sort_by_key(|data| data.start);
        if taken.windows(2).any(|pair| pair[1].start < pair[0].end) {
            return Err(Error::Zip("two entries share bytes"));
        }
        Ok(Self { bytes, entries })
    }

    /// Returns the bytes of an entry, at most `limit`.
    pub(crate) fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, Error> {
        let missing = || Error::NoEntry { name: beginning(name) };
        let entry = self.entries.get(name).ok_or_else(missing)?;
        let damaged = || Error::Damaged { name: name.to_owned() };
        let data = self.bytes.get(entry.data.clone()).ok_or_else(damaged)?;
        // At most TOTAL_MAX.
        let size = entry.size as usize;
        if limit < size {
            return Err(Error::SchemaTooLong { got: size });
        }
        let bytes = if entry.is_deflated {
            decompress_to_vec_with_limit(data, size).map_err(|_| damaged())?
        } else {
            data.to_vec()
        };
        if bytes.len() != size || checksum(&bytes) != entry.checksum {
            return Err(damaged());
        }
        Ok(bytes)
    }
}

/// Enough of a name to find it.
pub(super) fn beginning(name: &str) -> String {
    name.chars().take(80).collect()
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Error> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk::<N>());
    bytes.copied().ok_or(Error::Zip("a header is cut off"))
}

fn short(bytes: &[u8], at: usize) -> Result<u16, Error> {
    field(bytes, at).map(u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Result<u32, Error> {
    field(bytes, at).map(u32::from_le_bytes)
}

/// The number of entries, and where the directory lies.
fn end(bytes: &[u8]) -> Result<(usize, Range<usize>), Error> {
    let lowest = bytes.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    let highest = bytes.len().checked_sub(END_BYTES).ok_or(Error::Zip("there is no directory"))?;
    let is_end = |&at: &usize| {
        let comment = short(bytes, at + 20).unwrap_or(0);
        bytes[at..].starts_with(&END) && at + END_BYTES + usize::from(comment) == bytes.len()
    };
    let at = (lowest..=highest).rev().find(is_end).ok_or(Error::Zip("there is no directory"))?;
    let (disks, count) = ((long(bytes, at + 4)?, short(bytes, at + 8)?), short(bytes, at + 10)?);
    let (size, start) = (long(bytes, at + 12)?, long(bytes, at + 16)?);
    if count == u16::MAX || size == u32::MAX || start == u32::MAX {
        return Err(Error::Zip("a Zip64 archive"));
    }
    if disks.0 != 0 || disks.1 != count {
        return Err(Error::Zip("one part of several"));
    }
    let directory = start as usize..(start as usize).saturating_add(size as usize);
    if directory.end != at {
        return Err(Error::Zip("the directory is not where it should be"));
    }
    Ok((usize::from(count), directory))
}

/// Reads the directory's entry at `at`; its data ends before `limit`.
fn read_entry<'a>(
    bytes: &'a [u8],
    at: usize,
    limit: usize,
    ends: &[&str],
) -> Result<(&'a str, Entry, usize), Error> {
    if field(bytes, at)? != DIRECTORY {
        return Err(Error::Zip("the directory holds something else"));
    }
    let (flags, method) = (short(bytes, at + 8)?, short(bytes, at + 10)?);
    let (packed, size) = (long(bytes, at + 20)?, long(bytes, at + 24)?);
    let lengths = [28, 30, 32].map(|place| short(bytes, at + place).map(usize::from));
    let [name_len, extra, comment] = lengths;
    let (name_len, next) = (name_len?, at + DIRECTORY_BYTES);
    let name = name(bytes.get(next..next + name_len).unwrap_or_default(), ends)?;
    if flags & 1 != 0 {
        return Err(Error::Encrypted { name: name.to_owned() });
    }
    if flags & !FLAGS_KNOWN != 0 || (method != 0 && method != 8) {
        return Err(Error::Compression { name: name.to_owned(), method });
    }
    if packed == u32::MAX || size == u32::MAX {
        return Err(Error::Zip("a Zip64 archive"));
    }
    let is_bomb = RATIO_MAX * u64::from(packed) + (1 << 20) < u64::from(size);
    if is_bomb || (method == 0 && packed != size) {
        return Err(Error::Bomb { got: size.into() });
    }
    let data = data(bytes, long(bytes, at + 42)? as usize, name, packed as usize)?;
    if limit < data.end {
        return Err(Error::Zip("an entry reaches into the directory"));
    }
    let checksum = long(bytes, at + 16)?;
    let entry = Entry { is_deflated: method == 8, checksum, size: size.into(), data };
    Ok((name, entry, next + name_len + extra? + comment?))
}

/// A name of one folder without surprises.
fn name<'a>(bytes: &'a [u8], ends: &[&str]) -> Result<&'a str, Error> {
    let text = || String::from_utf8_lossy(bytes).chars().take(NAME_MAX).collect();
    let is_plain = |&byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = (1..=NAME_MAX).contains(&bytes.len()) && bytes.iter().all(is_plain);
    match std::str::from_utf8(bytes) {
        Ok(name) if is_name && !name.starts_with('.') => {
            if ends.iter().any(|end| name.ends_with(end)) {
                Ok(name)
            } else {
                Err(Error::ForeignEntry { name: name.to_owned() })
            }
        }
        _ => Err(Error::EntryName { name: text() }),
    }
}

/// Where the data of the entry with its own header at `at` lies.
fn data(bytes: &[u8], at: usize, name: &str, packed: usize) -> Result<Range<usize>, Error> {
    let lengths = (usize::from(short(bytes, at + 26)?), usize::from(short(bytes, at + 28)?));
    let start = at + LOCAL_BYTES;
    let same = bytes.get(start..start + lengths.0);
    if field(bytes, at)? != LOCAL || same != Some(name.as_bytes()) {
        return Err(Error::Zip("an entry has another header than the directory says"));
    }
    let start = start + lengths.0 + lengths.1;
    Ok(start..start + packed)
}

/// CRC-32 as zip has it.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let (mut rest, mut bit) = (byte as u32, 0);
            while bit < 8 {
                rest = if rest & 1 == 1 { rest >> 1 ^ 0xedb8_8320 } else { rest >> 1 };
                bit += 1;
            }
            table[byte] = rest;
            byte += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |rest: u32, &byte| TABLE[usize::from((rest as u8) ^ byte)] ^ rest >> 8)
}
