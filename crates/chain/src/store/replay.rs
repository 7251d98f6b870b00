//! Does what was kept add up?

use super::Store;
use crate::block::{Block, log_leaves, tx_root};
use crate::build::Tip;
use crate::error::Error;
use assay_types::{Genesis, Height, LogEntry, merkle};

impl Store {
    /// Walks over all blocks from the first one that is kept on, recomputes links, roots and signatures, and returns the
    /// end of the chain with a state whose root is that of the last header.
    ///
    /// Cost: the hashing of all transactions and entries, and one signature for each block that has some.
    pub(crate) fn replay(&self, genesis: &Genesis) -> Result<Tip, Error> {
        let (mut tip, mut last) = (Tip::new(genesis), None);
        let (mut before, mut kept) = (0, 0);
        if let Some(base) = self.base()? {
            (before, kept) = (base.height().get(), base.entries);
            (tip.header, tip.entries) = (Some(base.certified.header), base.entries);
            last = Some(base.certified);
        }
        for number in (before..).skip(1).zip(0..self.block_count()?).map(|(number, _)| number) {
            let height = Height::new(number);
            let block = self.block(height)?.ok_or(Error::Corrupt("a block is missing"))?;
            self.follow(&mut tip, &block, height, genesis)?;
            last = Some(block.certified);
        }
        if self.entry_count()?.checked_add(kept) != Some(tip.entries) {
            return Err(Error::Corrupt("the log has entries that belong to no block"));
        }
        let Some(certified) = last else {
            return match self.state()? {
                None => Ok(tip),
                Some(_) => Err(Error::Corrupt("there is a state but no block")),
            };
        };
        finality(&certified, genesis)?;
        tip.state = self.state()?.ok_or(Error::Corrupt("the state is missing"))?;
        tip.state.audit()?;
        let root = tip.state.root();
        let header = &certified.header;
        if root != header.state_root
            || tip.state.height() != header.height
            || tip.state.genesis() != header.genesis
            || tip.state.log_count() != tip.entries
        {
            return Err(Error::Corrupt("the state is not the one of the last header"));
        }
        Ok(tip)
    }

    fn follow(
        &self,
        tip: &mut Tip,
        block: &Block,
        height: Height,
        genesis: &Genesis,
    ) -> Result<(), Error> {
        let header = &block.certified.header;
        if header.height != height
            || header.genesis != genesis.digest()
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
            finality(&block.certified, genesis)?;
        }
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

fn finality(certified: &assay_types::Certified, genesis: &Genesis) -> Result<(), Error> {
    certified
        .verify(&genesis.digest(), genesis.orderer())
        .map_err(|_| Error::Corrupt("a header is not final"))
}
