//! Completeness at every size.

use super::{Toy, honest};
use crate::session::Circuit;

#[test]
fn every_small_size_is_proven() {
    for log in 5..=16 {
        honest(&Toy::new(log, 1), log as u8);
    }
}

/// Gigabytes: only where `ASSAY_DEEP` is set; `ASSAY_DEEP=24` goes on to the largest commitment
/// there is.
#[test]
fn deep_every_large_size_is_proven() {
    let Ok(deep) = std::env::var("ASSAY_DEEP") else {
        println!("skipped: toys of 2^17 to 2^22 rows; set ASSAY_DEEP to prove them");
        return;
    };
    let last = deep.parse().ok().filter(|last| (17..=24).contains(last)).unwrap_or(22);
    for log in 17..=last {
        let toy = Toy::new(log, 1);
        let start = std::time::Instant::now();
        let proof = honest(&toy, log as u8);
        let (cells, bytes) = (toy.layout().variables(), proof.len());
        println!("2^{log} rows, 2^{cells} cells: {bytes} bytes, {:?}", start.elapsed());
    }
}
