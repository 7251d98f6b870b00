//! A validator that has lost what it signed watches before it votes.
//!
//! Who votes twice in a view is found out, and kept out by its peers. A validator whose folder is gone does not know what it has
//! signed; it begins where the chain begins, where a vote of its older life may be remembered. So it follows without a vote
//! until its older life cannot have been where it is now.
//!
//! Let t be the time, by its clock, at which it writes its first block in this life, and b a final block, certified itself, whose header says a
//! time later than t + 6 s. Nobody honest votes for a block whose time is more than
//! half a second ahead of its clock, and peers with clocks more than 5 s apart are not connected (`network.rs`). So
//! every honest vote for b was given after t, and after the older life had ended.
//!
//! That life was in its last round (epoch, view) c at most, which it had entered by a certificate of the view before. *The round of b's certificate is not
//! before c.* In one epoch: some honest validator has signed both that certificate of view c − 1, before t, and a vote to notarise b, after t. If b's view were c − 1 or less, it
//! would have voted in a view that it had left, or twice in view c − 1. In another epoch: had the older life been in a later one than b's, the last block of b's epoch had been
//! final before t; but its time is not before b's. So whoever votes behind b only, in later views of its epoch and in later epochs, contradicts no vote of its older life.
//!
//! If the others make nothing final without this validator, it watches for ever; then its operator decides
//! ([`Config::votes_at_once`](super::network::Config::votes_at_once)). So it is with one that is alone, which ends and says so: whoever follows it may have
//! a block that its ledger has not.

use super::application::AHEAD_MS;
use super::folder;
use super::keys::{Digest, Scheme, finalization};
use assay_codec::Digest as Hash;
use assay_types::Certified;
use commonware_codec::{Copying, Decode as _, Encode as _};
use commonware_consensus::Epochable as _;
use commonware_consensus::simplex::types::Finalization;
use commonware_cryptography::certificate::Verifier as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// How much the clocks of two peers may differ, and how far a block may be ahead of one.
const MARGIN_MS: u64 = 5_000 + AHEAD_MS + 500;
/// The file which says that everything this validator has ever signed is in the folder, or lies before the block whose certificate
/// is in the file.
const COMPLETE: &str = "complete";
/// The certificate of the block behind which a validator votes.
pub type Final = Finalization<Scheme, Digest>;

/// Waits for a block that was proposed after an older life had ended.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// When the first block of this life was written.
    since_ms: Option<u64>,
}

impl Watch {
    /// Takes notice of a block that was written now, of a set of `count` validators. Returns its certificate if no vote behind it can contradict
    /// one of an older life.
    pub fn see(&mut self, now_ms: u64, block: &Certified, count: usize) -> Option<Final> {
        let since_ms = *self.since_ms.get_or_insert(now_ms);
        if block.header.time_ms <= since_ms.saturating_add(MARGIN_MS) {
            return None;
        }
        finalization(block, count)
    }
}

/// What a folder says about where its validator may vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nowhere yet: what it has signed is not known.
    Watches,
    /// From the beginning, or behind a final block.
    VotesBehind(Option<Box<Final>>),
}

impl Part {
    /// Whether it votes in an epoch, if it has a seat there.
    pub(super) fn votes_in(&self, epoch: u64) -> bool {
        match self {
            Self::Watches => false,
            Self::VotesBehind(None) => true,
            Self::VotesBehind(Some(block)) => block.epoch().get() <= epoch,
        }
    }
}

/// Reads where a validator may vote.
pub fn part(dir: &Path) -> Result<Part, folder::Error> {
    let path = dir.join(COMPLETE);
    match fs::read(&path) {
        Ok(bytes) => read(&bytes).ok_or(folder::Error::Damaged(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Part::Watches),
        Err(source) => Err(folder::Error::Io { path, source }),
    }
}

fn read(bytes: &[u8]) -> Option<Part> {
    let (sum, body) = bytes.split_first_chunk()?;
    if *sum != check(body) {
        return None;
    }
    if body.is_empty() {
        return Some(Part::VotesBehind(None));
    }
    let settings = Scheme::certificate_codec_config_unbounded();
    let behind = Final::decode_cfg(Copying(body), &settings).ok()?;
    Some(Part::VotesBehind(Some(Box::new(behind))))
}

/// Or a file that was cut off would say that there is nothing behind which to vote.
fn check(body: &[u8]) -> [u8; 32] {
    Hash::of_bytes("assay/consensus/complete/1", body).0
}

/// Writes from where on a validator votes: of keys that have signed nothing yet, from the beginning. The folder is made if there is none.
pub fn complete(dir: &Path, behind: Option<&Final>) -> Result<(), folder::Error> {
    folder::open(dir)?;
    let body = behind.map(|behind| behind.encode().to_vec()).unwrap_or_default();
    folder::write(&dir.join(COMPLETE), &[&check(&body)[..], &body].concat())
}

#[cfg(test)]
mod tests {
    use super::{COMPLETE, Part, complete, folder, part};
    use std::fs;

    #[test]
    fn what_is_not_whole_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(part(dir.path()).unwrap(), Part::Watches);
        complete(dir.path(), None).unwrap();
        assert_eq!(part(dir.path()).unwrap(), Part::VotesBehind(None));
        let path = dir.path().join(COMPLETE);
        let whole = fs::read(&path).unwrap();
        let (mut longer, mut flipped) = (whole.clone(), whole.clone());
        longer.push(0);
        flipped[0] ^= 1;
        for damaged in [&[][..], &whole[1..], &longer, &flipped] {
            fs::write(&path, damaged).unwrap();
            let error = part(dir.path()).unwrap_err();
            assert!(matches!(error, folder::Error::Damaged(_)), "{error}");
        }
    }
}
