//! A specified generator of numbers that need no secrecy.

/// SplitMix64 (Steele, Lea and Flood 2014, as in Java's `SplittableRandom`): one seed, one
/// sequence, for ever. For orders and synthetic data; never for salts, keys or masks.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts the sequence of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns the next number modulo `bound`, or 0 if there is none. The bias is at most
    /// `bound / 2^64`.
    pub const fn below(&mut self, bound: u64) -> u64 {
        let number = self.next();
        if bound == 0 { 0 } else { number % bound }
    }

    /// Returns `0..len` in the order of Fisher and Yates: from the last place down, each place
    /// exchanges its item with one at or before it, chosen by [`SplitMix64::below`].
    pub fn permutation(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for place in (1..len).rev() {
            order.swap(place, self.below(place as u64 + 1) as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut generator = SplitMix64::new(1_234_567);
        let got: Vec<u64> = (0..5).map(|_| generator.next()).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(got, published);
    }

    #[test]
    fn a_permutation_holds_each_item_once() {
        for len in 0..40 {
            let mut order = SplitMix64::new(7).permutation(len);
            order.sort_unstable();
            assert_eq!(order, (0..len).collect::<Vec<_>>());
        }
    }
}
