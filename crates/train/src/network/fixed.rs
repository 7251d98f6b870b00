//! Numbers in fixed point: how many bits they have behind the point, how great they may be, and how they
//! are rounded.
//!
//! | number | bits behind the point | greatest size |
//! |---|---|---|
//! | activation, score | 12 | `2^20` |
//! | weight in products | 20 | `2^26` |
//! | sum of products, and the bias in it | 32 | |
//! | slope of the loss by a sum | 18 | `2^20` |
//! | slope of the loss by a weight, summed over a batch | 30; 18 by a bias | |
//! | weight and bias as they are kept | 44 | `2^50` |
//! | speed of a weight | 44 | `2^58` |
//!
//! An output reads at most `2^16` cells and an input is read by as many (`FAN_MAX`), so both kinds of
//! sums stay below `2^62` and `2^63`; a batch of 1024 rows has at most `2^22` products for a weight, each
//! at most `2^40`. Nothing wraps around, whatever the rows and parameters are; what would be greater than
//! its greatest size is set to it.

/// Bits behind the point of an activation.
pub(super) const ACTIVATION: u32 = 12;
/// Greatest size of an activation.
pub(super) const ACTIVATION_MAX: i64 = (1 << 20) - 1;
/// Bits behind the point of a weight in products.
pub(super) const WEIGHT: u32 = 20;
/// Bits behind the point of a slope by a sum.
pub(super) const SLOPE: u32 = 18;
/// Greatest size of a slope by a sum.
pub(super) const SLOPE_MAX: i64 = (1 << 20) - 1;
/// Bits behind the point of what is kept of a weight.
pub(super) const KEPT: u32 = 44;
/// Greatest size of what is kept of a weight.
pub(super) const KEPT_MAX: i64 = (1 << 50) - 1;
/// Greatest size of a speed.
pub(super) const SPEED_MAX: i64 = (1 << 58) - 1;
/// Bits behind the point of a ratio.
pub(super) const RATIO: u32 = 32;

/// Returns `⌊number / 2^by + 1/2⌋`.
pub(super) fn rounded(number: i64, by: u32) -> i64 {
    (number + (1 << (by - 1))) >> by
}

/// Returns `⌊number · ratio⌋`, at most `most` in size.
pub(super) fn part(number: i64, ratio: u64, most: i64) -> i64 {
    saturated((i128::from(number) * i128::from(ratio)) >> RATIO, most)
}

/// Returns the number next to `number` that is at most `most` in size.
pub(super) fn saturated(number: i128, most: i64) -> i64 {
    // Within 64 bits, as `most` is.
    number.clamp(-i128::from(most), i128::from(most)) as i64
}
