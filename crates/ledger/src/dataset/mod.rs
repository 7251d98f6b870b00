//! Listings: what is offered, and how well it sells.

mod content;
mod delist;
mod publish;
mod quote;
mod update;

pub use quote::Quote;

use crate::rejection::rejections;
use crate::state::State;
use assay_types::{Address, Amount, DatasetId, Height, Listing};

rejections! {
    /// A window is too short or too long.
    21 Window {
        /// Which.
        window: &'static str,
        /// The ledger's least.
        min: u64,
        /// The ledger's most.
        max: u64,
        /// The listing's.
        got: u64,
    } "the window to {window} is {got} blocks, the ledger allows {min} to {max}"
    /// A sale might burn more than its price.
    22 Floor {
        /// What a sale burns at least.
        min: Amount,
        /// The curve's floor.
        got: Amount,
    } "the curve's floor is {got}, a sale burns at least {min}"
    /// There is nothing to train on.
    23 Rows "a listing has at least one row"
    /// No job could be within the limits.
    24 Limits {
        /// Which limit.
        why: &'static str,
    } "{why}"
    /// The money is not there.
    25 Funds {
        /// What publishing burns.
        burn: Amount,
        /// What the sender has beside the fee.
        funds: Amount,
    } "publishing burns {burn}, the sender's funds beside the fee are {funds}"
    /// There is no such listing.
    31 Unknown {
        /// The listing.
        dataset: DatasetId,
    } "there is no listing {dataset}"
    /// Somebody else's listing.
    32 NotOwner {
        /// Whose it is.
        owner: Address,
    } "the listing belongs to {owner}"
    /// The listing is off the market.
    33 Delisted {
        /// The listing.
        dataset: DatasetId,
    } "listing {dataset} is off the market"
}

/// How well a listing has sold. Clients sort by these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Effective number of sales at [`Counters::counted`]; it decays with time.
    pub count: u64,
    /// When that was: at the last sale, or at a later version with another half-life.
    pub counted: Height,
    /// When the last sale happened.
    pub last_sale: Height,
    /// All sales.
    pub sales: u64,
    /// Models that were proven not to reach their threshold.
    pub misses: u64,
    /// Jobs given up after the test set was shown.
    pub concessions: u64,
    /// Keys that were not revealed.
    pub defaults: u64,
    /// What all sales have burned.
    pub burned: Amount,
}

assay_codec::record!(Counters {
    count,
    counted,
    last_sale,
    sales,
    misses,
    concessions,
    defaults,
    burned
});

/// A listing on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whose it is.
    pub owner: Address,
    /// Number of the current version, from 1.
    pub version: u32,
    /// Whether it takes no more jobs.
    pub is_delisted: bool,
    /// How well it has sold.
    pub counters: Counters,
    /// The current content.
    pub listing: Listing,
}

assay_codec::record!(Listed { owner, version, is_delisted, counters, listing });

impl Listed {
    /// Returns the number of sales that count at `now`.
    pub fn count(&self, now: Height) -> u64 {
        self.listing.curve.decayed(self.counters.count, self.counters.counted, now)
    }

    /// Returns the price of the next sale at `now`.
    pub fn price(&self, now: Height) -> Amount {
        self.listing.curve.price(self.count(now))
    }
}

/// Rules 31 to 33, in this order: the listing exists, is the sender's, is on the market.
fn owned<'a>(
    dataset: &DatasetId,
    sender: &Address,
    state: &'a State,
) -> Result<&'a Listed, Rejection> {
    let listed = state.listing(dataset).ok_or(Rejection::Unknown { dataset: *dataset })?;
    if listed.owner != *sender {
        return Err(Rejection::NotOwner { owner: listed.owner });
    }
    if listed.is_delisted {
        return Err(Rejection::Delisted { dataset: *dataset });
    }
    Ok(listed)
}
