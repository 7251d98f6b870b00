//! What a party has decided, in the order in which it did: an append-only file.
//!
//! ```text
//! magic (8) | genesis (32) | frame*
//! frame = length of body (4) | check of head (32) | body | check of body (32)
//! ```
//!
//! Both checks hash everything before them. An entry is on the disk before what it announces is done. A frame
//! that was being written when the machine stopped is cut off when the file is opened; anything else that does
//! not add up is an error. The file holds no secrets, but it is nobody else's business either.

use crate::disk::{self, Error as DiskError};
use crate::party::Reference;
use assay_codec::{
    Decode, Digest, Encode, Error as CodecError, Hasher, Reader, from_bytes, to_bytes,
};
use assay_types::{DataCommitment, DatasetId, JobId, ModelCommitment};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"assayjn1";
const HEADER_BYTES: usize = 8 + 32;
const FILE_BYTES_MAX: u64 = 1 << 28;
const ENTRY_BYTES_MAX: usize = 1 << 12;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The owner publishes these rows.
    Listed {
        /// The owner's name for it.
        reference: Reference,
        /// The market's.
        dataset: DatasetId,
        /// The rows.
        commitment: DataCommitment,
    },
    /// The buyer opens a job.
    Ordered {
        /// The buyer's name for it.
        reference: Reference,
        /// The market's.
        job: JobId,
    },
    /// The owner does not take a job.
    Declined {
        /// The job.
        job: JobId,
    },
    /// The owner has trained a model; it and its salt are in the wallet.
    Trained {
        /// The job.
        job: JobId,
        /// The model.
        model: ModelCommitment,
    },
    /// The buyer has verified both proofs.
    Checked {
        /// The job.
        job: JobId,
    },
    /// A transaction was charged and failed; it is not tried again.
    Failed {
        /// The transaction.
        tx: Digest,
        /// The job that it was about, if any.
        job: Option<JobId>,
        /// The number of the rejection.
        code: u16,
    },
    /// The job has ended, and what it left is kept.
    Closed {
        /// The job.
        job: JobId,
    },
}

impl Encode for Entry {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Listed { reference, dataset, commitment } => {
                0_u8.encode(out);
                reference.encode(out);
                dataset.encode(out);
                commitment.encode(out);
            }
            Self::Ordered { reference, job } => {
                1_u8.encode(out);
                reference.encode(out);
                job.encode(out);
            }
            Self::Declined { job } => {
                2_u8.encode(out);
                job.encode(out);
            }
            Self::Trained { job, model } => {
                3_u8.encode(out);
                job.encode(out);
                model.encode(out);
            }
            Self::Checked { job } => {
                4_u8.encode(out);
                job.encode(out);
            }
            Self::Failed { tx, job, code } => {
                5_u8.encode(out);
                tx.encode(out);
                job.encode(out);
                code.encode(out);
            }
            Self::Closed { job } => {
                6_u8.encode(out);
                job.encode(out);
            }
        }
    }
}

impl Decode for Entry {
    fn decode(from: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(match u8::decode(from)? {
            0 => Self::Listed {
                reference: Decode::decode(from)?,
                dataset: Decode::decode(from)?,
                commitment: Decode::decode(from)?,
            },
            1 => Self::Ordered { reference: Decode::decode(from)?, job: Decode::decode(from)? },
            2 => Self::Declined { job: Decode::decode(from)? },
            3 => Self::Trained { job: Decode::decode(from)?, model: Decode::decode(from)? },
            4 => Self::Checked { job: Decode::decode(from)? },
            5 => Self::Failed {
                tx: Decode::decode(from)?,
                job: Decode::decode(from)?,
                code: Decode::decode(from)?,
            },
            6 => Self::Closed { job: Decode::decode(from)? },
            got => return Err(CodecError::Tag { what: "entry of a journal", got }),
        })
    }
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The file is not a journal.
    #[error("{} is not a journal", .0.display())]
    Magic(PathBuf),
    /// The journal was kept on another chain.
    #[error("the journal belongs to the chain of genesis {got}, not {expected}")]
    Genesis {
        /// The chain at hand.
        expected: Digest,
        /// The journal's.
        got: Digest,
    },
    /// The file was changed.
    #[error("entry {0} of the journal was changed")]
    Damaged(usize),
    /// An earlier write failed half-way.
    #[error("an earlier write failed, open the journal again")]
    Poisoned,
    /// The file would become too long.
    #[error("the journal is full")]
    Full,
}

/// The journal of one party.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    entries: Vec<Entry>,
    running: Digest,
    end: u64,
    is_poisoned: bool,
}

