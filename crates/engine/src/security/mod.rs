//! How likely a false statement is to be accepted, by source of error.
//!
//! A [`Terms`] lists every way in which a cheating prover can be lucky, each with its bits and the
//! theorem or rule it comes from; [`Terms::total`] is `-log2` of the sum of all the probabilities.
//! No conjecture enters: all codes are decoded uniquely.
//!
//! ```
//! use assay_engine::{pcs::Params, security::Terms};
//!
//! let mut terms = Terms::new();
//! terms.opening(&Params::new(20)?, 2);
//! terms.sumcheck("zerocheck", 18, 3);
//! terms.logup("nodes", 1 << 20, 6);
//! terms.hash("Merkle trees and transcript", "Blake3, 256 bits", 128);
//! assert!(terms.total().floor() >= 100);
//! # Ok::<(), assay_engine::pcs::SizeError>(())
//! ```
//!
//! # What the sum means
//!
//! It bounds the soundness error of the interactive protocol with the grinding of each round
//! counted. Through Fiat-Shamir a prover may try each round again and again; what a single try
//! gains is at most the largest *single* term, which is no larger than the sum (round-by-round
//! soundness, Canetti et al. 2019). Hash terms are the bits of the best known generic attack
//! (collisions), not probabilities of a single try, and enter the sum as if they were.
//!
//! # Deviations from the library's reports
//!
//! `p3-security` reports the base case only, and for the dimension rounded up to a power of two.
//! The rounds before it are sized by the library for the code *without* hiding randomness; here
//! they are counted with it, which is why small sizes have schedules of their own
//! (`pcs::schedule`).

mod bits;
mod opening;
#[cfg(test)]
mod tests;

use std::fmt;

use p3_field::{BasedVectorSpace, PrimeField32};

pub use bits::Bits;

use crate::field::{EF, F};
use crate::pcs::Params;

/// One way to be lucky.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The step of the protocol.
    pub name: String,
    /// The theorem, construction or primitive behind the bound.
    pub source: &'static str,
    /// `-log2` of its probability, rounded down.
    pub bits: Bits,
}

/// Every way to be lucky in one proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(Vec<Term>);

impl Terms {
    /// Starts an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the opening of one commitment at `points` points.
    pub fn opening(&mut self, params: &Params, points: usize) {
        opening::Numbers::new(params.config(), params.grinding(), points).terms(self);
    }

    /// Adds a sum-check of `rounds` rounds whose polynomials have `degree`.
    pub fn sumcheck(&mut self, name: impl Into<String>, rounds: u64, degree: u64) {
        self.algebraic(name, "LFKN 1992: rounds * degree / |EF|", rounds.saturating_mul(degree));
    }

    /// Adds a random point of `variables` coordinates at which a multilinear identity is tested, as
    /// in a zerocheck.
    pub fn point(&mut self, name: impl Into<String>, variables: u64) {
        self.algebraic(name, "Schwartz-Zippel: variables / |EF|", variables);
    }

    /// Adds `count` claims batched by the powers of one challenge.
    pub fn powers(&mut self, name: impl Into<String>, count: u64) {
        self.algebraic(name, "Schwartz-Zippel: (claims - 1) / |EF|", count.saturating_sub(1));
    }

    /// Adds a lookup argument over `leaves` fractions whose tuples have `tuple` entries, batched by
    /// powers.
    ///
    /// A sum of fractions that is not zero is a polynomial of degree below `leaves` in one
    /// challenge whose coefficients have degree `tuple - 1` per fraction in the other; a
    /// denominator vanishes for at most one value per leaf.
    pub fn logup(&mut self, name: impl Into<String>, leaves: u64, tuple: u64) {
        let degree = leaves.saturating_mul(tuple.max(1).saturating_add(1));
        self.algebraic(name, "2023/1284, Schwartz-Zippel: leaves * (tuple + 1) / |EF|", degree);
    }

    /// Adds the search for a collision in a hash of twice `bits` bits of output.
    pub fn hash(&mut self, name: impl Into<String>, source: &'static str, bits: u32) {
        self.push(name, source, Bits::whole(bits));
    }

    /// Adds an event of probability `numerator / |EF|`; nothing if that is zero.
    pub fn algebraic(&mut self, name: impl Into<String>, source: &'static str, numerator: u64) {
        if numerator > 0 {
            self.push(name, source, extension().minus(ceil_log2(numerator)));
        }
    }

    /// Adds any other term.
    pub fn push(&mut self, name: impl Into<String>, source: &'static str, bits: Bits) {
        self.0.push(Term { name: name.into(), source, bits });
    }

    /// Adds the terms of a part of the protocol.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds the terms of `count` runs of a protocol: each is that much more likely.
    pub fn extend_times(&mut self, other: Self, count: u64) {
        let lost = ceil_log2(count);
        self.0.extend(other.0.into_iter().map(|term| Term {
            name: format!("{count} times: {}", term.name),
            bits: term.bits.minus(lost),
            ..term
        }));
    }

    /// Returns the terms in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Term> {
        self.0.iter()
    }

    /// Returns `-log2` of the sum of all probabilities, rounded down.
    pub fn total(&self) -> Bits {
        Bits::union(self.0.iter().map(|term| term.bits))
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|term| term.name.len()).max().unwrap_or(0).max(5);
        for Term { name, source, bits } in &self.0 {
            writeln!(f, "{name:width$}  {bits:>7}  {source}")?;
        }
        write!(f, "{:width$}  {:>7}  -log2 of the sum", "total", self.total())
    }
}

/// `log2 |EF|`, rounded down.
fn extension() -> Bits {
    let degree = <EF as BasedVectorSpace<F>>::DIMENSION;
    Bits::log2(u64::from(F::ORDER_U32), 1).times(u64::try_from(degree).unwrap_or(0))
}

/// `log2 count`, rounded up.
fn ceil_log2(count: u64) -> Bits {
    Bits::log2(count, 1).plus(Bits::ulps(2))
}
