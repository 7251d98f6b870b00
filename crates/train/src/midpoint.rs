//! Numbers between two floats, on integers.

use assay_model::Ordered;

/// Bits kept below the mantissa of the larger operand.
const GUARD: i32 = 64;

/// Returns the greatest finite 32-bit float that is not above the exact midpoint of `lower` and
/// `upper`. For `lower < upper` it lies in `lower..upper`.
///
/// Both are written as integers over one power of two, `2^-64` of the larger one's last place. What the
/// smaller one has below that is rounded down, which the final rounding down cannot notice: it happens
/// at a coarser place.
pub fn midpoint(lower: Ordered, upper: Ordered) -> Ordered {
    let (a, a_exponent) = parts(lower);
    let (b, b_exponent) = parts(upper);
    // One more bit for the half.
    let unit = a_exponent.max(b_exponent) - GUARD - 1;
    let sum = floor_shift(a, a_exponent - unit - 1) + floor_shift(b, b_exponent - unit - 1);
    floor(sum, unit).unwrap_or(lower)
}

/// Returns the number that has `share / 2^32` of the way from `lower` to `upper` behind it, rounded down
/// to a 32-bit float. For `lower < upper` it lies in `lower..upper`.
///
/// With `e` the greater exponent of the two, `m·2^e` with `|m| < 2^24`, both summands
/// `lower·(2^32 - share)` and `upper·share` are rounded down to a multiple of `2^(e-64)`; that makes
/// the sum, divided by `2^32`, no greater, and what is then less than `lower` is `lower`.
pub(crate) fn between(lower: Ordered, upper: Ordered, share: u32) -> Ordered {
    let (a, a_exponent) = parts(lower);
    let (b, b_exponent) = parts(upper);
    let unit = a_exponent.max(b_exponent) - GUARD;
    let share = i128::from(share);
    let sum = floor_shift(a * ((1 << 32) - share), a_exponent - unit)
        + floor_shift(b * share, b_exponent - unit);
    floor(sum, unit - 32).unwrap_or(lower).max(lower)
}

/// Returns the greatest float that is not above `sum · 2^unit`; `None` if it is not finite.
fn floor(sum: i128, unit: i32) -> Option<Ordered> {
    // At least 24 bits are kept, or all down to the last place of the smallest floats.
    let bits = 128 - sum.unsigned_abs().leading_zeros() as i32;
    let exponent = (unit + bits - 24).max(-149);
    let mantissa = floor_shift(sum, unit - exponent).unsigned_abs() as u32;
    if mantissa == 0 {
        return Some(Ordered::ZERO);
    }
    // Added, not joined: a mantissa that rounding carried to 2^24 moves into the exponent, and one
    // below 2^23 leaves it, as the encoding of the smallest floats wants it.
    let magnitude = (((exponent + 150) as u32) << 23) + mantissa - (1 << 23);
    let sign = u32::from(sum < 0) << 31;
    Ordered::from_f32_bits(sign | magnitude)
}

/// Returns `(m, e)` with value `m · 2^e` and `|m| < 2^24`.
fn parts(value: Ordered) -> (i128, i32) {
    let bits = value.to_f32_bits();
    let fraction = i128::from(bits & 0x7f_ffff);
    let (mantissa, exponent) = match (bits >> 23) & 0xff {
        0 => (fraction, -149),
        exponent => (fraction | 1 << 23, exponent as i32 - 150),
    };
    (if bits >> 31 == 1 { -mantissa } else { mantissa }, exponent)
}

/// Returns `⌊number · 2^by⌋`.
fn floor_shift(number: i128, by: i32) -> i128 {
    if by < 0 { number >> by.unsigned_abs().min(127) } else { number << by }
}
