//! Changing the terms of a listing, and taking it off the market. Open jobs keep what they were opened with.

use super::Owner;
use super::publish::{Terms, VALID_BLOCKS};
use crate::error::Error;
use crate::step::Outside;
use assay_codec::Digest;
use assay_ledger::dataset::Listed;
use assay_types::tx::{Delist, UpdateListing};
use assay_types::{Action, Blobs, DatasetId, Height};

impl Owner {
    /// Makes a new version of a listing: other terms for the same rows. Returns the digest of the transaction.
    pub fn update(
        &mut self,
        dataset: &DatasetId,
        terms: Terms,
        out: &mut Outside<'_>,
    ) -> Result<Digest, Error> {
        let before = self.listed(dataset, out)?.listing;
        let (schema, key) = (before.schema, before.encryption_key);
        let listing = terms.listing(before.commitment, schema, before.rows, key);
        self.send_about(UpdateListing { dataset: *dataset, listing }.into(), out)
    }

    /// Takes a listing off the market. Returns the digest of the transaction.
    pub fn delist(&mut self, dataset: &DatasetId, out: &mut Outside<'_>) -> Result<Digest, Error> {
        self.listed(dataset, out)?;
        self.send_about(Delist { dataset: *dataset }.into(), out)
    }

    /// The listing, if it is on the market. Whose it is, the ledger looks.
    fn listed(&self, dataset: &DatasetId, out: &Outside<'_>) -> Result<Listed, Error> {
        let listed = out.market.listing(dataset)?.filter(|listed| !listed.is_delisted);
        listed.ok_or(Error::Listing(*dataset))
    }

    fn send_about(&mut self, action: Action, out: &mut Outside<'_>) -> Result<Digest, Error> {
        self.party.settle(out)?;
        let valid_until = out.market.height()?.checked_add(VALID_BLOCKS);
        let valid_until = valid_until.unwrap_or(Height::new(u64::MAX));
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, Blobs::new(), valid_until, private, out)
    }
}
