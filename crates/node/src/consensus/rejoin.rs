//! A validator that has lost what it signed watches before it votes.
//!
//! Who votes twice in a view is found out, and kept out by its peers. A validator whose folder is gone does not know what it has
//! signed; it begins in view 1, where a vote of its older life may be remembered. So it follows without a vote
//! until its older life cannot have been where it is now.
//!
//! That life entered its last view c by a certificate of view c − 1, of a quorum, whose honest part is in that view or
//! further. An honest validator sends the certificate that led it into its view when the view has timed out and a second (the
//! retry of `settings`) has passed, which is less than two time-outs. So two time-outs after the first certificate was heard, the highest
//! view m of one is at least c − 1, if the links to that honest part hold as long; and once a block of a view ≥ m + 2 is final, every vote from then on is in a view beyond c.
//!
//! If the others make nothing final without this validator, it watches for ever; then its operator decides
//! ([`Config::votes_at_once`](super::network::Config::votes_at_once)).

use super::keys::{Digest, Scheme};
use commonware_actor::Feedback;
use commonware_codec::{Copying, Decode as _, Encode as _};
use commonware_consensus::simplex::config::Floor;
use commonware_consensus::simplex::types::{Activity, Finalization};
use commonware_consensus::{Reporter, Viewable as _};
use commonware_cryptography::certificate::Verifier as _;
use commonware_runtime::Clock;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Time between two looks at what was seen.
const LOOK: Duration = Duration::from_millis(100);
/// The file which says that everything this validator has ever signed is in the folder, or lies before the block whose certificate
/// is in the file.
const COMPLETE: &str = "complete";
/// The certificate of the block behind which a validator votes.
pub type Final = Finalization<Scheme, Digest>;

/// The highest views of certificates.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Seen>>);

#[derive(Clone, Debug, Default)]
struct Seen {
    certified: u64,
    last: Option<Final>,
}

impl Watch {
    fn seen(&self) -> Seen {
        self.0.lock().map(|seen| seen.clone()).unwrap_or_default()
    }

    /// Returns a block behind which no vote can contradict one of an older life.
    pub async fn safe(&self, clock: &impl Clock, time_out: Duration) -> Final {
        // As long as nobody is heard, nothing is known.
        while self.seen().certified == 0 {
            clock.sleep(LOOK).await;
        }
        clock.sleep(2 * time_out).await;
        let goal = self.seen().certified.saturating_add(2);
        loop {
            match self.seen().last {
                Some(last) if goal <= last.view().get() => return last,
                _ => clock.sleep(LOOK).await,
            }
        }
    }
}

impl Reporter for Watch {
    type Activity = Activity<Scheme, Digest>;

    /// Votes of single validators do not count: one of them could name any view.
    fn report(&mut self, activity: Self::Activity) -> Feedback {
        let view = activity.view().get();
        if let Ok(mut seen) = self.0.lock() {
            match activity {
                Activity::Finalization(new) => {
                    seen.certified = seen.certified.max(view);
                    if seen.last.as_ref().is_none_or(|last| last.view() < new.view()) {
                        seen.last = Some(new);
                    }
                }
                Activity::Notarization(_) | Activity::Nullification(_) => {
                    seen.certified = seen.certified.max(view);
                }
                _ => {}
            }
        }
        Feedback::Ok
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
    /// Where the library begins, if the chain does at `floor`.
    pub(super) fn floor(&self, floor: Floor<Scheme, Digest>) -> Floor<Scheme, Digest> {
        match self {
            Self::VotesBehind(Some(block)) => Floor::Finalized(block.as_ref().clone()),
            Self::VotesBehind(None) | Self::Watches => floor,
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
