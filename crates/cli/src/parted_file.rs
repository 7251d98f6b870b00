//! A proof in parts, in one file that is read part by part.
//!
//! `MAGIC ‖ version: u16 ‖ 3: u8 ‖ (length: u32 ‖ statement) ‖ (length: u32 ‖ proof) …`, a proof for each
//! part and one that they add up. The first fields are those of every proof file.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    proof_file::{MAGIC, PROOF_BYTES_MAX, VERSION},
};
use assay_codec::{Encode, from_bytes, put_bytes, to_bytes};
use assay_types::statement::Parted;
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Marks a proof in parts among proof files.
const TAG: u8 = 3;
/// Most bytes of a statement: a network's program, 5,120 names, 4,096 commitments.
const STATEMENT_BYTES_MAX: usize = 1 << 24;

/// The proofs of a file, one after the other.
#[derive(Debug)]
pub(crate) struct Proofs(BufReader<File>);

/// Opens a proof in parts; `None` if the file is none.
pub(crate) fn open(path: &Path) -> Result<Option<(Parted, Proofs)>> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    let mut file = BufReader::new(file);
    let expected = start();
    let mut got = vec![0; expected.len()];
    if file.read_exact(&mut got).is_err() || got != expected {
        return Ok(None);
    }
    let mut proofs = Proofs(file);
    let statement = proofs.bytes(STATEMENT_BYTES_MAX)?;
    let statement =
        from_bytes(&statement).code(Code::Unverified).context("not a statement in parts")?;
    Ok(Some((statement, proofs)))
}

impl Proofs {
    /// Reads the next proof.
    pub(crate) fn next(&mut self) -> Result<Vec<u8>> {
        self.bytes(PROOF_BYTES_MAX)
    }

    /// Checks that nothing is left.
    pub(crate) fn end(mut self) -> Result<()> {
        match self.0.read(&mut [0]) {
            Ok(0) => Ok(()),
            _ => Err(unreadable("something stands behind the last proof")),
        }
    }

    fn bytes(&mut self, limit: usize) -> Result<Vec<u8>> {
        let mut length = [0; 4];
        let read = self.0.read_exact(&mut length);
        read.map_err(|_| unreadable("the file ends before its last proof"))?;
        let length = u64::from(u32::from_le_bytes(length));
        if u64::try_from(limit).is_ok_and(|limit| limit < length) {
            return Err(unreadable("a proof is too long"));
        }
        let mut bytes = Vec::new();
        let read = self.0.by_ref().take(length).read_to_end(&mut bytes);
        if read.is_err() || u64::try_from(bytes.len()) != Ok(length) {
            return Err(unreadable("the file ends within a proof"));
        }
        Ok(bytes)
    }
}

fn unreadable(what: &str) -> Failure {
    Failure::new(Code::Unverified, format!("not a proof in parts: {what}"))
}

/// Writes a statement and its proofs, which `read` gives one after the other.
pub(crate) fn write(
    path: &Path,
    statement: &Parted,
    mut read: impl FnMut(usize) -> Result<Vec<u8>>,
) -> Result<()> {
    let mut start = start();
    put_bytes(&mut start, &to_bytes(statement));
    files::write_pieces(path, Readers::All, |index| {
        let Some(index) = index.checked_sub(1) else { return Ok(Some(start.clone())) };
        if statement.sums.len() < index {
            return Ok(None);
        }
        let mut piece = Vec::new();
        put_bytes(&mut piece, &read(index)?);
        Ok(Some(piece))
    })
}

/// The first bytes of every such file.
fn start() -> Vec<u8> {
    let mut start = Vec::new();
    MAGIC.encode(&mut start);
    VERSION.encode(&mut start);
    TAG.encode(&mut start);
    start
}
