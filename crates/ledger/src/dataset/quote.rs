//! What a model costs, before anything is paid.

use super::Listed;
use crate::envelope::fee;
use assay_types::tx::OpenTest;
use assay_types::{Action, Amount, BlobId, Height, JobId, Parameters};

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
    /// Computes what a model trained on `listed` costs at `now`.
    pub fn of(listed: &Listed, now: Height, parameters: &Parameters) -> Self {
        let price = listed.price(now);
        let evaluation_fee = listed.listing.evaluation_fee.min(price);
        // An order carries neither proofs nor blobs, a test set is one blob.
        let order_fee = parameters.fee;
        let test = OpenTest { job: JobId::default(), table: BlobId::default(), salt: [0; 32] };
        let test_fee = fee(parameters, &Action::from(test));
        // What cannot be written down cannot be paid either.
        let sum = |a: Amount, b| a.checked_add(b).unwrap_or(Amount::new(u128::MAX));
        let escrow = sum(price, evaluation_fee);
        let total = sum(sum(escrow, order_fee), test_fee);
        Self { version: listed.version, price, evaluation_fee, escrow, order_fee, test_fee, total }
    }
}
