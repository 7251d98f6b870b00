//! Does what was kept add up?

use super::Store;
use crate::block::{Block, log_leaves, tx_root};
use crate::build::Tip;
use crate::error::Error;
use crate::handovers::seat;
use assay_types::validators::Succession;
use assay_types::{Certified, Genesis, Height, LogEntry, Topic, merkle};

impl Store {
    /// Walks over all blocks from the first one that is kept on, recomputes links, roots and signatures, and returns the
    /// end of the chain with a state whose root is that of the last header.
    ///
    /// Cost: the hashing of all transactions and entries, and one signature for each block that has some.
    pub(crate) fn replay(&self, genesis: &Genesis) -> Result<(Tip, Succession), Error> {
        let (mut tip, mut last) = (Tip::new(genesis), None);
        let mut succession = self.succession(genesis)?;
        let (mut before, mut kept) = (0, 0);
        if let Some(base) = self.base()? {
            (before, kept) = (base.height().get(), base.entries);
            (tip.header, tip.entries) = (Some(base.certified.header), base.entries);
            last = Some(base.certified);
        }
        for number in (before..).skip(1).zip(0..self.block_count()?).map(|(number, _)| number) {
            let height = Height::new(number);
            let block = self.block(height)?.ok_or(Error::Corrupt("a block is missing"))?;
            self.follow(&mut tip, &block, height, &mut succession)?;
            last = Some(block.certified);
        }
        if self.entry_count()?.checked_add(kept) != Some(tip.entries) {
            return Err(Error::Corrupt("the log has entries that belong to no block"));
        }
        let Some(certified) = last else {
            return match self.state()? {
                None => Ok((tip, succession)),
                Some(_) => Err(Error::Corrupt("there is a state but no block")),
            };
        };
        finality(&certified, &succession)?;
        tip.state = self.state()?.ok_or(Error::Corrupt("the state is missing"))?;
        tip.state.audit()?;
        let root = tip.state.root();
        let header = &certified.header;
        if root != header.state_root
            || tip.state.height() != header.height
            || tip.state.genesis() != header.genesis
            || tip.state.log_count() != tip.entries
            || tip.state.tip(&Topic::Validators) != succession.tip()
        {
            return Err(Error::Corrupt("the state is not the one of the last header"));
        }
        Ok((tip, succession))
    }

    /// The validators up to the first block that is kept.
    fn succession(&self, genesis: &Genesis) -> Result<Succession, Error> {
        let mut succession = Succession::new(genesis);
        for handover in self.handovers()? {
            let followed = succession.follow(&handover);
            followed.map_err(|_| Error::Corrupt("a handover before the snapshot does not hold"))?;
        }
        Ok(succession)
    }

    fn follow(
        &self,
        tip: &mut Tip,
        block: &Block,
        height: Height,
        succession: &mut Succession,
    ) -> Result<(), Error> {
        let header = &block.certified.header;
        if header.height != height
            || header.genesis != succession.genesis()
            || header.parent != tip.parent()
        {
            return Err(Error::Corrupt("the blocks are not linked"));
        }
        if header.tx_root != tx_root(&block.txs) {
            return Err(Error::Corrupt("a block does not hold its header's transactions"));
        }
        let entries = self.entries(block.first_entry, block.entries as usize)?;
        let is_next = block.first_entry == tip.entries;
        if !is_next || header.log_root != merkle::root(&log_leaves(&entries)) {
            return Err(Error::Corrupt("a block does not hold its header's log"));
        }
        self.indexed(block.first_entry, &entries)?;
        // The signature of the last block covers all before it; those with entries end up in receipts.
        if !entries.is_empty() {
            finality(&block.certified, succession)?;
        }
        seat(succession, &entries)?;
        tip.entries += u64::from(block.entries);
        tip.header = Some(*header);
        Ok(())
    }

    fn indexed(&self, first: u64, entries: &[LogEntry]) -> Result<(), Error> {
        for (position, entry) in (first..).zip(entries) {
            if self.position(&entry.topic, entry.sequence)? != Some(position) {
                return Err(Error::Corrupt("an entry of the log is not found under its topic"));
            }
        }
        Ok(())
    }
}

fn finality(certified: &Certified, succession: &Succession) -> Result<(), Error> {
    succession.verify(certified).map_err(|_| Error::Corrupt("a header is not final"))
}
