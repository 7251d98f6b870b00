//! Binary logarithms of weights, in fixed point.

/// Bits behind the point. With them `n · log2(n)` fits 72 bits for every `n` up to `2^32`.
pub(crate) const FRACTION: u32 = 35;

/// Returns `log2(number)` in units of `2^-35`, for `number >= 1`; 0 for 0.
///
/// The fraction is found bit by bit: squaring the mantissa doubles its logarithm, whose whole part is
/// the next bit. Mantissas have 63 bits behind the point and are rounded down.
///
/// # Error
///
/// Each squaring loses a relative error below `2^-62`, less than `2^-61` of logarithm, and the loss of
/// the `i`-th counts `2^-i`; the bits behind the last are dropped. Hence
/// `log2(n) <= 2^35 · (exact logarithm) < log2(n) + 1 + 2^-26`; powers of two are exact.
pub(crate) fn log2(number: u64) -> u64 {
    if number == 0 {
        return 0;
    }
    let whole = number.ilog2();
    let mut mantissa = number << (63 - whole);
    let mut logarithm = u64::from(whole);
    for _ in 0..FRACTION {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        let bit = (square >> 64) as u64;
        mantissa = (square >> bit) as u64;
        logarithm = logarithm << 1 | bit;
    }
    logarithm
}
