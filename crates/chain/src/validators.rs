//! A chain whose blocks are ordered by validators: proposing, executing what others propose, and taking what is
//! final.
//!
//! Who agrees how is not decided here. Here is what every validator computes alike: which proposals are valid on
//! which parent, and what a chain is after them. In a proposal every transaction passes `check` against the state
//! right before it; what does not, is in no block.

use crate::block::TXS_MAX;
use crate::build::{Open, Tip};
use crate::candidates::Candidate;
use crate::chain::{Chain, Pending, Produced};
use crate::error::{Error, Refusal, SubmitError};
use crate::proposal::{PROPOSAL_BYTES_MAX, PROPOSAL_PROOFS_MAX, Proposal};
use assay_codec::{Digest, to_bytes};
use assay_types::{BLOBS_MAX, BlobId, Blobs, Certificate, Finality, Header, SignedTx};

/// Bytes of transactions and blobs in a proposal; the rest is for its frame.
pub(crate) const ROOM_BYTES: usize = PROPOSAL_BYTES_MAX - 1024;

/// What still fits into a proposal.
#[derive(Clone, Copy)]
struct Room {
    bytes: usize,
    proofs: u32,
    txs: usize,
    blobs: usize,
}

impl Room {
    const ALL: Self =
        Self { bytes: ROOM_BYTES, proofs: PROPOSAL_PROOFS_MAX, txs: TXS_MAX, blobs: BLOBS_MAX };

    /// What is left after a transaction with its blobs, if they fit.
    fn after(self, signed: &SignedTx, blobs: &Blobs) -> Option<Self> {
        let bytes = blobs.iter().map(|(_, bytes)| bytes.len() + 4).sum::<usize>();
        Some(Self {
            bytes: self.bytes.checked_sub(to_bytes(signed).len() + bytes)?,
            proofs: self.proofs.checked_sub(signed.tx.action.proofs())?,
            txs: self.txs.checked_sub(1)?,
            blobs: self.blobs.checked_sub(blobs.len())?,
        })
    }
}

impl Chain {
    /// Names the last final block: the digest of its header, or that of the genesis.
    pub fn final_digest(&self) -> Digest {
        self.tip.parent()
    }

    /// Whether the next block can be built on the block with this header: it is the last final one, or was
    /// executed and may become final.
    pub fn can_follow(&self, header: &Digest) -> bool {
        self.base(header).is_some()
    }

    /// How many blocks were executed and are not final.
    pub fn candidates(&self) -> usize {
        self.candidates.len()
    }

    /// Makes a proposal of what waits, upon `parent`. Nothing that waits is forgotten before it is final.
    pub fn propose(&mut self, parent: &Digest, time_ms: u64) -> Result<Proposal, Refusal> {
        let base = self.base(parent).ok_or(Refusal::Parent(*parent))?;
        let mut open = base.open(time_ms)?;
        let ancestors = self.candidates.blobs(parent);
        let mut blobs = Blobs::new();
        let mut room = Room::ALL;
        for pending in &self.pending {
            let signed = pending.checked.signed();
            if signed.tx.nonce != open.state().account(&signed.tx.from).nonce {
                // It is in a block before, or one of its predecessors has found no room.
                continue;
            }
            let named = signed.tx.action.blobs();
            let Some(own) = self.gather(&named, &pending.blobs, &ancestors)? else { continue };
            let Some(left) = room.after(signed, &own) else {
                match Room::ALL.after(signed, &own) {
                    // It comes first in a later one.
                    Some(_) => break,
                    None => continue,
                }
            };
            let sources = [&own, &blobs].into_iter().chain(ancestors.iter().copied()).collect();
            match self.ask(signed.clone(), sources, open.state()) {
                Ok(checked) if open.execute(&checked).is_ok() => {}
                Err(SubmitError::Chain(error)) => return Err(error.into()),
                // It has lost a race; it is dropped when what it lost against is final.
                Ok(_) | Err(_) => continue,
            }
            room = left;
            for (_, bytes) in own.iter() {
                // There is room, and each blob was one before.
                let _ = blobs.insert(bytes.to_vec());
            }
        }
        let built = open.close()?;
        let proposal = Proposal::new(built.header, built.txs.clone(), blobs.clone())
            .map_err(|_| Error::Corrupt("a proposal of one's own is none"))?;
        self.candidates.insert(Candidate { built, blobs });
        Ok(proposal)
    }

