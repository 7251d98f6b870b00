//! A proof with its statement, in one file.
//!
//! `MAGIC ‖ version: u16 ‖ statement (u8 tag and body) ‖ length: u32 ‖ proof`, in the canonical
//! encoding. The file says what it claims to prove; the verifier compares that with what it was asked.

use assay_codec::{Decode, Encode, Error, Reader, put_bytes};
use assay_types::{
    StatementDigest,
    statement::{Accuracy, Delivery},
};

/// The first bytes of a proof file.
const MAGIC: [u8; 8] = *b"\x89ASSAYP\n";
/// The version of the format.
const VERSION: u16 = 1;
/// Most bytes of a proof.
const PROOF_BYTES_MAX: usize = 1 << 26;
/// Most bytes of a file.
pub(crate) const FILE_BYTES_MAX: u64 = (PROOF_BYTES_MAX + (1 << 20)) as u64;

/// What a proof asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// A score on public rows.
    Accuracy(Accuracy),
    /// The contents of a ciphertext.
    Delivery(Delivery),
}

impl Statement {
    /// Names the statement.
    pub(crate) fn digest(&self) -> StatementDigest {
        match self {
            Self::Accuracy(statement) => statement.digest(),
            Self::Delivery(statement) => statement.digest(),
        }
    }
}

/// A statement and its proof; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProofFile {
    pub(crate) statement: Statement,
    pub(crate) proof: Vec<u8>,
}

impl Encode for ProofFile {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        match &self.statement {
            Statement::Accuracy(statement) => {
                0_u8.encode(out);
                statement.encode(out);
            }
            Statement::Delivery(statement) => {
                1_u8.encode(out);
                statement.encode(out);
            }
        }
        put_bytes(out, &self.proof);
    }
}

impl Decode for ProofFile {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array::<8>()? != MAGIC {
            return Err(Error::Invalid("not a proof file"));
        }
        if u16::decode(from)? != VERSION {
            return Err(Error::Invalid("a proof file of another version"));
        }
        let statement = match u8::decode(from)? {
            0 => Statement::Accuracy(Accuracy::decode(from)?),
            1 => Statement::Delivery(Delivery::decode(from)?),
            got => return Err(Error::Tag { what: "statement", got }),
        };
        Ok(Self { statement, proof: from.bytes(PROOF_BYTES_MAX)? })
    }
}
