//! What an agent is given, and what it says it did.

use crate::market::Market;
use assay_codec::Digest;
use assay_ledger::job::Ending;
use assay_types::statement::Score;
use assay_types::{Architecture, JobId, ModelCommitment};
use assay_wallet::Random;
use std::fmt;

/// The phases that an agent names itself; between them come those of the proofs.
pub mod phase {
    /// The owner trains.
    pub const TRAINING: &str = "training";
    /// The owner proves the score.
    pub const SCORE: &str = "proving the score";
    /// The owner proves the delivery.
    pub const DELIVERY: &str = "proving the delivery";
    /// A transaction is handed in; the market looks at it.
    pub const HANDING_IN: &str = "handing in";
    /// The buyer verifies.
    pub const VERIFYING: &str = "verifying";
    /// The buyer decrypts.
    pub const DECRYPTING: &str = "decrypting";
}

/// Everything that an agent has no part of its own for.
pub struct Outside<'a> {
    /// The ledger.
    pub market: &'a mut dyn Market,
    /// Where secrets come from.
    pub random: Random<'a>,
    /// Is told the name of each phase of longer work as it begins.
    pub progress: &'a mut dyn FnMut(&'static str),
}

impl fmt::Debug for Outside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").finish_non_exhaustive()
    }
}

impl Outside<'_> {
    /// Draws `N` bytes.
    pub(crate) fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}

/// What one call of `next` has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is due at this height.
    Idle,
    /// A transaction waits for a block.
    Waiting(Digest),
    /// Something was done. What was sent is not yet in a block.
    Did(Act),
}

/// Why an owner does not take a job, or gives it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The rows that the listing commits to are not here.
    Rows,
    /// What the buyer sealed does not open to the secret that the job names: nothing could be delivered.
    Secret,
    /// The owner does not train this algorithm.
    Algorithm,
    /// The price has fallen below what the owner works for.
    Price,
    /// A proven miss would pay less than the owner works for.
    EvaluationFee,
    /// The test set is to stay hidden, and the owner was told to take public ones only.
    HiddenTest,
    /// What the buyer sealed is not the test set that the job names: nothing can be proven about it.
    TestSet,
    /// The model misses the threshold, and the owner was told not to prove it.
    Miss,
    /// Nothing can be trained so.
    Training,
    /// Model and test set are too large for one proof, or the ciphertext for a blob.
    TooLarge,
    /// The owner does not want to.
    Will,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows => "the rows of the listing are not here",
            Self::Secret => "the buyer's secret is not the one that the job names",
            Self::Algorithm => "the owner does not train this algorithm",
            Self::Price => "the price is below what the owner works for",
            Self::EvaluationFee => "the evaluation fee is below what the owner works for",
            Self::HiddenTest => "the test set is to stay hidden, the owner takes public ones only",
            Self::TestSet => "the sealed test set is not the one that the job names",
            Self::Miss => "the model misses the threshold",
            Self::Training => "nothing can be trained with these hyper-parameters",
            Self::TooLarge => "model and test set are too large to be proven and delivered",
            Self::Will => "the owner does not want to",
        })
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// The owner refuses the job.
    Declined {
        /// The job.
        job: JobId,
        /// Why.
        reason: Reason,
    },
    /// The owner has trained a model and commits to it.
    Committed {
        /// The job.
        job: JobId,
        /// The model.
        model: ModelCommitment,
        /// What is shown of it.
        architecture: Architecture,
    },
    /// The buyer shows the test set, to everybody or to the owner.
    TestOpened {
        /// The job.
        job: JobId,
    },
    /// The owner has proven the score and delivers.
    Passed {
        /// The job.
        job: JobId,
        /// What is shown of the score.
        score: Score,
        /// Bytes of the proof of accuracy.
        accuracy_bytes: usize,
        /// Bytes of the proof of delivery.
        delivery_bytes: usize,
        /// Bytes of the ciphertext.
        ciphertext_bytes: usize,
    },
    /// The owner has proven a miss.
    Missed {
        /// The job.
        job: JobId,
        /// What is shown of the score.
        score: Score,
        /// Bytes of the proof.
        proof_bytes: usize,
    },
    /// The owner gives up.
    Conceded {
        /// The job.
        job: JobId,
        /// Why.
        reason: Reason,
    },
    /// The buyer has verified both proofs.
    Checked {
        /// The job.
        job: JobId,
    },
    /// The owner reveals the key.
    Revealed {
        /// The job.
        job: JobId,
    },
    /// The buyer has decrypted the model, found it to be the committed one, and keeps it with its receipt.
    Received {
        /// The job.
        job: JobId,
    },
    /// The job has ended.
    Closed {
        /// The job.
        job: JobId,
        /// How.
        ending: Ending,
    },
    /// A transaction was charged and failed. It is not tried again.
    Failed {
        /// The transaction.
        tx: Digest,
        /// The job that it was about, if any.
        job: Option<JobId>,
        /// The number of the rejection.
        code: u16,
    },
}
