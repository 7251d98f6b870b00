//! Money.

use std::fmt;

/// Money, in base units. Never negative; arithmetic is checked or it does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(u128);

assay_codec::transparent!(Amount);

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Creates an amount from base units.
    pub const fn new(units: u128) -> Self {
        Self(units)
    }

    /// Returns the base units.
    pub const fn get(self) -> u128 {
        self.0
    }

    /// Returns `self + other`, or `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Returns `self - other`, or `None` if `other` is larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Returns `self * times`, or `None` on overflow.
    pub fn checked_mul(self, times: u128) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// Returns `⌈self · ppm/10⁶⌉`, or `None` on overflow, which no `ppm` up to a million causes.
    pub fn checked_share_up(self, ppm: u32) -> Option<Self> {
        const WHOLE: u128 = 1_000_000;
        let ppm = u128::from(ppm);
        // In two parts, so that the product of a large amount does not overflow on the way.
        let rest = (self.0 % WHOLE).checked_mul(ppm)?.div_ceil(WHOLE);
        (self.0 / WHOLE).checked_mul(ppm)?.checked_add(rest).map(Self)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
