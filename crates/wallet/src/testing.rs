//! What the tests share.

use crate::Cost;
use assay_codec::Digest;

/// Returns a generator that gives the same bytes for the same seed.
pub(crate) fn seeded(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut counter = 0_u64;
    move |out| {
        for chunk in out.chunks_mut(32) {
            counter += 1;
            let words = [seed, counter].map(u64::to_le_bytes).concat();
            let block = Digest::of_bytes("assay/wallet/test", &words);
            chunk.copy_from_slice(&block.0[..chunk.len()]);
        }
    }
}

/// The cheapest password hash that there is.
pub(crate) fn cheap() -> Cost {
    Cost::new(8, 1, 1).expect("the smallest cost is valid")
}
