//! What remains of a sale: a document that anyone can check without asking anybody.
//!
//! A [`Receipt`] holds the evidence: the job's log from its first entry to its settlement, the statements
//! that were proven, the listing, and for settlement and listing a final header with the way from the
//! entry to the header's log root. [`Receipt::verify`] needs the chain's genesis and nothing else; given
//! the proof and the test rows it checks those too.
//!
//! There are two forms. The binary twin ([`Receipt::to_bytes`]) is the canonical encoding. The JSON
//! document ([`Receipt::to_json`]) shows all of it to people and programs, and carries the twin in its
//! last field. Everything that the document shows is a function of the twin, and [`Receipt::from_json`]
//! accepts a document only if it shows exactly that: whoever changes one field, or adds one, has no
//! receipt any more. So there is one decoder of hostile bytes instead of two.
//!
//! [`genesis_from_json`] reads the one thing that a verifier has to trust, in a document of the same kind; [`checkpoint_from_json`] reads what one
//! who comes late had better trust as well.
//!
//! What a receipt does not say: that the labels of the test set are right, and what the model was trained
//! on. The training data is the owner's claim.
//!
//! Place in the graph: above `statements` and `types`; no input or output, no clock, no prover.

mod binary;
mod checkpoint;
mod document;
mod genesis;
mod json;
#[cfg(test)]
mod tests;
mod verify;

use assay_types::statement::{Accuracy, Delivery};
use assay_types::validators::Handover;
use assay_types::{Certified, Listing, LogEntry, merkle};

pub use checkpoint::{checkpoint_from_json, checkpoint_to_json};
pub use document::FormError;
pub use genesis::{genesis_from_json, genesis_to_json};
pub use verify::{ProofCheck, Rejection, Report};

/// Longest binary twin.
pub const RECEIPT_BYTES_MAX: usize = 4 << 20;
/// Longest JSON document.
pub const JSON_BYTES_MAX: usize = 32 << 20;
/// Entries from a job's opening to its settlement: opened, committed, test opened, proven, settled.
pub const HISTORY: usize = 5;
/// What every receipt says about the origin of the model.
pub const TRAINING_DATA: &str = "the owner's claim";

/// The evidence of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The job's log, from its opening to its settlement. Each entry holds the hash of the one before.
    pub history: [LogEntry; HISTORY],
    /// That the last entry of the history is final.
    pub settled: Anchor,
    /// The listing as it was sold.
    pub listing: Listing,
    /// The entry that published this version of it.
    pub listed: LogEntry,
    /// That this entry is final.
    pub published: Anchor,
    /// What was proven about the score.
    pub accuracy: Accuracy,
    /// What was proven about the delivery.
    pub delivery: Delivery,
    /// How the validators have changed before, from those of the genesis on.
    pub handovers: Vec<Handover>,
}

/// That an entry of the log is final: a final header, and the way from the entry to its log root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The header.
    pub certified: Certified,
    /// The way.
    pub inclusion: merkle::Proof,
}

assay_codec::record!(Anchor { certified, inclusion });
