//! Linear expressions in pads: all that a verifier ever knows of a hidden value.

use crate::field::EF;
use p3_field::PrimeCharacteristicRing;

/// constant + Σ coefficient · pad(address).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linear {
    pub(crate) constant: EF,
    pub(crate) terms: Vec<(usize, EF)>,
}

impl Linear {
    /// A public value.
    pub fn public(value: EF) -> Self {
        Self { constant: value, terms: Vec::new() }
    }

    /// Returns Σ factor · part.
    pub fn sum(parts: &[(&Self, EF)]) -> Self {
        let mut sum = Self::default();
        for (part, factor) in parts {
            sum.add(part, *factor);
        }
        sum
    }

    /// Adds `factor · other`.
    pub fn add(&mut self, other: &Self, factor: EF) {
        self.constant += other.constant * factor;
        self.terms.extend(other.terms.iter().map(|&(address, k)| (address, k * factor)));
    }

    /// Adds a public value.
    pub fn add_public(&mut self, value: EF) {
        self.constant += value;
    }

    /// Returns `factor · self`.
    pub fn times(&self, factor: EF) -> Self {
        Self::sum(&[(self, factor)])
    }

    /// Returns zero.
    pub fn zero() -> Self {
        Self::public(EF::ZERO)
    }
}
