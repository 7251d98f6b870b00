//! Showing the test set.

use super::typed::{Head, Typed, digest};
use crate::{BlobId, JobId};

/// Show the rows that were committed when the job was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTest {
    /// The job.
    pub job: JobId,
    /// The rows: a blob with the canonical encoding of an [`assay_model::Table`].
    pub table: BlobId,
    /// The salt of the commitment.
    pub salt: [u8; 32],
}

assay_codec::record!(OpenTest { job, table, salt });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct OpenTest {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
            bytes32 table;
            bytes32 salt;
        }
    }
}

impl Typed for OpenTest {
    type Message = message::OpenTest;

    fn message(&self, head: Head) -> Self::Message {
        message::OpenTest {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
            table: digest(self.table.0),
            salt: self.salt.into(),
        }
    }
}
