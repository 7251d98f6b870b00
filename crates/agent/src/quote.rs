//! What a model costs, before anything is paid.

use crate::error::Error;
use crate::market::Market;
use assay_ledger::dataset::Quote;
use assay_types::{Amount, DatasetId};

/// Asks the market what a model trained on `dataset` costs.
pub fn of(dataset: &DatasetId, market: &dyn Market) -> Result<Quote, Error> {
    let listed = market.listing(dataset)?.filter(|listed| !listed.is_delisted);
    let listed = listed.ok_or(Error::Listing(*dataset))?;
    Ok(Quote::of(&listed, market.height()?, market.genesis().parameters()))
}

/// Fails if the quoted price is above the buyer's limit.
pub fn within(quote: &Quote, max_price: Amount) -> Result<(), Error> {
    let price = quote.price;
    if max_price < price { Err(Error::Price { price, max_price }) } else { Ok(()) }
}
