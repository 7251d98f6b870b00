//! Money between people.

mod transfer;

use crate::rejection::rejections;
use assay_types::Amount;

rejections! {
    /// Nothing is transferred to oneself.
    11 Oneself "the sender and the receiver are the same"
    /// The money is not there.
    12 Funds {
        /// What is to be paid.
        amount: Amount,
        /// What the sender has beside the fee.
        funds: Amount,
    } "the amount {amount} is above the sender's funds {funds} beside the fee"
}
