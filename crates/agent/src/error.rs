//! Why an agent cannot go on.

use crate::disk::Error as DiskError;
use crate::gate::Leak;
use crate::journal::Error as JournalError;
use crate::market::{MarketError, Refusal};
use crate::outbox::Error as OutboxError;
use assay_codec::Digest;
use assay_ledger::job::StageName;
use assay_statements::{accuracy, delivery};
use assay_types::{Amount, DatasetId, Height, JobId};
use assay_wallet::{envelope, openings};

/// Why an agent cannot go on. After any of these it can be asked again, or opened again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The market refuses, or does not answer.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// A file cannot be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The outbox cannot be used.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The wallet cannot keep or find a secret.
    #[error(transparent)]
    Openings(#[from] openings::Error),
    /// What was to be sent holds a secret. Nothing was sent.
    #[error(transparent)]
    Leak(#[from] Leak),
    /// The market is on another chain than this party.
    #[error("the market is on the chain of genesis {got}, this party on {expected}")]
    Chain {
        /// The party's.
        expected: Digest,
        /// The market's.
        got: Digest,
    },
    /// Another transaction is on its way; one at a time.
    #[error("transaction {0} is still on its way")]
    OnItsWay(Digest),
    /// There is no such listing, or it takes no jobs.
    #[error("there is no listing {0} on the market")]
    Listing(DatasetId),
    /// There is no such job of this party.
    #[error("there is no job {0} of this party")]
    Job(JobId),
    /// Only a job that nothing was done about can be declined.
    #[error("job {job} is {stage}, it cannot be declined any more")]
    Stage {
        /// The job.
        job: JobId,
        /// How far it has come.
        stage: StageName,
    },
    /// The price is above the buyer's limit.
    #[error("the price is {price}, above the limit {max_price}")]
    Price {
        /// The price now.
        price: Amount,
        /// The limit.
        max_price: Amount,
    },
    /// The buyer has shown these rows before: the ledger would not take them for a new job, and the buyer would
    /// lose the evaluation fee.
    #[error("the test set was opened by this buyer before, at height {0}")]
    TestSeen(Height),
    /// A proof or a table is too long to travel.
    #[error("what is to be sent does not fit: {0}")]
    Blob(&'static str),
    /// The test set does not fit the listing.
    #[error("the test set does not have the columns and classes of the listing")]
    Schema,
    /// No proof about hidden rows could be made of such a model.
    #[error(
        "a test set of so many columns cannot be shown to the owner alone if a network is asked for"
    )]
    Audience,
    /// The table has no rows, or more than can be counted.
    #[error("the table has no rows, or too many")]
    Rows,
    /// Something that this party should hold is not there.
    #[error("{what} of job {job} is missing")]
    Missing {
        /// What.
        what: &'static str,
        /// Of which job.
        job: JobId,
    },
    /// A file of this party does not hold what belongs there.
    #[error("{0} is damaged")]
    Damaged(&'static str),
    /// The owner's encryption key is none.
    #[error("the secret cannot be sealed to the owner")]
    Seal(#[source] envelope::Error),
    /// The score cannot be proven.
    #[error("the proof of accuracy cannot be made")]
    Accuracy(#[source] accuracy::ProveError),
    /// The delivery cannot be proven.
    #[error("the proof of delivery cannot be made")]
    Delivery(#[source] delivery::ProveError),
    /// The ledger took a proof that does not hold, or what was delivered is not what was proven: the market
    /// is not to be trusted.
    #[error("the market lies about job {job}: {what}")]
    Lie {
        /// Which job.
        job: JobId,
        /// About what.
        what: &'static str,
    },
}

impl Error {
    /// Whether nothing this party tries can come to anything before somebody has looked: its files cannot be
    /// used, or the market is another.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Disk(_)
                | Self::Journal(_)
                | Self::Outbox(_)
                | Self::Openings(_)
                | Self::Chain { .. }
        )
    }

    /// Whether only the job at hand is in trouble, so that others may go on.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            Self::Market(MarketError::Rejected(rejection)) => !is_about_fees(rejection),
            Self::Leak(_)
            | Self::Job(_)
            | Self::Blob(_)
            | Self::Missing { .. }
            | Self::Damaged(_)
            | Self::Accuracy(_)
            | Self::Delivery(_)
            | Self::Lie { .. } => true,
            _ => false,
        }
    }
}

/// Numbers of the rules about what the sender allows and has for the fee: more money mends them.
const FEES: [u16; 2] = [4, 5];

/// Whether a transaction is refused only because its sender has too little money for the fee.
pub(crate) fn is_about_fees(refusal: &Refusal) -> bool {
    FEES.contains(&refusal.code)
}
