//! The input map, against comparisons of exact fractions.

use super::super::{InputMap, Scale};
use crate::Ordered;
use proptest::prelude::*;
use std::cmp::Ordering;

/// How many bits a number has, without its sign.
fn bits(number: i128) -> i32 {
    128 - number.unsigned_abs().leading_zeros() as i32
}

/// Compares `m·2^e` with the integer `k`.
fn compare(m: i128, e: i32, k: i128) -> Ordering {
    if m == 0 || k == 0 || m.signum() != k.signum() {
        return m.signum().cmp(&k.signum());
    }
    // Of two numbers of one sign the longer one is the larger in size.
    let by_length = (bits(m) + e).cmp(&bits(k));
    if by_length != Ordering::Equal {
        return if m < 0 { by_length.reverse() } else { by_length };
    }
    if e < 0 { m.cmp(&(k << -e)) } else { (m << e).cmp(&k) }
}

/// Whether `result` is `clamp(⌊v·m·2^−s + 1/2⌋ + z, low, high)`: by what a floor is, never by
/// computing one.
fn is_right(map: &InputMap, value: Ordered, result: i16) -> bool {
    let Scale { multiplier, shift, offset } = map.scales[0];
    let bits = value.to_f32_bits();
    let (sign, biased, fraction) = (bits >> 31, bits >> 23 & 0xff, i128::from(bits & 0x7f_ffff));
    let (magnitude, exponent) =
        if biased == 0 { (fraction, -149) } else { (fraction + (1 << 23), biased as i32 - 150) };
    let signed = if sign == 1 { -magnitude } else { magnitude };
    // ⌊y + 1/2⌋ + z >= x  iff  2·y >= 2·(x − z) − 1.
    let reaches = |x: i128| {
        let bound = 2 * (x - i128::from(offset)) - 1;
        let twice = exponent - i32::from(shift) + 1;
        compare(signed * i128::from(multiplier), twice, bound) != Ordering::Less
    };
    let x = i128::from(result);
    (map.low..=map.high).contains(&result)
        && (result == map.low || reaches(x))
        && (result == map.high || !reaches(x + 1))
}

#[track_caller]
fn check(scale: Scale, (low, high): (i16, i16), bits: u32) {
    let Some(value) = Ordered::from_f32_bits(bits) else { return };
    let map = InputMap::uniform(scale, low, high);
    let result = map.apply(0, value);
    assert!(is_right(&map, value, result), "{bits:#x} by {scale:?} in {low}..={high}: {result}");
}

const RANGES: [(i16, i16); 4] = [(i16::MIN, i16::MAX), (-128, 127), (0, 0), (5, 9)];

proptest! {
    #[test]
    fn a_feature_becomes_the_exact_integer(
        bits: u32, multiplier in 0_u32..1 << 31, shift in -126_i16..=160, offset: i32,
    ) {
        for range in RANGES {
            check(Scale { multiplier, shift, offset }, range, bits);
        }
    }

    /// Products near the range, where rounding and clamping matter.
    #[test]
    fn a_feature_becomes_the_exact_integer_near_the_range(
        fraction: u32, sign in 0_u32..2, biased in 100_u32..160, multiplier in 1_u32..1 << 31,
        near in -20_i16..20, offset in -70_000..70_000,
    ) {
        // So that the product has about sixteen bits.
        let log = multiplier.ilog2() as i16 + biased as i16 - 127;
        let bits = sign << 31 | biased << 23 | fraction >> 9;
        for range in RANGES {
            check(Scale { multiplier, shift: log - 15 + near, offset }, range, bits);
        }
    }
}

#[test]
fn the_edges_of_floats_become_the_exact_integers() {
    let magnitudes = [
        0,
        1,
        2,
        0x007f_ffff,
        0x0080_0000,
        0x3effffff,
        0x3f00_0000,
        0x3f00_0001,
        0x3f80_0000,
        0x3fc0_0000,
        0x4020_0000,
        0x4700_0000,
        0x7f7f_ffff,
    ];
    let multipliers = [0, 1, 2, 3, 1 << 24, (1 << 30) + 1, (1 << 31) - 1];
    let shifts = [-126, -125, -71, -70, -69, -1, 0, 1, 24, 31, 32, 57, 58, 59, 60, 159, 160];
    let offsets = [0, 1, -1, 32_767, -32_768, i32::MIN, i32::MAX];
    for bits in magnitudes.into_iter().flat_map(|bits: u32| [bits, bits | 1 << 31]) {
        for multiplier in multipliers {
            for shift in shifts {
                for offset in offsets {
                    for range in RANGES {
                        check(Scale { multiplier, shift, offset }, range, bits);
                    }
                }
            }
        }
    }
}

#[test]
fn halves_are_rounded_up() {
    let map = InputMap::uniform(Scale { multiplier: 1, shift: 1, offset: 0 }, -100, 100);
    for (twice, expected) in [(-5, -2), (-3, -1), (-1, 0), (0, 0), (1, 1), (3, 2), (5, 3)] {
        assert_eq!(map.apply(0, super::float(twice)), expected, "{twice} halves");
    }
}

#[test]
fn scales_repeat_channel_by_channel() {
    let scale = |offset| Scale { multiplier: 1, shift: 0, offset };
    let map = InputMap { scales: vec![scale(0), scale(10), scale(20)], low: -100, high: 100 };
    let got: Vec<i16> = (0..6).map(|index| map.apply(index, super::float(1))).collect();
    assert_eq!(got, [1, 11, 21, 1, 11, 21]);
}
