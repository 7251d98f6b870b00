//! Logarithms of probabilities in fixed point, always rounded to the pessimistic side.

use std::fmt;

/// Binary digits behind the point.
const FRACTION: u32 = 20;
/// Binary digits of a probability, or of a number between 1 and 2, while it is computed with.
const PRECISION: u32 = 62;

/// `-log2` of a probability, in steps of `2^-20`, rounded down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bits(u64);

impl Bits {
    /// Returns a whole number of bits.
    pub const fn whole(bits: u32) -> Self {
        Self((bits as u64) << FRACTION)
    }

    /// Returns the smallest steps.
    pub(super) const fn ulps(count: u64) -> Self {
        Self(count)
    }

    /// Returns `log2(numerator / denominator)`, or zero bits where that is negative or undefined.
    pub fn log2(numerator: u64, denominator: u64) -> Self {
        if denominator == 0 || numerator < denominator {
            return Self(0);
        }
        let (n, d) = (u128::from(numerator), u128::from(denominator));
        let mut whole = n.ilog2() - d.ilog2();
        if n < d << whole {
            whole -= 1;
        }
        // n/d = 2^whole · y with y in [1, 2); squaring y shifts the next digit before the point.
        let mut y = (n << PRECISION) / (d << whole);
        let mut log = u64::from(whole);
        for _ in 0..FRACTION {
            y = (y * y) >> PRECISION;
            let digit = y >> (PRECISION + 1);
            y >>= digit;
            log = log << 1 | u64::from(digit == 1);
        }
        Self(log)
    }

    /// Returns the whole bits.
    pub const fn floor(self) -> u64 {
        self.0 >> FRACTION
    }

    /// Returns hundredths of a bit, rounded down.
    pub const fn centi(self) -> u64 {
        (self.0 * 100) >> FRACTION
    }

    /// Returns the bits of `count` independent events together.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Returns the bits of both events together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the bits that are left after `other` were lost.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the bits of a union: `-log2` of the sum of the probabilities.
    pub fn union(all: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = all.into_iter().collect();
        let Some(least) = all.iter().copied().min() else { return Self(u64::MAX) };
        let one = 1u128 << PRECISION;
        let sum: u128 = all.iter().map(|b| b.minus(least).probability()).sum();
        // The sum of n probabilities of at most one is at most n: its logarithm fits.
        let parts = u64::try_from(sum / (one >> 32)).unwrap_or(u64::MAX).saturating_add(1);
        let excess = Self::log2(parts, 1 << 32).plus(Self(2));
        least.minus(excess)
    }

    /// Returns `2^-self`, rounded up, in steps of `2^-62`.
    fn probability(self) -> u128 {
        let mut p = 1u128 << PRECISION;
        let mut root = p >> 1;
        for digit in (0..FRACTION).rev() {
            // root = 2^-(1/2), 2^-(1/4), ..., each rounded up.
            root = (root << PRECISION).isqrt() + 1;
            if self.0 >> digit & 1 == 1 {
                p = ((p * root) >> PRECISION) + 1;
            }
        }
        let shift = u32::try_from(self.floor()).unwrap_or(u32::MAX);
        p.checked_shr(shift).unwrap_or(0) + 1
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let centi = self.centi();
        f.pad(&format!("{}.{:02}", centi / 100, centi % 100))
    }
}
