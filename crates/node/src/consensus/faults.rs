//! Evidence against validators that vote twice.
//!
//! Votes are attributable: two signed votes of one validator for different blocks of one view convict it to
//! anybody who knows the genesis. What is kept here was verified before.

use super::keys::{Digest, Scheme};
use assay_codec::to_hex;
use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::simplex::types::{Activity, Attributable as _};
use commonware_consensus::{Reporter, Viewable as _};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Most pieces of evidence that are kept; one convicts.
const EVIDENCE_MAX: usize = 1024;

/// How somebody has voted twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// For two blocks of one view.
    Notarized,
    /// That two blocks of one view are final.
    Finalized,
    /// That a block is final, and that the view has none.
    NullifiedAndFinalized,
}

/// Two votes that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// How.
    pub kind: Kind,
    /// Number of the validator in the genesis.
    pub validator: u32,
    /// In which view.
    pub view: u64,
    /// Both votes, in the library's encoding, as hexadecimal digits.
    pub votes: String,
}

/// Keeps evidence, each kind once for a validator and a view.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    known: BTreeSet<(u32, u64, Kind)>,
    list: Vec<Evidence>,
}

impl Faults {
    /// What was found so far.
    pub fn evidence(&self) -> Vec<Evidence> {
        self.0.lock().map(|kept| kept.list.clone()).unwrap_or_default()
    }

    fn keep(&self, evidence: Evidence) {
        let Ok(mut kept) = self.0.lock() else { return };
        let key = (evidence.validator, evidence.view, evidence.kind);
        if EVIDENCE_MAX <= kept.list.len() || !kept.known.insert(key) {
            return;
        }
        tracing::error!(
            validator = evidence.validator,
            view = evidence.view,
            kind = ?evidence.kind,
            votes = evidence.votes,
            "a validator has voted twice"
        );
        kept.list.push(evidence);
    }
}

impl Reporter for Faults {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        let (kind, signer, view, votes) = match activity {
            Activity::ConflictingNotarize(two) => {
                (Kind::Notarized, two.signer(), two.view(), two.encode())
            }
            Activity::ConflictingFinalize(two) => {
                (Kind::Finalized, two.signer(), two.view(), two.encode())
            }
            Activity::NullifyFinalize(two) => {
                (Kind::NullifiedAndFinalized, two.signer(), two.view(), two.encode())
            }
            _ => return Feedback::Ok,
        };
        let votes = to_hex(&votes);
        self.keep(Evidence { kind, validator: signer.get(), view: view.get(), votes });
        Feedback::Ok
    }
}
