//! Why the chain cannot go on, and why it does not take a transaction.

use assay_codec::Digest;
use assay_ledger::{BlockFault, Imbalance, Rejection};
use assay_types::{Address, BlobId, Height, JobId};
use std::io;
use std::path::PathBuf;

/// Why the chain cannot be opened, extended or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process has the directory.
    #[error("the ledger in {} is in use by another process", .0.display())]
    Busy(PathBuf),
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The database refused.
    #[error("the ledger's database failed")]
    Store(#[source] Box<redb::Error>),
    /// What was read is not what was written.
    #[error("the ledger's files are damaged: {0}")]
    Corrupt(&'static str),
    /// The directory was written by another version of this program.
    #[error(
        "the ledger was written in format {got}, this program reads format {expected}: keep the directory for the \
         program that wrote it, and begin again in an empty one"
    )]
    Format {
        /// What this program reads.
        expected: u16,
        /// What the directory is written in.
        got: u16,
    },
    /// There is no chain.
    #[error("there is no ledger in {}", .0.display())]
    Missing(PathBuf),
    /// The directory holds another chain.
    #[error("the directory holds the chain of genesis {got}, expected {expected}")]
    Genesis {
        /// The genesis given.
        expected: Digest,
        /// The genesis of the directory.
        got: Digest,
    },
    /// The wallet is not the authority's.
    #[error("the wallet of {got} cannot sign the blocks of authority {expected}")]
    Authority {
        /// Whom the genesis names.
        expected: Address,
        /// Whose wallet it is.
        got: Address,
    },
    /// An authority's wallet where validators order the blocks, or none where an authority does.
    #[error("the blocks of this chain are ordered in another way")]
    Orderer,
    /// A block that the validators have agreed on is not one that this program computes. Nothing can go on.
    #[error("a certified block is not what its transactions make of the chain")]
    Diverged(#[source] Box<Refusal>),
    /// No block can be opened.
    #[error(transparent)]
    Block(#[from] BlockFault),
    /// The rules have lost or made money: a fault of this program, and no block is made.
    #[error(transparent)]
    Imbalance(#[from] Imbalance),
    /// It happened before this chain began, with a snapshot.
    #[error("what happened before block {first} is not kept here")]
    NotKept {
        /// The first block that is.
        first: Height,
    },
    /// No state can be handed out yet.
    #[error("there is no snapshot yet: the last block was not certified itself")]
    NoSnapshot,
    /// The job is not settled, so that there is no receipt.
    #[error("job {0} is not settled")]
    NotSettled(JobId),
}

impl Error {
    /// Wraps any error of the database.
    pub(crate) fn store(error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::DatabaseAlreadyOpen => Self::Busy(PathBuf::from("the database")),
            redb::Error::Corrupted(_) => Self::Corrupt("the database does not add up"),
            error => Self::Store(Box::new(error)),
        }
    }
}

/// Why a transaction is not taken. Nothing has changed and nothing was charged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The ledger's rules refuse it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A blob came along that the transaction does not name.
    #[error("the transaction does not name blob {0}")]
    UnnamedBlob(BlobId),
    /// The transaction is too long.
    #[error("a transaction has at most {limit} bytes, this one has {got}")]
    TooLong {
        /// The limit.
        limit: usize,
        /// The length.
        got: usize,
    },
    /// The transaction with its blobs fits into no block.
    #[error("a transaction and its blobs have at most {limit} bytes, these have {got}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// The length.
        got: usize,
    },
    /// Too much is waiting for the next block.
    #[error("too much is waiting for the next block")]
    Full,
    /// The chain itself has failed.
    #[error(transparent)]
    Chain(#[from] Error),
}

/// Why a proposal is not executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The block before it was not executed here. No verdict: it may be executed first.
    #[error("the block of header {0} is not known here")]
    Parent(Digest),
    /// Another block of this height is final.
    #[error("block {0} is final, and another one")]
    Late(Height),
    /// Time does not run backwards.
    #[error("the block's time {got} lies before {previous}, the time of the one before")]
    Time {
        /// Time of the block before.
        previous: u64,
        /// Time of this one.
        got: u64,
    },
    /// A transaction is not admissible where it stands.
    #[error("transaction {index} is not admissible")]
    Transaction {
        /// Its number, from 0.
        index: usize,
        /// The rule that it breaks.
        source: Rejection,
    },
    /// The transactions lead to another state or log than the header says.
    #[error("the header is not that of its transactions")]
    Header,
    /// The chain itself has failed. No verdict.
    #[error(transparent)]
    Chain(#[from] Error),
}
