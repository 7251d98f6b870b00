//! Committed answers and the secret that opens their commitment, in a file of its own.
//!
//! Whoever gets it sees the answers, and that they are the ones that a proof is about.

use crate::{
    failure::{Explain, Result},
    files,
    opening::uniform,
};
use assay_codec::{Decode, Encode, Error, Reader, from_bytes, put_seq, to_bytes};
use assay_model::{ROWS_MAX, Schema};
use assay_statements::answers::commit_answers;
use assay_statements::commit::Salt;
use assay_types::FieldDigest;
use std::path::Path;

/// The first bytes of such a file.
const MAGIC: [u8; 8] = *b"\x89ASSAYY\n";
const VERSION: u16 = 1;
/// Magic, version, salt, and the answers.
const FILE_BYTES_MAX: u64 = 8 + 2 + 32 + 4 + 2 * ROWS_MAX as u64;

/// The class index of each row, and the salt of their commitment.
pub(crate) struct AnswersOpening {
    pub(crate) salt: Salt,
    pub(crate) answers: Vec<u16>,
}

impl AnswersOpening {
    /// Draws a salt of the operating system's randomness for `answers`.
    pub(crate) fn draw(answers: &[u16]) -> Self {
        Self { salt: Salt(uniform(&mut assay_wallet::os_random)), answers: answers.to_vec() }
    }

    /// Reads answers; whose they are, [`AnswersOpening::commitment`] tells.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path, FILE_BYTES_MAX)?;
        from_bytes(&bytes).context(format!("{} opens no answers", path.display()))
    }

    /// The commitment that answers and salt make.
    pub(crate) fn commitment(&self, schema: &Schema) -> FieldDigest {
        commit_answers(schema, &self.answers, &self.salt)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::write_secret(path, &to_bytes(self))
    }
}

impl Encode for AnswersOpening {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        self.salt.encode(out);
        put_seq(out, &self.answers);
    }
}

impl Decode for AnswersOpening {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array()? != MAGIC || u16::decode(from)? != VERSION {
            return Err(Error::Invalid("not the opening of a commitment to answers"));
        }
        Ok(Self { salt: Salt::decode(from)?, answers: from.seq(ROWS_MAX)? })
    }
}
