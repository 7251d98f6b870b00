//! The frame of a block: what is due ends first, and an audit comes last.

use super::{Due, Imbalance, State};
use crate::{job, stake};
use assay_codec::Digest;
use assay_types::{Height, LogEntry};

/// Why no block can be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockFault {
    /// Time does not run backwards.
    #[error("the block's time {got} lies before {previous}, the time of the one before")]
    Time {
        /// Time of the last block.
        previous: u64,
        /// Time of the new one.
        got: u64,
    },
    /// There are no more heights.
    #[error("block {0} is the last that has a number")]
    Height(Height),
}

impl State {
    /// Opens the next block and ends what was due before it, in the order of (deadline, job).
    pub fn open_block(&mut self, time_ms: u64) -> Result<Vec<LogEntry>, BlockFault> {
        if time_ms < self.time_ms {
            return Err(BlockFault::Time { previous: self.time_ms, got: time_ms });
        }
        self.height = self.height.checked_add(1).ok_or(BlockFault::Height(self.height))?;
        self.time_ms = time_ms;
        let mut entries = Vec::new();
        if let Some(event) = stake::turn(self) {
            entries.push(self.log(event));
        }
        while let Some((&due, ())) = self.due.first() {
            let Due { deadline, job: id } = due;
            if self.height <= deadline {
                break;
            }
            self.due.remove(&due);
            if let Some(event) = job::expire(id, self) {
                entries.push(self.log(event));
            }
        }
        Ok(entries)
    }

    /// Audits the state after the last transaction of a block and returns its root. Costs what has changed.
    pub fn close_block(&self) -> Result<Digest, Imbalance> {
        if !self.adds_up() {
            // Finds out where.
            self.audit()?;
        }
        Ok(self.root())
    }
}
