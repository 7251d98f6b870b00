//! Jobs: a model is asked for, fixed, tested, proven, delivered and paid.
//!
//! ```text
//!           Decline            window              Concede, window
//!          ┌───────▶ Declined  ┌──▶ BuyerDefault   ┌──▶ Conceded
//!          │                   │                   │
//! OpenJob  │       CommitModel │        OpenTest   │  SubmitPass          RevealKey
//! ───────▶ Opened ─────────▶ Committed ────────▶ Testing ────────▶ Proven ────────▶ Settled
//!          │                                       │                 │
//!          └───────▶ Expired                       └──▶ Missed       └──▶ OwnerDefault
//!           window                                 ProveMiss            window
//! ```
//!
//! Where the money goes is in [`Ending`]. The price P and the evaluation fee E lie in the job's escrow
//! while it lives, and nothing is left there when it has ended.

mod commit_model;
mod concede;
mod decline;
mod ending;
mod expire;
mod lookup;
mod open_job;
mod open_test;
mod prove_miss;
mod rejection;
mod reveal_key;
mod stage;
mod statement;
mod submit_pass;

pub use ending::Ending;
pub(crate) use expire::expire;
pub use rejection::Rejection;
pub use stage::{Model, Proven, Stage, StageName, Test};

use assay_codec::Digest;
use assay_types::Schema;
use assay_types::tx::OpenJob;
use assay_types::{Address, Amount, BlobId, Height, Windows};

/// A job, living or ended. It holds a copy of what it needs of its listing's version, so that nothing
/// that happens to the listing can reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Who pays.
    pub buyer: Address,
    /// Who trains.
    pub owner: Address,
    /// What was asked.
    pub request: OpenJob,
    /// What the columns of data and test set mean.
    pub schema: Schema,
    /// How long each party has.
    pub windows: Windows,
    /// How many rows must be answered correctly.
    pub needed: u32,
    /// P, fixed when the job was opened.
    pub price: Amount,
    /// E, at most P.
    pub evaluation_fee: Amount,
    /// Money that the job holds: P + E, and zero when it has ended.
    pub escrow: Amount,
    /// When it was opened.
    pub opened: Height,
    /// Last height for the next step.
    pub deadline: Height,
    /// How far it has come.
    pub stage: Stage,
}

assay_codec::record!(Job {
    buyer,
    owner,
    request,
    schema,
    windows,
    needed,
    price,
    evaluation_fee,
    escrow,
    opened,
    deadline,
    stage,
});

impl Job {
    /// Whether something can still happen to it.
    pub fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Ended(..))
    }

    /// Digest of the rows, once the test set is open; their commitment, if they stay hidden.
    pub fn table(&self) -> Option<Digest> {
        match &self.stage {
            Stage::Testing(_, test) | Stage::Proven(_, test, _) => Some(test.table),
            _ => None,
        }
    }

    /// The blobs that it needs while it lives.
    pub fn blobs(&self) -> Vec<BlobId> {
        match &self.stage {
            Stage::Opened | Stage::Committed(_) | Stage::Ended(_) => Vec::new(),
            Stage::Testing(_, test) => vec![test.blob],
            Stage::Proven(_, test, proven) => {
                vec![test.blob, proven.accuracy_proof, proven.delivery_proof, proven.ciphertext]
            }
        }
    }

    /// Moves on to `stage`, which may last `window` blocks from `now`.
    fn enter(&mut self, stage: Stage, now: Height, window: u64) {
        self.stage = stage;
        // Windows have a greatest length; the saturated height is the end of all heights.
        self.deadline = now.checked_add(window).unwrap_or(Height::new(u64::MAX));
    }
}
