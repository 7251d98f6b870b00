//! What an owner should know before it puts rows on the market.

use super::Owner;
use crate::error::Error;
use crate::near;
use crate::step::Outside;
use assay_model::Table;
use assay_types::DatasetId;
use std::fmt;

/// Another listing of this owner has nearly the same rows. A buyer of one model of each learns about the
/// rows that differ, and no limit on single models keeps it from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// The other listing.
    pub dataset: DatasetId,
    /// How many rows it has.
    pub rows: usize,
    /// How many rows differ.
    pub differing: usize,
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, rows, differing } = self;
        if *differing == 0 {
            return write!(f, "listing {dataset} is of the very same {rows} rows");
        }
        write!(
            f,
            "listing {dataset} of {rows} rows differs in {differing}, and two models, one of each, tell about \
             these"
        )
    }
}

impl Owner {
    /// Looks which listings of this owner differ little from `table`, those included that are off the market:
    /// their models are out. Nothing is sent.
    pub fn near(&self, table: &Table, out: &Outside<'_>) -> Result<Vec<Near>, Error> {
        let mut found = Vec::new();
        for (dataset, (_, other)) in &self.tables {
            let Some(differing) = near::differing(other, table) else { continue };
            if out.market.listing(dataset)?.is_some() {
                found.push(Near { dataset: *dataset, rows: other.rows(), differing });
            }
        }
        Ok(found)
    }

    /// The same for the rows of a listing, itself left out.
    pub fn near_listing(&self, dataset: &DatasetId, out: &Outside<'_>) -> Result<Vec<Near>, Error> {
        let Some((_, table)) = self.tables.get(dataset) else { return Ok(Vec::new()) };
        let mut found = self.near(table, out)?;
        found.retain(|near| near.dataset != *dataset);
        Ok(found)
    }
}