    /// Executes what somebody proposes, and keeps it as a block on which others can be built. An error other than
    /// [`Refusal::Parent`] and [`Refusal::Chain`] is a verdict: the proposal is invalid for ever.
    pub fn execute(&mut self, proposal: &Proposal) -> Result<(), Refusal> {
        let header = proposal.header();
        if self.candidates.contains(&proposal.digest()) {
            return Ok(());
        }
        if header.height <= self.height() {
            let is_final = self.is_final(header)?;
            return if is_final == Some(true) { Ok(()) } else { Err(Refusal::Late(header.height)) };
        }
        let base = self.base(&header.parent).ok_or(Refusal::Parent(header.parent))?;
        if header.time_ms < base.state.time_ms() {
            return Err(Refusal::Time { previous: base.state.time_ms(), got: header.time_ms });
        }
        let open = base.open(header.time_ms)?;
        let open = self.run(proposal, open)?;
        let built = open.close()?;
        if built.header != *header {
            return Err(Refusal::Header);
        }
        self.candidates.insert(Candidate { built, blobs: proposal.blobs().clone() });
        Ok(())
    }

    /// Makes a block final that a quorum of validators has certified, and writes it. `None`: it was final before.
    pub fn finalize(
        &mut self,
        proposal: &Proposal,
        certificate: Certificate,
    ) -> Result<Option<Produced>, Error> {
        let header = proposal.header();
        if header.height <= self.height() {
            let two = Error::Corrupt("two blocks of one height are certified");
            return if self.is_final(header)? == Some(false) { Err(two) } else { Ok(None) };
        }
        if header.parent != self.final_digest() {
            return Err(Error::Corrupt("a certified block does not follow the last one"));
        }
        self.execute(proposal).map_err(Box::new).map_err(Error::Diverged)?;
        let candidate = self.candidates.take(&proposal.digest());
        let candidate =
            candidate.ok_or(Error::Corrupt("a block that was executed is not there"))?;
        let block = candidate.built.block(Finality::Validators(Box::new(certificate)));
        let is_final = self.succession.verify(&block.certified);
        is_final.map_err(|_| Error::Corrupt("a block is not certified by the validators"))?;
        let produced = self.append(candidate.built, block, &[&candidate.blobs])?;
        self.candidates.settle(self.height());
        self.renew()?;
        Ok(Some(produced))
    }

    /// Whether a block that is not above the last one is final; `None` if it lies before what is kept.
    fn is_final(&self, header: &Header) -> Result<Option<bool>, Error> {
        match self.certified(header.height) {
            Ok(known) => Ok(Some(known.is_some_and(|known| known.header == *header))),
            Err(Error::NotKept { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Executes the transactions of a proposal; each must be admissible where it stands.
    fn run(&self, proposal: &Proposal, mut open: Open) -> Result<Open, Refusal> {
        let ancestors = self.candidates.blobs(&proposal.header().parent);
        for (index, signed) in proposal.txs().iter().enumerate() {
            let sources = [proposal.blobs()].into_iter().chain(ancestors.iter().copied()).collect();
            let checked = match self.ask(signed.clone(), sources, open.state()) {
                Ok(checked) => checked,
                Err(SubmitError::Chain(error)) => return Err(error.into()),
                Err(SubmitError::Rejected(source)) => {
                    return Err(Refusal::Transaction { index, source });
                }
                Err(_) => return Err(Refusal::Header),
            };
            open.execute(&checked).map_err(|source| Refusal::Transaction { index, source })?;
        }
        Ok(open)
    }

    /// The end of the chain up to the block with this header.
    pub(crate) fn base(&self, header: &Digest) -> Option<&Tip> {
        if self.tip.parent() == *header {
            return Some(&self.tip);
        }
        self.candidates.tip(header)
    }

    /// Finds the blobs that a transaction names, with it, before it, or in final blocks; `None` if one is gone.
    fn gather(
        &self,
        named: &[BlobId],
        own: &Blobs,
        ancestors: &[&Blobs],
    ) -> Result<Option<Blobs>, Error> {
        let mut found = Blobs::new();
        for id in named {
            let mut near = [own].into_iter().chain(ancestors.iter().copied());
            let bytes = match near.find_map(|blobs| blobs.get(id)) {
                Some(bytes) => Some(bytes.to_vec()),
                None => self.store.blob(id)?,
            };
            let Some(bytes) = bytes else { return Ok(None) };
            found.insert(bytes).map_err(Error::Corrupt)?;
        }
        Ok(Some(found))
    }

    /// Looks again at everything that waits, after a block: what is in it, or has become inadmissible, is dropped.
    fn renew(&mut self) -> Result<(), Error> {
        let mut open = self.tip.open(self.tip.state.time_ms())?;
        let mut kept: Vec<Pending> = Vec::new();
        for pending in std::mem::take(&mut self.pending) {
            let signed = pending.checked.signed();
            if signed.tx.nonce != open.state().account(&signed.tx.from).nonce {
                continue;
            }
            let near = kept.iter().chain([&pending]).map(|pending| &pending.blobs).collect();
            match self.ask(signed.clone(), near, open.state()) {
                Ok(checked) if open.execute(&checked).is_ok() => kept.push(pending),
                Err(SubmitError::Chain(error)) => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        self.ahead = Some(open.state().clone());
        self.pending = kept;
        Ok(())
    }
}
