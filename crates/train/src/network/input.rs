//! Features to integers: each channel's mean becomes 0, its standard deviation 64.

use assay_model::ops::network::{INPUT_SHIFT_MIN, InputMap, Scale};
use assay_model::{Image, Ordered, Table};

/// Binary logarithm of the steps of a standard deviation.
pub(super) const STEPS_LOG: u32 = 6;
/// Greatest integer, and least with a minus: eight standard deviations.
pub(super) const STEPS_MAX: i16 = (8 << STEPS_LOG) - 1;
/// Bits kept below the last place of the greatest value.
const GUARD: i32 = 16;
/// A standard deviation is taken for at least the mean divided by so much, lest its offset need more than
/// 32 bits: a float has no more places either.
const MEAN_LOG: u32 = 20;

/// Chooses the map of a table whose rows are images; a row without neighbours is one of one place.
///
/// The values of a channel are integers `x` in units of `2^(e - 16)`, rounded down, with `e` the greatest
/// exponent of a value `m·2^e`, `|m| < 2^24`. With `n` values, `mean = ⌊Σx / n⌋` and
/// `deviation = ⌊√⌊Σ(x - mean)² / n⌋⌋`.
pub(super) fn input(table: &Table, image: Image) -> InputMap {
    let channels = usize::from(image.channels);
    let scale = |channel: usize| {
        let values = table.values().iter().skip(channel).step_by(channels);
        let parts: Vec<(i32, i32)> = values.map(|&value| parts(value)).collect();
        scale(&parts).unwrap_or(Scale { multiplier: 0, shift: 0, offset: 0 })
    };
    InputMap { scales: (0..channels).map(scale).collect(), low: -STEPS_MAX, high: STEPS_MAX }
}

/// Returns `None` if all values are the same, or all but 0.
fn scale(values: &[(i32, i32)]) -> Option<Scale> {
    let greatest = values.iter().filter(|(m, _)| *m != 0).map(|&(_, e)| e).max()?;
    // Below 2^40 in size.
    let integers = || values.iter().map(|&(m, e)| floor_shift(m.into(), e - greatest + GUARD));
    let count = values.len() as i128;
    let mean = integers().sum::<i128>().div_euclid(count);
    // At most 2^36 squares of less than 2^82.
    let squares: i128 = integers().map(|x| (x - mean) * (x - mean)).sum();
    let deviation = (squares / count).isqrt();
    if deviation == 0 {
        return None;
    }
    let deviation = deviation.max(mean.abs() >> MEAN_LOG);
    let bits = 128 - deviation.leading_zeros();
    // Above 2^29 and at most 2^30: `multiplier / 2^shift` is 64 by the deviation.
    let multiplier = (1_i128 << (29 + bits)) / deviation;
    let shift = 29 - STEPS_LOG as i32 + bits as i32 + greatest - GUARD;
    if shift < i32::from(INPUT_SHIFT_MIN) {
        return None;
    }
    // What the mean becomes: at most 2^27 in size.
    let below = bits + 29 - STEPS_LOG;
    let offset = -((mean * multiplier + (1 << (below - 1))) >> below);
    Some(Scale { multiplier: multiplier as u32, shift: shift as i16, offset: offset as i32 })
}

/// `(m, e)` with the value `m·2^e`, `|m| < 2^24`.
fn parts(value: Ordered) -> (i32, i32) {
    let bits = value.to_f32_bits();
    let fraction = (bits & 0x007f_ffff) as i32;
    let (magnitude, exponent) = match (bits >> 23 & 0xff) as i32 {
        0 => (fraction, -149),
        biased => (fraction | 0x0080_0000, biased - 150),
    };
    (if bits >> 31 == 1 { -magnitude } else { magnitude }, exponent)
}

/// Returns `⌊number · 2^by⌋`, for `by` at most 16.
fn floor_shift(number: i128, by: i32) -> i128 {
    if by < 0 { number >> by.unsigned_abs().min(127) } else { number << by }
}
