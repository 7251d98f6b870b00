//! The door: the only way to a [`CheckedTx`].

use crate::envelope::{self, Rejection as Envelope};
use crate::evidence::Evidence;
use crate::execute::{self, Finding};
use crate::rejection::Rejection;
use crate::state::State;
use assay_codec::Digest;
use assay_types::SignedTx;

/// A transaction that somebody signed, with what the evidence said about it. Only [`check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTx {
    pub(crate) signed: SignedTx,
    pub(crate) genesis: Digest,
    pub(crate) found: Finding,
}

impl CheckedTx {
    /// Returns the transaction.
    pub fn signed(&self) -> &SignedTx {
        &self.signed
    }

    /// Returns whether the transaction can only fail: it will be charged for a false proof.
    pub fn is_doomed(&self) -> bool {
        self.found == Finding::Proofs(false)
    }
}

/// Checks a transaction against `state`, whose block must be open.
///
/// The cheap rules come first: envelope, signature, then the rules of the action, and only then is the
/// evidence asked about blobs and proofs. This order is why `state` is an argument: without it, anybody
/// could have a proof verified that the state refuses, for nothing. What is returned depends on the
/// transaction and its blobs alone, so [`apply`](crate::apply()) may come later, when the state has moved.
///
/// A false proof is no error here. It is written into the [`CheckedTx`], and `apply` charges for it.
pub fn check(
    signed: SignedTx,
    state: &State,
    evidence: &impl Evidence,
) -> Result<CheckedTx, Rejection> {
    let sender = envelope::admit(&signed.tx, state)?;
    let genesis = state.genesis();
    if evidence.signer(&signed, &genesis) != Some(sender.address) {
        return Err(Envelope::Signature { expected: sender.address }.into());
    }
    let found = execute::find(&signed.tx.action, &sender, state, evidence)?;
    Ok(CheckedTx { signed, genesis, found })
}
