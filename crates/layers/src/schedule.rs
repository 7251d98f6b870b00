//! The public schedule of steps: sums of weights over the steps of some kind, without a look at each
//! step.
//!
//! A step's level, tree and row are digits of its index in a mixed radix. The indices below a bound
//! are walked bit by bit, the most significant first, and what has been read of them is kept by its
//! remainder: as many numbers as the modulus, whatever the number of steps.

use assay_engine::field::{EF, F};
use p3_field::{Field, PrimeCharacteristicRing};

/// Sums over the indices i below a bound, by i mod m, of weights w(i).
pub(crate) struct Digits {
    /// Σ w(i) by remainder.
    pub(crate) sums: Vec<EF>,
    /// Σ w(i)·i.
    indices: EF,
}

impl Digits {
    /// Sums over `i < count`. The weight of an index is the product of one factor per bit, the most
    /// significant first: `factors[bit] = [if 0, if 1]`.
    pub(crate) fn new(factors: &[[EF; 2]], modulus: usize, count: usize) -> Self {
        let modulus = modulus.max(1);
        let is_all = factors.len() < usize::BITS as usize && count >> factors.len() != 0;
        let mut free = Self { sums: vec![EF::ZERO; modulus], indices: EF::ZERO };
        if is_all {
            free.sums[0] = EF::ONE;
        }
        // The one index that agrees with `count` so far.
        let mut tight = (0, EF::ONE);
        for (bit, weights) in factors.iter().enumerate() {
            free = free.append(weights);
            let (index, weight) = tight;
            let is_one = count >> (factors.len() - 1 - bit) & 1 == 1;
            if is_one && !is_all {
                let weight = weight * weights[0];
                free.sums[2 * index % modulus] += weight;
                free.indices += weight * F::from_usize(2 * index);
            }
            tight = (2 * index + usize::from(is_one), weight * weights[usize::from(is_one)]);
        }
        free
    }

    /// Returns Σ w(i)·⌊i / m⌋.
    pub(crate) fn quotients(&self) -> EF {
        let modulus = F::from_usize(self.sums.len());
        let remainders = self.sums.iter().enumerate();
        let remainders: EF = remainders.map(|(r, &sum)| sum * F::from_usize(r)).sum();
        (self.indices - remainders) * modulus.inverse()
    }

    /// Reads one bit more.
    fn append(&self, weights: &[EF; 2]) -> Self {
        let modulus = self.sums.len();
        let mut sums = vec![EF::ZERO; modulus];
        let mut total = EF::ZERO;
        for (remainder, &sum) in self.sums.iter().enumerate() {
            if sum == EF::ZERO {
                continue;
            }
            total += sum;
            for (bit, &weight) in weights.iter().enumerate() {
                sums[(2 * remainder + bit) % modulus] += weight * sum;
            }
        }
        let [zero, one] = weights;
        Self { sums, indices: (*zero + *one) * self.indices.double() + *one * total }
    }
}

/// The factors of eq(point, ·).
pub(crate) fn eq(point: &[EF]) -> Vec<[EF; 2]> {
    point.iter().map(|&x| [EF::ONE - x, x]).collect()
}

/// The factors of eq(a, ·)·eq(b, ·).
pub(crate) fn eq_products(a: &[EF], b: &[EF]) -> Vec<[EF; 2]> {
    eq(a).into_iter().zip(eq(b)).map(|([a0, a1], [b0, b1])| [a0 * b0, a1 * b1]).collect()
}

#[cfg(feature = "prove")]
#[cfg(test)]
mod tests {
    use super::{Digits, eq, eq_products};
    use assay_engine::field::{EF, F};
    use assay_engine::mle;
    use p3_field::PrimeCharacteristicRing;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn sums_by_digits_are_sums_over_indices() {
        let mut rng = StdRng::seed_from_u64(1);
        for len in 0..7 {
            let mut point = || -> Vec<EF> { (0..len).map(|_| rng.random()).collect() };
            let (a, b) = (point(), point());
            let weights = mle::eq_products(&a, &b);
            for count in 0..=1_usize << len {
                for modulus in [1, 2, 3, 5, 8, 100] {
                    let digits = Digits::new(&eq_products(&a, &b), modulus, count);
                    for remainder in 0..modulus {
                        let indices = || (remainder..count).step_by(modulus);
                        let sum: EF = indices().map(|i| weights[i]).sum();
                        assert_eq!(digits.sums[remainder], sum, "{count} by {modulus}");
                    }
                    let quotient = |i: usize| weights[i] * F::from_usize(i / modulus);
                    let sum: EF = (0..count).map(quotient).sum();
                    assert_eq!(digits.quotients(), sum, "{count} by {modulus}");
                }
            }
            let digits = Digits::new(&eq(&a), 1, 1 << len);
            assert_eq!(digits.sums, [EF::ONE]);
        }
    }
}
