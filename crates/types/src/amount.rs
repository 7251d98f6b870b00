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
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
