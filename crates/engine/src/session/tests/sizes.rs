//! Completeness at every size.

use super::{Toy, honest};

#[test]
fn every_small_size_is_proven() {
    for log in 5..=14 {
        honest(&Toy::new(log, 1), log as u8);
    }
}
