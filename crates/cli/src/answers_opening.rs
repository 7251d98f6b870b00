//! Committed answers and the secret that opens their commitment, in a file of its own.
//!
//! Whoever gets it sees the answers, and that they are the ones that a proof is about.

use crate::{
    failure::{Explain, Result},
    files,
    opening::uniform,
    told::Answer,
};
use assay_codec::{Decode, Encode, Error, Reader, from_bytes, to_bytes};
use assay_model::ROWS_MAX;
use assay_statements::commit::Salt;
use std::path::Path;

/// The first bytes of such a file.
const MAGIC: [u8; 8] = *b"\x89ASSAYY\n";
/// Magic, version, salt, and the answers.
const FILE_BYTES_MAX: u64 = 8 + 2 + 32 + 4 + 4 * ROWS_MAX as u64;

/// The class index or the number of each row, and the salt of their commitment.
pub(crate) struct AnswersOpening<A> {
    pub(crate) salt: Salt,
    pub(crate) answers: Vec<A>,
}

impl<A: Answer> AnswersOpening<A> {
    /// Draws a salt of the operating system's randomness for `answers`.
    pub(crate) fn draw(answers: &[A]) -> Self {
        Self { salt: Salt(uniform(&mut assay_wallet::os_random)), answers: answers.to_vec() }
    }

    /// Reads answers; whose they are, the commitment that they make tells.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path, FILE_BYTES_MAX)?;
        from_bytes(&bytes).context(format!("{} opens no answers", path.display()))
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::write_secret(path, &to_bytes(self))
    }
}

impl<A: Answer> Encode for AnswersOpening<A> {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        A::VERSION.encode(out);
        self.salt.encode(out);
        A::put(&self.answers, out);
    }
}

impl<A: Answer> Decode for AnswersOpening<A> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array()? != MAGIC || u16::decode(from)? != A::VERSION {
            return Err(Error::Invalid("not the opening of a commitment to such answers"));
        }
        Ok(Self { salt: Salt::decode(from)?, answers: A::take(from)? })
    }
}
