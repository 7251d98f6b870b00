//! The content of a listing, new or updated.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 21 | each window is within the ledger's bounds | [`Rejection::Window`] |
//! | 22 | the curve's floor is at least what a sale burns | [`Rejection::Floor`] |
//! | 23 | there are rows | [`Rejection::Rows`] |
//! | 24 | some job is within the limits | [`Rejection::Limits`] |

use super::Rejection;
use assay_types::{Listing, Parameters};

pub(super) fn admit(listing: &Listing, parameters: &Parameters) -> Result<(), Rejection> {
    let (min, max) = (parameters.window_min, parameters.window_max);
    let windows = &listing.windows;
    for (window, got) in
        [("open", windows.open), ("prove", windows.prove), ("reveal", windows.reveal)]
    {
        if !(min..=max).contains(&got) {
            return Err(Rejection::Window { window, min, max, got });
        }
    }
    let (min, got) = (parameters.sale_burn_min, listing.curve.floor());
    if got < min {
        return Err(Rejection::Floor { min, got });
    }
    if listing.rows == 0 {
        return Err(Rejection::Rows);
    }
    listing.limits.validate().map_err(|why| Rejection::Limits { why })
}
