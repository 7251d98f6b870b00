//! The secret that opens a commitment to hidden rows, in a file of its own.
//!
//! Whoever has it and the rows can prove about them, and can see that a proof is about them; whoever guesses the rows can use it to confirm the
//! guess.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
    opening::uniform,
};
use assay_codec::{Decode, Encode, Error, Reader, from_bytes, to_bytes};
use assay_model::Table;
use assay_statements::commit::Salt;
use assay_statements::rows::commit_rows;
use assay_types::FieldDigest;
use std::path::Path;

/// The first bytes of such a file.
const MAGIC: [u8; 8] = *b"\x89ASSAYR\n";
const VERSION: u16 = 1;
/// Magic, version, commitment and salt.
const FILE_BYTES: u64 = 8 + 2 + 32 + 32;

/// A commitment to rows and the salt that it was made with.
#[derive(Clone, Copy)]
pub(crate) struct RowsOpening {
    pub(crate) commitment: FieldDigest,
    pub(crate) salt: Salt,
}

impl RowsOpening {
    /// Commits to the rows of `table` with a salt of the operating system's randomness.
    pub(crate) fn draw(table: &Table) -> Self {
        let salt = Salt(uniform(&mut assay_wallet::os_random));
        Self { commitment: commit_rows(table, &salt), salt }
    }

    /// Reads an opening and checks that it opens a commitment to the rows of `table`.
    pub(crate) fn read(path: &Path, table: &Table) -> Result<Self> {
        let bytes = files::read(path, FILE_BYTES)?;
        let opening: Self =
            from_bytes(&bytes).context(format!("{} opens no rows", path.display()))?;
        if commit_rows(table, &opening.salt) != opening.commitment {
            let message = format!("{} opens a commitment to other rows", path.display());
            return Err(Failure::new(Code::Unverified, message));
        }
        Ok(opening)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::write_secret(path, &to_bytes(self))
    }
}

impl Encode for RowsOpening {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        self.commitment.encode(out);
        self.salt.encode(out);
    }
}

impl Decode for RowsOpening {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array()? != MAGIC || u16::decode(from)? != VERSION {
            return Err(Error::Invalid("not the opening of a commitment to rows"));
        }
        Ok(Self { commitment: FieldDigest::decode(from)?, salt: Salt::decode(from)? })
    }
}
