//! The rows of a job, as both parties hold them: public, or known to nobody but the two.
//!
//! A private test set is named by the commitment that accuracy proofs open. The buyer seals rows and salt to the owner,
//! under the job, when it orders; the ledger carries the sealed bytes and cannot look. So the owner looks: bytes
//! that do not open to what the job names leave it nothing to prove, whatever its model is worth.

use crate::error::Error;
use assay_codec::{Decode, Digest, Encode, Error as CodecError, Reader, from_bytes, to_bytes};
use assay_ledger::job::Job;
use assay_model::Table;
use assay_statements::accuracy::{self, Rejection};
use assay_statements::commit::Salt;
use assay_statements::rows::{as_digest, commit_rows};
use assay_types::statement::Accuracy;
use assay_types::{JobId, TestCommitment};
use assay_wallet::envelope::{self, Purpose};
use assay_wallet::{Keys, Random};
use zeroize::Zeroizing;

/// Who sees the test set, once the model is fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    #[default]
    Everybody,
    /// The owner alone. Proofs are about a commitment to the rows.
    Owner,
}

/// The rows that a model is tested on.
#[derive(Debug)]
pub(crate) struct TestSet {
    pub(crate) table: Table,
    /// The salt of their commitment, if they stay hidden.
    pub(crate) salt: Option<Salt>,
}

impl TestSet {
    /// What statements call the rows: their digest, or their commitment.
    pub(crate) fn name(&self) -> Digest {
        match &self.salt {
            None => self.table.digest(),
            Some(salt) => as_digest(&commit_rows(&self.table, salt)),
        }
    }

    /// The rows, if everybody may see them.
    pub(crate) fn public(&self) -> Option<&Table> {
        self.salt.is_none().then_some(&self.table)
    }

    /// The rows, if nobody else may see them.
    pub(crate) fn private(&self) -> Option<&Table> {
        self.salt.is_some().then_some(&self.table)
    }

    /// Verifies a proof about these rows. That the statement names them, the caller has looked.
    pub(crate) fn verify(&self, claim: &Accuracy, proof: &[u8]) -> Result<(), Rejection> {
        match self.public() {
            Some(table) => accuracy::verify(claim, table, proof),
            None => accuracy::verify_committed(claim, proof),
        }
    }
}

/// The commitment of a job to private rows.
pub(crate) fn commitment(table: &Table, salt: &Salt) -> TestCommitment {
    TestCommitment(as_digest(&commit_rows(table, salt)))
}

/// What is sealed.
struct Content {
    salt: Salt,
    table: Table,
}

impl Decode for Content {
    fn decode(from: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self { salt: Salt::decode(from)?, table: Table::decode(from)? })
    }
}

/// Seals private rows and their salt to the holder of `key`, for this job.
pub(crate) fn seal(
    (table, salt): (&Table, &Salt),
    key: &[u8; 32],
    job: &JobId,
    random: Random<'_>,
) -> Result<Vec<u8>, Error> {
    let mut plain = Zeroizing::new(to_bytes(salt));
    table.encode(&mut plain);
    envelope::seal(&plain, key, Purpose::TestSet, &job.0, random).map_err(Error::Seal)
}

/// Opens what the buyer of a job has sealed. `None` if it is not sealed to these keys for this job, or is not what
/// the job names: nothing could be proven about it.
pub(crate) fn open(sealed: &[u8], keys: &Keys, id: &JobId, job: &Job) -> Option<TestSet> {
    let plain = envelope::open(sealed, keys, Purpose::TestSet, &id.0).ok()?;
    let Content { salt, table } = from_bytes(&plain).ok()?;
    let fits = *table.schema() == job.schema && table.rows() == job.request.rows as usize;
    (fits && commitment(&table, &salt) == job.request.test)
        .then_some(TestSet { table, salt: Some(salt) })
}
