//! Blocks that were executed and are not final: several may compete for one height.

use crate::build::{Built, Tip};
use assay_codec::Digest;
use assay_types::{Blobs, Height};
use std::collections::BTreeMap;

/// Most of them that are kept, each with a state that shares with its parent's what it has not
/// changed. One that was dropped is executed again when
/// somebody builds on it.
const CANDIDATES_MAX: usize = 64;

/// A block that was executed.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) built: Built,
    pub(crate) blobs: Blobs,
}

/// The candidates, by the digests of their headers.
#[derive(Debug, Default)]
pub(crate) struct Candidates(BTreeMap<Digest, Candidate>);

impl Candidates {
    pub(crate) fn contains(&self, header: &Digest) -> bool {
        self.0.contains_key(header)
    }

    pub(crate) fn tip(&self, header: &Digest) -> Option<&Tip> {
        self.0.get(header).map(|candidate| &candidate.built.tip)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn insert(&mut self, candidate: Candidate) {
        if CANDIDATES_MAX <= self.0.len() {
            // The lowest is the nearest to being final or overtaken.
            let lowest = self.0.iter().min_by_key(|(_, one)| one.built.header.height);
            if let Some(digest) = lowest.map(|(&digest, _)| digest) {
                self.0.remove(&digest);
            }
        }
        self.0.insert(candidate.built.header.digest(), candidate);
    }

    pub(crate) fn take(&mut self, header: &Digest) -> Option<Candidate> {
        self.0.remove(header)
    }

    /// Drops what can never be final, now that there is a final block at `height`.
    pub(crate) fn settle(&mut self, height: Height) {
        self.0.retain(|_, candidate| height < candidate.built.header.height);
    }

    /// The blobs of a candidate and of those before it, the last first.
    pub(crate) fn blobs(&self, header: &Digest) -> Vec<&Blobs> {
        let (mut at, mut found) = (*header, Vec::new());
        while let Some(candidate) = self.0.get(&at) {
            found.push(&candidate.blobs);
            at = candidate.built.header.parent;
        }
        found
    }
}
