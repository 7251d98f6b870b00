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
//! ([`Config::votes_at_once`](super::network::Config::votes_at_once)).

use super::application::AHEAD_MS;
use super::keys::{Digest, Scheme, finalization};
use assay_types::Certified;
use commonware_codec::{Copying, Decode as _, Encode as _};
use commonware_consensus::Epochable as _;
use commonware_consensus::simplex::types::Finalization;
use commonware_cryptography::certificate::Verifier as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
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

/// Reads where a validator may vote. An error: the file is of something else.
pub fn part(dir: &Path) -> io::Result<Part> {
    match fs::read(dir.join(COMPLETE)) {
        Ok(bytes) if bytes.is_empty() => Ok(Part::VotesBehind(None)),
        Ok(bytes) => {
            let settings = Scheme::certificate_codec_config_unbounded();
            let read = Final::decode_cfg(Copying(&bytes), &settings);
            let read = read.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            Ok(Part::VotesBehind(Some(Box::new(read))))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Part::Watches),
        Err(error) => Err(error),
    }
}

/// Writes from where on a validator votes: of keys that have signed nothing yet, from the beginning.
pub fn complete(dir: &Path, behind: Option<&Final>) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let (path, new) = (dir.join(COMPLETE), dir.join("complete.new"));
    let mut file = File::create(&new)?;
    if let Some(behind) = behind {
        file.write_all(&behind.encode())?;
    }
    file.sync_all()?;
    fs::rename(new, path)?;
    File::open(dir)?.sync_all()
}
