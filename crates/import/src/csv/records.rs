//! The records of a file of bounded length, each with the line on which it begins.

use super::Error;
use assay_model::{FEATURES_MAX, ROWS_MAX};
use csv::{ByteRecord, ErrorKind, ReaderBuilder, Terminator};
use std::io::{self, Read};

/// Reads one record after another.
///
/// Lines end at `\n` alone; a `\r` before it is space, and dropped as such. Only so can the reader's
/// count of lines be used: it would count a `\r\n` after the record that it ends.
pub(super) struct Records<R: Read> {
    reader: csv::Reader<Lines<R>>,
    record: ByteRecord,
    line: u64,
    width: usize,
    count: usize,
}

impl<R: Read> Records<R> {
    /// Reads at most `limit` bytes.
    pub(super) fn new(reader: R, limit: u64) -> Self {
        let reader = Lines { reader, left: limit, limit, is_open: false };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(reader);
        Self { reader, record: ByteRecord::new(), line: 0, width: 0, count: 0 }
    }

    /// Reads the header.
    pub(super) fn header(&mut self) -> Result<Vec<String>, Error> {
        if !self.advance()? {
            return Err(Error::Empty);
        }
        self.width = self.record.len();
        if FEATURES_MAX + 1 < self.width {
            return Err(Error::TooManyColumns { got: self.width });
        }
        (0..self.width).map(|place| self.field(place).map(str::to_owned)).collect()
    }

    /// Goes to the next row.
    pub(super) fn next(&mut self) -> Result<bool, Error> {
        if !self.advance()? {
            return if self.count == 0 { Err(Error::Empty) } else { Ok(false) };
        }
        if self.record.len() != self.width {
            let (row, expected, got) = (self.line, self.width, self.record.len());
            return Err(Error::Width { row, expected, got });
        }
        if self.count == ROWS_MAX {
            return Err(Error::TooManyRows);
        }
        self.count += 1;
        Ok(true)
    }

    /// The line on which the current record begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// A field of the current record.
    pub(super) fn field(&self, place: usize) -> Result<&str, Error> {
        let bytes = self.record.get(place).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| Error::NotText { row: self.line })
    }

    /// Goes to the next record that is not an empty line.
    fn advance(&mut self) -> Result<bool, Error> {
        while self.reader.read_byte_record(&mut self.record).map_err(from_csv)? {
            let breaks = self.record.as_slice().iter().filter(|&&byte| byte == b'\n').count();
            // The reader stands behind the break that ends the record.
            self.line = self.reader.position().line().saturating_sub(1 + breaks as u64);
            self.record.trim();
            let is_blank = self.record.len() == 1 && self.record.get(0) == Some(b"");
            if !is_blank {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn from_csv(error: csv::Error) -> Error {
    match error.into_kind() {
        ErrorKind::Io(source) => match source.downcast::<TooLong>() {
            Ok(TooLong(limit)) => Error::TooLong { limit },
            Err(source) => Error::Io(source),
        },
        _ => Error::Invalid("the file is not a CSV file"),
    }
}

/// Ends the last line if the file does not, and fails, rather than ends, behind `limit` bytes: half a
/// file must not pass for a whole one.
struct Lines<R> {
    reader: R,
    left: u64,
    limit: u64,
    is_open: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("more than {0} bytes")]
struct TooLong(u64);

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            return Err(io::Error::other(TooLong(self.limit)));
        };
        self.left = left;
        if let Some(&last) = buffer.get(..read).and_then(<[u8]>::last) {
            self.is_open = last != b'\n';
            return Ok(read);
        }
        match buffer.first_mut() {
            Some(first) if self.is_open => {
                *first = b'\n';
                self.is_open = false;
                Ok(1)
            }
            _ => Ok(0),
        }
    }
}
