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

/// Returns how many of `sums` are as great as that of `class` or greater, itself among them: 1 for
/// the answer. Of equal sums the lower index is the greater one. `None` if there is no answer, or no
/// such class.
///
/// Where there is an answer all sums lie within `2^29` below it, so that they have an order.
pub fn rank(sums: &[u32], class: u16) -> Option<usize> {
    let top = *sums.get(usize::from(answer(sums)?))?;
    let own = difference(top, *sums.get(usize::from(class))?);
    let is_ahead = |&(other, &sum): &(u16, &u32)| {
        let below = difference(top, sum);
        below < own || below == own && other <= class
    };
    Some((0..).zip(sums).filter(is_ahead).count())
}

/// a − b modulo [`POINTERS`], for numbers below it.
fn difference(a: u32, b: u32) -> u32 {
    if b <= a { a - b } else { a + (POINTERS - b) }
}
