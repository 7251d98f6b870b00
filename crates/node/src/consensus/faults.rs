//! Evidence against validators that vote twice.
//!
//! Votes are attributable: two signed votes of one validator for different blocks of one view convict it to
//! anybody who knows the genesis ([`DoubleVote`]). What is kept here was verified, without the library.

use super::keys::{Digest, Scheme, fixed};
use assay_codec::{Digest as Hash, to_bytes, to_hex};
use assay_types::validators::double_vote::{Ballot, Conflict};
use assay_types::validators::{Proposed, Round, VoteKey, VoteSignature};
use assay_types::{DoubleVote, Validators};
use bytes::Bytes;
use commonware_actor::Feedback;
use commonware_codec::{Encode, Error, ReadExt as _};
use commonware_consensus::simplex::types::{
    Activity, Attributable as _, Finalize, Notarize, Nullify, Proposal,
};
use commonware_consensus::types::Round as LibraryRound;
use commonware_consensus::{Epochable as _, Reporter, Viewable as _};
use commonware_cryptography::certificate::Attestation;
use commonware_utils::Participant;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Most pieces of evidence that are kept; one convicts.
const EVIDENCE_MAX: usize = 1024;

/// Keeps evidence, each kind once for a validator and a view.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    known: BTreeSet<(VoteKey, u64, u64, u8)>,
    list: Vec<DoubleVote>,
}

/// Watches over the validators of an epoch.
#[derive(Clone, Debug)]
pub struct Watcher {
    faults: Faults,
    genesis: Hash,
    voters: Arc<[VoteKey]>,
}

impl Faults {
    /// What was found so far.
    pub fn evidence(&self) -> Vec<DoubleVote> {
        self.0.lock().map(|kept| kept.list.clone()).unwrap_or_default()
    }

    /// Watches over `validators`, on the chain that began with `genesis`.
    pub fn watch(&self, genesis: Hash, validators: &Validators) -> Watcher {
        let voters = validators.list().iter().map(|validator| validator.vote).collect();
        Watcher { faults: self.clone(), genesis, voters }
    }

    fn keep(&self, found: DoubleVote) {
        let Ok(mut kept) = self.0.lock() else { return };
        let kind = match found.conflict {
            Conflict::Notarized(_) => 0,
            Conflict::Finalized(_) => 1,
            Conflict::NullifiedAndFinalized { .. } => 2,
        };
        let DoubleVote { guilty, round: Round { epoch, view }, .. } = found;
        if EVIDENCE_MAX <= kept.list.len() || !kept.known.insert((guilty, epoch, view, kind)) {
            return;
        }
        let votes = to_hex(&to_bytes(&found));
        tracing::error!(%guilty, epoch, view, votes, "a validator has voted twice");
        kept.list.push(found);
    }
}

impl Watcher {
    /// Where what it finds is kept.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Returns evidence of the library in the form that a ledger takes.
    ///
    /// The library shows neither of the two votes but in its encoding, which is that of the one after the other.
    pub fn evidence(&self, activity: &Activity<Scheme, Digest>) -> Option<DoubleVote> {
        let found = match activity {
            Activity::ConflictingNotarize(two) => {
                let both = read_two(two, Notarize::<Scheme, Digest>::read);
                let ballots = both.ok()?.map(|vote| ballot(&vote.proposal, &vote.attestation));
                let [first, second] = ballots;
                let conflict = Conflict::Notarized(Conflict::sorted([first?, second?]));
                self.against(two.signer(), LibraryRound::new(two.epoch(), two.view()), conflict)?
            }
            Activity::ConflictingFinalize(two) => {
                let both = read_two(two, Finalize::<Scheme, Digest>::read);
                let ballots = both.ok()?.map(|vote| ballot(&vote.proposal, &vote.attestation));
                let [first, second] = ballots;
                let conflict = Conflict::Finalized(Conflict::sorted([first?, second?]));
                self.against(two.signer(), LibraryRound::new(two.epoch(), two.view()), conflict)?
            }
            Activity::NullifyFinalize(two) => {
                let mut rest = two.encode();
                let nullified = Nullify::<Scheme>::read(&mut rest).ok()?;
                let finalized = Finalize::<Scheme, Digest>::read(&mut rest).ok()?;
                let conflict = Conflict::NullifiedAndFinalized {
                    nullified: signature(&nullified.attestation)?,
                    finalized: ballot(&finalized.proposal, &finalized.attestation)?,
                };
                self.against(two.signer(), LibraryRound::new(two.epoch(), two.view()), conflict)?
            }
            _ => return None,
        };
        // What costs a fee to say must hold.
        found.verify(&self.genesis).is_ok().then_some(found)
    }

    fn against(
        &self,
        signer: Participant,
        round: LibraryRound,
        conflict: Conflict,
    ) -> Option<DoubleVote> {
        let guilty = *self.voters.get(usize::try_from(signer.get()).ok()?)?;
        let round = Round { epoch: round.epoch().get(), view: round.view().get() };
        Some(DoubleVote { guilty, round, conflict })
    }
}

fn read_two<T>(
    two: &impl Encode,
    read: impl Fn(&mut Bytes) -> Result<T, Error>,
) -> Result<[T; 2], Error> {
    let mut rest = two.encode();
    Ok([read(&mut rest)?, read(&mut rest)?])
}

fn ballot(proposal: &Proposal<Digest>, attestation: &Attestation<Scheme>) -> Option<Ballot> {
    let proposed =
        Proposed { parent_view: proposal.parent.get(), payload: Hash(proposal.payload.0) };
    Some(Ballot { proposed, signature: signature(attestation)? })
}

fn signature(attestation: &Attestation<Scheme>) -> Option<VoteSignature> {
    Some(VoteSignature(fixed(&attestation.signature.get()?.encode())))
}

impl Reporter for Watcher {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        if let Some(found) = self.evidence(&activity) {
            self.faults.keep(found);
        }
        Feedback::Ok
    }
}