impl Journal {
    /// Opens the journal of a party on the chain of `genesis`; begins it if it is not there.
    pub fn open(path: &Path, genesis: &Digest) -> Result<Self, Error> {
        let bytes = match disk::read(path, FILE_BYTES_MAX)? {
            Some(bytes) => bytes,
            None => {
                let header = [MAGIC.as_slice(), &genesis.0].concat();
                disk::write(path, &header)?;
                header
            }
        };
        let magic = || Error::Magic(path.to_owned());
        let (header, frames) = bytes.split_at_checked(HEADER_BYTES).ok_or_else(magic)?;
        let (start, got) = header.split_first_chunk::<8>().ok_or_else(magic)?;
        let got = <[u8; 32]>::try_from(got).map(Digest).map_err(|_| magic())?;
        if *start != MAGIC {
            return Err(magic());
        }
        if got != *genesis {
            return Err(Error::Genesis { expected: *genesis, got });
        }
        let file = disk::private(OpenOptions::new().write(true))
            .open(path)
            .map_err(disk::io("open", path))?;
        let mut journal = Self {
            file,
            path: path.to_owned(),
            entries: Vec::new(),
            running: Digest::of_bytes("assay/journal/header/1", header),
            end: HEADER_BYTES as u64,
            is_poisoned: false,
        };
        journal.replay(frames)?;
        Ok(journal)
    }

    /// What was decided, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes a decision down, durably. Writing the same one twice in a row does nothing.
    pub fn append(&mut self, entry: Entry) -> Result<(), Error> {
        if self.is_poisoned {
            return Err(Error::Poisoned);
        }
        if self.entries.last() == Some(&entry) {
            return Ok(());
        }
        let body = to_bytes(&entry);
        let length = u32::try_from(body.len()).map_err(|_| Error::Full)?;
        let head = check(self.running, &to_bytes(&length));
        let tail = check(head, &body);
        let frame = [to_bytes(&length).as_slice(), &head.0, &body, &tail.0].concat();
        let end = self.end + frame.len() as u64;
        if FILE_BYTES_MAX < end {
            return Err(Error::Full);
        }
        // What a failed write or sync has left behind is known only to a fresh reader.
        self.is_poisoned = true;
        self.file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| self.file.write_all(&frame))
            .and_then(|()| self.file.sync_all())
            .map_err(disk::io("append to", &self.path))?;
        self.is_poisoned = false;
        (self.end, self.running) = (end, tail);
        self.entries.push(entry);
        Ok(())
    }

    fn replay(&mut self, frames: &[u8]) -> Result<(), Error> {
        let mut from = Reader::new(frames);
        while 0 < from.left() {
            let number = self.entries.len();
            let mut ahead = from.clone();
            match frame(self.running, &mut ahead) {
                Frame::Whole(entry, running) => {
                    self.entries.push(entry);
                    self.end += (from.left() - ahead.left()) as u64;
                    (self.running, from) = (running, ahead);
                }
                Frame::Torn => {
                    let cut = self.file.set_len(self.end).and_then(|()| self.file.sync_all());
                    return Ok(cut.map_err(disk::io("cut the unfinished entry off", &self.path))?);
                }
                Frame::Damaged => return Err(Error::Damaged(number)),
            }
        }
        Ok(())
    }
}

enum Frame {
    Whole(Entry, Digest),
    Torn,
    Damaged,
}

fn frame(running: Digest, from: &mut Reader<'_>) -> Frame {
    let rest = from.clone().take(from.left()).unwrap_or_default();
    // Some file systems extend a file with zeros before they write what belongs there.
    let is_blank = rest.iter().all(|&byte| byte == 0);
    let (Ok(length), Ok(head)) = (u32::decode(from), Digest::decode(from)) else {
        return Frame::Torn;
    };
    if check(running, &to_bytes(&length)) != head || ENTRY_BYTES_MAX < length as usize {
        return if is_blank { Frame::Torn } else { Frame::Damaged };
    }
    let (Ok(body), Ok(tail)) = (from.take(length as usize), Digest::decode(from)) else {
        return Frame::Torn;
    };
    let last = from.left() == 0 && tail == Digest::default();
    match from_bytes(body) {
        Ok(entry) if check(head, body) == tail => Frame::Whole(entry, tail),
        _ if last => Frame::Torn,
        _ => Frame::Damaged,
    }
}

fn check(running: Digest, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new("assay/journal/frame/1");
    hasher.update(&running.0);
    hasher.update(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests;
