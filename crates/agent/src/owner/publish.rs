//! Putting rows on the market, without the rows.

use super::Owner;
use crate::error::Error;
use crate::journal::Entry;
use crate::party::Reference;
use crate::statement;
use crate::step::Outside;
use assay_codec::{Digest, to_hex};
use assay_model::{Schema, Table};
use assay_types::bounded::Text;
use assay_types::tx::PublishDataset;
use assay_types::{
    Action, Amount, Blobs, Card, Curve, DataCommitment, DatasetId, Height, Limits, Listing, Windows,
};
use assay_wallet::openings::Kind;

/// Blocks in which a listing must get into a block, or is given up.
pub(super) const VALID_BLOCKS: u64 = 100;

/// What an owner asks for the use of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// For people.
    pub card: Card,
    /// What a model costs.
    pub curve: Curve,
    /// What an honest miss earns.
    pub evaluation_fee: Amount,
    /// How long each party has.
    pub windows: Windows,
    /// What may be asked for.
    pub limits: Limits,
    /// Licence of the models.
    pub licence: Text<128>,
    /// Digest of rows to look at.
    pub sample: Option<Digest>,
}

impl Terms {
    /// The terms of a listing.
    pub fn of(listing: &Listing) -> Self {
        Self {
            card: listing.card.clone(),
            curve: listing.curve.clone(),
            evaluation_fee: listing.evaluation_fee,
            windows: listing.windows,
            limits: listing.limits.clone(),
            licence: listing.licence.clone(),
            sample: listing.sample,
        }
    }

    /// These terms for the use of rows.
    pub(super) fn listing(
        self,
        commitment: DataCommitment,
        schema: Schema,
        rows: u32,
        encryption_key: [u8; 32],
    ) -> Listing {
        Listing {
            card: self.card,
            commitment,
            schema,
            rows,
            curve: self.curve,
            evaluation_fee: self.evaluation_fee,
            encryption_key,
            windows: self.windows,
            limits: self.limits,
            licence: self.licence,
            sample: self.sample,
        }
    }
}

/// Rows and terms.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The owner's name for it.
    pub reference: Reference,
    /// The private rows. They stay in the owner's directory.
    pub table: Table,
    /// The terms.
    pub terms: Terms,
}

/// Where the rows behind a commitment lie, in the owner's directory.
pub(super) fn file(commitment: &DataCommitment) -> String {
    let digest = Digest::of("assay/agent/rows/1", commitment);
    format!("rows/{}.table", &to_hex(&digest.0)[2..])
}

impl Owner {
    /// Publishes a listing and returns its name. Under one reference it is published once: the second call
    /// returns what the first one did.
    pub fn publish(&mut self, offer: &Offer, out: &mut Outside<'_>) -> Result<DatasetId, Error> {
        self.party.settle(out)?;
        if let Some(dataset) = self.published(&offer.reference, out)? {
            return Ok(dataset);
        }
        if let Some(tx) = self.party.outgoing() {
            return Err(Error::OnItsWay(tx.digest()));
        }
        let (dataset, action) = self.preview(offer, out)?;
        let commitment = action.listing.commitment;
        self.party.keep_table(&file(&commitment), &offer.table, out)?;
        let reference = offer.reference.clone();
        self.party.append(Entry::Listed { reference, dataset, commitment })?;
        self.tables.insert(dataset, (commitment, offer.table.clone()));

        let valid_until = out.market.height()?.checked_add(VALID_BLOCKS);
        let valid_until = valid_until.unwrap_or(Height::new(u64::MAX));
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action.into(), Blobs::new(), valid_until, private, out)?;
        Ok(dataset)
    }

    /// Returns what [`Owner::publish`] would put on the market now, and its name there. Nothing is sent. The salt
    /// is drawn and kept, so that what is published next is exactly this.
    pub fn preview(
        &mut self,
        offer: &Offer,
        out: &mut Outside<'_>,
    ) -> Result<(DatasetId, PublishDataset), Error> {
        let rows = statement::rows(&offer.table)?;
        let own = self.address();
        let dataset = DatasetId::of(own, out.market.account(&own)?.nonce);
        let salt = self.party.bytes(Kind::DataSalt, &dataset, out)?;
        let commitment = DataCommitment::blake3(&offer.table.digest(), &salt);
        Ok((dataset, self.listing(offer, rows, commitment)))
    }

    fn listing(&self, offer: &Offer, rows: u32, commitment: DataCommitment) -> PublishDataset {
        let schema = offer.table.schema().clone();
        let encryption_key = self.party.keys().encryption_key();
        let listing = offer.terms.clone().listing(commitment, schema, rows, encryption_key);
        PublishDataset { listing }
    }

    /// Finds what was published under `reference`, or is on its way. What was refused is neither.
    fn published(
        &self,
        reference: &Reference,
        out: &Outside<'_>,
    ) -> Result<Option<DatasetId>, Error> {
        let listed = self.party.journal().entries().iter().rev().find_map(|entry| match entry {
            Entry::Listed { reference: got, dataset, .. } if got == reference => Some(*dataset),
            _ => None,
        });
        let Some(dataset) = listed else { return Ok(None) };
        let is_on_its_way = self.party.outgoing().is_some_and(|signed| {
            matches!(signed.tx.action, Action::PublishDataset(_))
                && DatasetId::of(signed.tx.from, signed.tx.nonce) == dataset
        });
        let is_here = is_on_its_way || out.market.listing(&dataset)?.is_some();
        Ok(is_here.then_some(dataset))
    }
}
