//! Who orders the blocks of each epoch, and what shows that to others.

use crate::chain::Chain;
use crate::error::Error;
use assay_receipt::Anchor;
use assay_types::validators::{Handover, Succession};
use assay_types::{Height, LogEntry, Topic};

/// Most handovers that one question returns: each may hold 128 validators, about 25 KiB.
const HANDOVERS_MAX: usize = 64;

impl Chain {
    /// Who orders the blocks of each epoch, up to that of the next block.
    pub fn succession(&self) -> &Succession {
        &self.succession
    }

    /// Returns the changes of validators from number `first` on, each with what shows that it is final; at most 64.
    pub fn handovers(&self, first: u64) -> Result<Vec<Handover>, Error> {
        let (count, _) = self.tip.state.tip(&Topic::Validators);
        (first..count).take(HANDOVERS_MAX).map(|number| self.handover(number)).collect()
    }

    /// Returns all changes of validators in the blocks up to this one.
    pub(crate) fn handovers_up_to(&self, last: Height) -> Result<Vec<Handover>, Error> {
        let (count, _) = self.tip.state.tip(&Topic::Validators);
        let mut found = Vec::new();
        for number in 0..count {
            let handover = self.handover(number)?;
            if last < handover.entry.height {
                break;
            }
            found.push(handover);
        }
        Ok(found)
    }

    /// Those before a snapshot have come with it.
    fn handover(&self, number: u64) -> Result<Handover, Error> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(known) = self.before.get(index) {
            return Ok(known.clone());
        }
        let logged = self.logged(&Topic::Validators, number)?;
        let logged = logged.ok_or(Error::Corrupt("a topic has a gap"))?;
        let Anchor { certified, inclusion } = logged.anchor;
        Ok(Handover { entry: logged.entry, certified, inclusion })
    }
}

/// Takes notice of who follows, if a block says so.
pub(crate) fn seat(succession: &mut Succession, entries: &[LogEntry]) -> Result<(), Error> {
    let about = entries.iter().filter(|entry| entry.topic == Topic::Validators);
    let seated = about.map(|entry| succession.seat(entry));
    let all: Result<(), _> = seated.collect();
    all.map_err(|_| Error::Corrupt("the validators of the next epoch are none"))
}
