//! The map of the input read backwards: which floats become which integer.

use super::InputMap;
use crate::Ordered;

/// The code that `-0.0` would have; no float has it.
const HOLE: u32 = Ordered::ZERO.get() - 1;

/// The floats with codes `first..=last`, all of which become `integer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes {
    /// The least code.
    pub first: u32,
    /// The greatest code.
    pub last: u32,
    /// What the map makes of all of them.
    pub integer: i16,
}

impl InputMap {
    /// Returns intervals of codes by their order, which hold the code of every finite float once and
    /// no other code: what a feature with scale `scale` becomes, the whole map. There are as many as
    /// integers between `low` and `high`, or fewer, and one more around [`Ordered::ZERO`].
    ///
    /// # Panics
    ///
    /// If there is no scale at all.
    pub fn codes(&self, scale: usize) -> Vec<Codes> {
        // The map rises with the feature, as no scale is negative.
        let of = |code: u32| {
            let code = if code == HOLE { HOLE - 1 } else { code };
            self.apply(scale, Ordered::new(code).unwrap_or(Ordered::ZERO))
        };
        let mut codes = Vec::new();
        let mut first = Ordered::MIN.get();
        while first <= Ordered::MAX.get() {
            let integer = of(first);
            // The last code that becomes it lies in `first..=Ordered::MAX`.
            let (mut last, mut behind) = (first, Ordered::MAX.get() + 1);
            while last + 1 < behind {
                let middle = last + (behind - last) / 2;
                if of(middle) == integer { last = middle } else { behind = middle }
            }
            if first < HOLE && HOLE < last {
                codes.push(Codes { first, last: HOLE - 1, integer });
                first = HOLE + 1;
            }
            // An interval that ends with the hole, or begins with it, is shorter by it.
            let (begin, end) = (first + u32::from(first == HOLE), last - u32::from(last == HOLE));
            if begin <= end {
                codes.push(Codes { first: begin, last: end, integer });
            }
            first = last + 1;
        }
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::{Codes, HOLE};
    use crate::Ordered;
    use crate::ops::network::{InputMap, Scale};
    use proptest::prelude::*;

    fn map(multiplier: u32, shift: i16, offset: i32, low: i16, high: i16) -> InputMap {
        InputMap::uniform(Scale { multiplier, shift, offset }, low, high)
    }

    /// Every code of a finite float lies in one interval, and the ends say what the map says.
    #[track_caller]
    fn check(map: &InputMap) -> Vec<Codes> {
        let codes = map.codes(0);
        let mut next = Ordered::MIN.get();
        for &Codes { first, last, integer } in &codes {
            assert!(first <= last && first == next, "{map:?}");
            for code in [first, last] {
                assert_eq!(map.apply(0, Ordered::new(code).unwrap()), integer, "{map:?}");
            }
            next = last + 1;
            next += u32::from(next == HOLE);
        }
        assert_eq!(next, Ordered::MAX.get() + 1);
        assert!(codes.len() <= 2 + usize::from(map.high.abs_diff(map.low)), "{map:?}");
        codes
    }

    #[test]
    fn every_float_has_its_integer() {
        for (map, intervals) in [
            // Rounded to the nearest integer; zero and -1/2 to 1/2 have one, cut at the hole.
            (map(1, 0, 0, -3, 3), 8),
            (map(0, 0, 5, -3, 3), 2),
            // All floats above zero are beyond the greatest.
            (map(1, -126, 0, 0, 1), 3),
            (map(1 << 30, 30, 0, i16::MIN, i16::MAX), 1 + (1 << 16)),
        ] {
            assert_eq!(check(&map).len(), intervals, "{map:?}");
        }
    }

    proptest! {
        #[test]
        fn intervals_say_what_the_map_says(
            multiplier in 0_u32..1 << 31,
            shift in -126_i16..=160,
            offset in -1000..1000,
            (low, width) in (-500_i16..500, 0_i16..300),
            probes in prop::collection::vec(any::<u32>(), 50),
        ) {
            let map = map(multiplier, shift, offset, low, low + width);
            let codes = check(&map);
            for value in probes.into_iter().filter_map(Ordered::new) {
                let at = codes.partition_point(|codes| codes.last < value.get());
                prop_assert!(codes[at].first <= value.get());
                prop_assert_eq!(codes[at].integer, map.apply(0, value));
            }
        }
    }
}
