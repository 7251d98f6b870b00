//! From sums of votes to a class.

use crate::ops::tree::POINTERS;

/// Sums may lie `2^29` apart, less than half of the modulus: of two numbers on a circle only one
/// can be ahead by so little.
pub const SPREAD_LOG: u32 = 29;

/// Returns the index of the greatest of `sums`, the lowest one on a tie.
///
/// Sums are numbers modulo [`POINTERS`], so "greatest" needs a meaning: `a` is the answer if every
/// sum before it is less by 1 to `2^29`, and every sum behind it by 0 to `2^29 - 1`. At most one
/// index can be; if none is, because the sums are spread too far, there is no answer.
pub fn answer(sums: &[u32]) -> Option<u16> {
    // Compare as if there were an answer, then see whether it is one.
    let mut best = 0;
    for (index, &sum) in sums.iter().enumerate() {
        let above = difference(sum, *sums.get(best)?);
        if above != 0 && (above - 1) >> SPREAD_LOG == 0 {
            best = index;
        }
    }
    let &top = sums.get(best)?;
    let is_top = |(index, &sum): (usize, &u32)| {
        let below = difference(top, sum);
        let distance = if index < best { difference(below, 1) } else { below };
        distance >> SPREAD_LOG == 0
    };
    if sums.iter().enumerate().all(is_top) { u16::try_from(best).ok() } else { None }
}

/// a − b modulo [`POINTERS`], for numbers below it.
fn difference(a: u32, b: u32) -> u32 {
    if b <= a { a - b } else { a + (POINTERS - b) }
}
