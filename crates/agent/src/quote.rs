//! What a model costs, before anything is paid.

use crate::error::Error;
use crate::market::Market;
use assay_types::tx::OpenTest;
use assay_types::{Action, Amount, BlobId, DatasetId, JobId};

/// What a buyer pays if the sale is made at this height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The current version of the listing.
    pub version: u32,
    /// P: goes to the owner, but for the burned part, if the model passes.
    pub price: Amount,
    /// E: goes to the owner for a pass, a proven miss, or a test set that is not shown.
    pub evaluation_fee: Amount,
    /// P + E, which the job holds.
    pub escrow: Amount,
    /// The fee for ordering.
    pub order_fee: Amount,
    /// The fee for showing the test set.
    pub test_fee: Amount,
    /// Escrow and fees.
    pub total: Amount,
}

impl Quote {
    /// Asks the market what a model trained on `dataset` costs.
    pub fn of(dataset: &DatasetId, market: &dyn Market) -> Result<Self, Error> {
        let listed = market.listing(dataset)?.filter(|listed| !listed.is_delisted);
        let listed = listed.ok_or(Error::Listing(*dataset))?;
        let price = listed.price(market.height()?);
        let evaluation_fee = listed.listing.evaluation_fee.min(price);
        let parameters = market.genesis().parameters();
        // An order carries neither proofs nor blobs, a test set is one blob.
        let order_fee = parameters.fee;
        let test = OpenTest { job: JobId::default(), table: BlobId::default(), salt: [0; 32] };
        let test_fee = assay_ledger::fee(parameters, &Action::from(test));
        // What cannot be written down cannot be paid either.
        let sum = |a: Amount, b| a.checked_add(b).unwrap_or(Amount::new(u128::MAX));
        let escrow = sum(price, evaluation_fee);
        let total = sum(sum(escrow, order_fee), test_fee);
        Ok(Self {
            version: listed.version,
            price,
            evaluation_fee,
            escrow,
            order_fee,
            test_fee,
            total,
        })
    }

    /// Fails if the price is above the buyer's limit.
    pub fn within(&self, max_price: Amount) -> Result<(), Error> {
        let price = self.price;
        if max_price < price { Err(Error::Price { price, max_price }) } else { Ok(()) }
    }
}
