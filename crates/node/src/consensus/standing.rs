//! Finds out that a node cannot go on, and says what to do.
//!
//! Two things can be missing for ever: blocks that all peers have forgotten, or never had since they began with a snapshot; and the end of an epoch that
//! is long over, without which nobody's word counts for what came after.
//!
//! *What is certain ends the node.* Peers are authenticated, and whoever votes in an epoch has written every block before it. When one more than a third of
//! the validators that this node knows do so (`Claims`), an honest one does. If that epoch begins more blocks from here than peers keep, the end of ours is forgotten.
//!
//! *What is not is said.* No peer can show that nobody has a block. When nothing was written for a minute, although a later block is final or somebody speaks of a later
//! epoch, this is logged, once a minute, and the node is not ready ([`Standing::lack`]). A node that writes blocks is not told so, whatever anybody says.

use super::Door;
use super::keys::PublicKey;
use assay_types::Height;
use commonware_runtime::Clock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// How long nothing is written before something is said.
pub const STILL: Duration = Duration::from_secs(60);
/// Time between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// What is missing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lack {
    /// A block that is final.
    #[error(
        "block {next} has not come for a minute, though block {tip} is final: if no peer keeps it, for they began with a later snapshot, \
         begin with one too (`assay node restore`)"
    )]
    Block {
        /// The one that is next here.
        next: Height,
        /// The last one that is known to be final.
        tip: u64,
    },
    /// The end of an epoch.
    #[error(
        "nothing has come for a minute, and peers speak of epoch {heard}, while this node waits for block {last}, the last one of epoch {own}: if no \
         peer keeps it, begin with a snapshot (`assay node restore`)"
    )]
    Epoch {
        /// The epoch of the next block here.
        own: u64,
        /// Its last block.
        last: Height,
        /// The latest epoch that somebody has spoken of. Nothing shows that it has begun.
        heard: u64,
    },
}

/// How a node stands to the others.
#[derive(Clone, Debug, Default)]
pub struct Standing(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The last block that is known to be final.
    tip: u64,
    /// The epoch of the next block, and its last one.
    own: (u64, Height),
    /// The latest epoch that somebody has spoken of.
    heard: u64,
    lack: Option<Lack>,
}

impl Standing {
    /// What is missing, if nothing was written for a minute.
    pub fn lack(&self) -> Option<Lack> {
        self.0.lock().ok()?.lack
    }

    /// A block of this height is final.
    pub(super) fn tip(&self, height: u64) {
        self.with(|known| known.tip = known.tip.max(height));
    }

    /// An epoch has begun here.
    pub(super) fn begins(&self, epoch: u64, last: Height) {
        self.with(|known| (known.own, known.heard) = ((epoch, last), epoch));
    }

    /// Somebody speaks of an epoch.
    pub(super) fn hear(&self, epoch: u64) {
        self.with(|known| known.heard = known.heard.max(epoch));
    }

    fn with(&self, change: impl FnOnce(&mut Known)) {
        if let Ok(mut known) = self.0.lock() {
            change(&mut known);
        }
    }

    /// Finds out what is missing behind `height`, if something is.
    fn find(&self, height: Height, is_still: bool) -> Option<Lack> {
        let mut known = self.0.lock().ok()?;
        let (own, last) = known.own;
        let lack = if height.get() < known.tip {
            Some(Lack::Block { next: height.checked_add(1)?, tip: known.tip })
        } else if own < known.heard {
            Some(Lack::Epoch { own, last, heard: known.heard })
        } else {
            None
        };
        known.lack = lack.filter(|_| is_still);
        known.lack
    }
}

/// Looks again and again whether something is missing, and says so, until the chain ends.
pub(super) async fn watch(clock: impl Clock, standing: Standing, door: impl Door) {
    let mut written: Option<(Height, SystemTime)> = None;
    let mut said: Option<SystemTime> = None;
    while let Some(height) = door.ask(|chain| chain.height()).await {
        let now = clock.current();
        let since = match written {
            Some((before, since)) if before == height => since,
            _ => now,
        };
        written = Some((height, since));
        let still = now.duration_since(since).unwrap_or_default();
        let lack = standing.find(height, STILL <= still);
        let is_due = said.is_none_or(|said| STILL <= now.duration_since(said).unwrap_or_default());
        if let Some(lack) = lack.filter(|_| is_due) {
            tracing::error!(height = height.get(), "{lack}");
            said = Some(now);
        }
        clock.sleep(LOOK).await;
    }
}

/// What the validators that a node knows have said of later epochs.
#[derive(Debug)]
pub(super) struct Claims {
    members: Vec<PublicKey>,
    said: BTreeMap<PublicKey, u64>,
}

impl Claims {
    pub(super) fn of(members: Vec<PublicKey>) -> Self {
        Self { members, said: BTreeMap::new() }
    }

    /// Takes notice of who has spoken of an epoch. Returns the latest one that has begun for certain: more have spoken of it, or of later ones, than can
    /// be bad.
    pub(super) fn hear(&mut self, who: &PublicKey, epoch: u64) -> Option<u64> {
        if !self.members.contains(who) {
            return None;
        }
        let said = self.said.entry(who.clone()).or_default();
        *said = epoch.max(*said);
        let mut all: Vec<u64> = self.said.values().copied().collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        all.get(self.members.len().saturating_sub(1) / 3).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Claims, Lack, Standing};
    use crate::consensus::keys::Secrets;
    use assay_types::Height;

    #[test]
    fn one_more_than_a_third_is_believed() {
        let keys: Vec<_> =
            (0..5).map(|seed| Secrets::from_seeds(&[seed; 32], &[seed; 32]).public()).collect();
        let mut claims = Claims::of(keys[..4].to_vec());
        assert_eq!(claims.hear(&keys[0], 9), None);
        assert_eq!(claims.hear(&keys[0], 12), None, "one is one");
        assert_eq!(claims.hear(&keys[4], 9), None, "a stranger");
        assert_eq!(claims.hear(&keys[1], 5), Some(5), "of both, what both say");
        assert_eq!(claims.hear(&keys[2], 7), Some(7));
        assert_eq!(claims.hear(&keys[1], 4), Some(7), "nobody takes anything back");
        assert_eq!(Claims::of(keys[..1].to_vec()).hear(&keys[0], 3), Some(3), "it is all of them");
    }

    #[test]
    fn what_is_missing_is_said_when_nothing_is_written() {
        let standing = Standing::default();
        standing.begins(2, Height::new(17));
        assert_eq!(standing.find(Height::new(14), true), None);
        standing.hear(5);
        let epoch = Lack::Epoch { own: 2, last: Height::new(17), heard: 5 };
        assert_eq!(standing.find(Height::new(14), true), Some(epoch));
        standing.tip(16);
        let block = Lack::Block { next: Height::new(15), tip: 16 };
        assert_eq!(standing.find(Height::new(14), true), Some(block));
        assert_eq!(standing.lack(), Some(block));
        assert_eq!(standing.find(Height::new(14), false), None, "it goes on");
        assert_eq!(standing.lack(), None);
        standing.begins(5, Height::new(35));
        assert_eq!(standing.find(Height::new(32), true), None);
    }
}
