//! A chain: blocks, their log and their blobs, embedded in the program that uses it.
//!
//! [`Chain`] keeps the ledger's state, the blocks that led to it, their log and their blobs in one
//! directory. Transactions come in by [`Chain::submit`], which checks them against everything that waits
//! before them; [`Chain::produce`] makes a block of what waits. Time is an argument.
//!
//! - A block, its log entries, its blobs and the state after it are written in one transaction of the
//!   database ([`store`]): after a crash all of it is there, or nothing.
//! - The directory belongs to one process at a time, by a lock.
//! - [`Chain::open`] reads everything back and recomputes what can be recomputed: links, roots, signatures,
//!   the state's root. A directory that does not add up is an error.
//! - [`Chain::prove`] shows what the state holds to who does not believe the chain, and [`snapshot`] hands out all of
//!   it: another chain can begin there.
//! - [`evidence`] answers the ledger's questions: signatures, blobs, proofs (verified once, then known; or verified
//!   elsewhere, by [`Verification`], and told).
//! - [`Chain::receipt`] collects what remains of a sale.
//!
//! Where one authority orders the blocks, the order of transactions is that of their submission, and `produce`
//! signs. Where many validators do, they agree on a [`Proposal`]: [`Chain::propose`] makes one,
//! [`Chain::execute`] judges that of another, [`Chain::finalize`] takes what they have certified. Everything that
//! a block binds is the same. `docs/design/0003-chain-and-receipt.md` and `0025-validators.md` say more.
//!
//! Place in the graph: above `ledger`, `statements`, `receipt` and `wallet`.

mod block;
mod build;
mod candidates;
mod chain;
mod error;
pub mod evidence;
mod handovers;
mod proposal;
mod query;
pub mod snapshot;
pub mod store;
#[cfg(test)]
mod tests;
mod validators;
mod verify_elsewhere;

pub use block::{Block, TXS_MAX};
pub use chain::{Chain, PENDING_BYTES_MAX, Produced, RETENTION_BLOCKS};
pub use error::{Error, Refusal, SubmitError};
pub use evidence::{Answer, Question, Verification};
pub use proposal::{PROPOSAL_BYTES_MAX, PROPOSAL_PROOFS_MAX, Proposal};
pub use query::Logged;
