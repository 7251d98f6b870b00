//! Multilinear extensions: the kernels that both sides evaluate.
//!
//! A point lists its coordinates from the most significant bit of the index to the least.

use crate::field::{EF, F, PE, WIDTH};
use p3_field::{PackedFieldExtension, PrimeCharacteristicRing};
use p3_multilinear_util::poly::Poly;

/// Returns eq(point, i) for every index i; `2^point.len()` values.
pub fn eq_table(point: &[EF]) -> Vec<EF> {
    Poly::<EF>::new_from_point(point, EF::ONE).into_evals()
}

/// Returns eq(a, i)·eq(b, i) for every index i, by vectors where there is one to fill.
pub fn eq_products(a: &[EF], b: &[EF]) -> Vec<EF> {
    if 1_usize << a.len().min(b.len()) < WIDTH {
        return eq_table(a).into_iter().zip(eq_table(b)).map(|(x, y)| x * y).collect();
    }
    let table =
        |point| Poly::<PE>::new_packed_from_point::<F, EF>(point, EF::ONE).into_evals().into_iter();
    let products = table(a).zip(table(b)).map(|(x, y)| x * y);
    <PE as PackedFieldExtension<F, EF>>::to_ext_iter(products).collect()
}

/// Returns eq(a, b), the multilinear extension of equality.
pub fn eq(a: &[EF], b: &[EF]) -> EF {
    a.iter().zip(b).map(|(&x, &y)| x * y + (EF::ONE - x) * (EF::ONE - y)).product()
}

/// Returns eq(point, index), with `index` in binary.
pub fn eq_index(point: &[EF], index: usize) -> EF {
    bits(index, point.len()).zip(point).map(|(bit, &x)| if bit { x } else { EF::ONE - x }).product()
}

/// Returns Σ_i eq(a, i)·eq(b, i + 1): "b is the row after a".
pub fn next(a: &[EF], b: &[EF]) -> EF {
    // The increment flips a trailing run a = 0 1…1 into b = 1 0…0 and keeps what stands before it.
    let mut before = vec![EF::ONE];
    let mut product = EF::ONE;
    for (&x, &y) in a.iter().zip(b) {
        product *= x * y + (EF::ONE - x) * (EF::ONE - y);
        before.push(product);
    }
    let (mut sum, mut run) = (EF::ZERO, EF::ONE);
    for ((&x, &y), &before) in a.iter().zip(b).zip(&before).rev() {
        sum += before * (EF::ONE - x) * y * run;
        run *= x * (EF::ONE - y);
    }
    sum
}

/// Returns the multilinear extension of the index itself, Σ_i eq(point, i)·i.
pub fn index(point: &[EF]) -> EF {
    point.iter().fold(EF::ZERO, |sum, &x| sum.double() + x)
}

/// Returns Σ_{i < count} eq(point, i).
pub fn prefix(point: &[EF], count: usize) -> EF {
    let Some((&x, rest)) = point.split_first() else {
        return EF::from_bool(count != 0);
    };
    let half = 1_usize << rest.len();
    if count <= half {
        (EF::ONE - x) * prefix(rest, count)
    } else {
        (EF::ONE - x) + x * prefix(rest, count.saturating_sub(half))
    }
}

/// Returns the `len` low bits of `index`, the most significant first.
pub fn bits(index: usize, len: usize) -> impl DoubleEndedIterator<Item = bool> {
    (0..len).rev().map(move |bit| index >> bit & 1 == 1)
}

/// Returns the coordinates that name `index` among `2^len`.
pub fn corner(index: usize, len: usize) -> Vec<EF> {
    bits(index, len).map(EF::from_bool).collect()
}

/// Returns Σ_i eq(point, i)·values_i, where values beyond the end are zero.
pub fn evaluate(values: &[F], point: &[EF]) -> EF {
    eq_table(point).into_iter().zip(values).map(|(weight, &value)| weight * value).sum()
}

/// The weights at `r` of a quadratic's values at 0, 1, 2.
pub(crate) fn lagrange3(r: EF) -> [EF; 3] {
    let half = EF::ONE.halve();
    let (a, b) = (r - EF::ONE, r - EF::TWO);
    [a * b * half, -(r * b), r * a * half]
}

/// The weights at `r` of a cubic's values at 0, 1, 2, 3.
pub(crate) fn lagrange4(r: EF) -> [EF; 4] {
    let (a, b, c) = (r - EF::ONE, r - EF::TWO, r - EF::from_u8(3));
    let half = EF::ONE.halve();
    let sixth = SIXTH;
    [-(a * b * c) * sixth, r * b * c * half, -(r * a * c) * half, r * a * b * sixth]
}

/// The inverse of 6.
const SIXTH: F = F::new(0x152a_aaab);

#[cfg(test)]
mod tests {
    use super::{
        SIXTH, bits, corner, eq, eq_index, eq_products, eq_table, evaluate, index, next, prefix,
    };
    use crate::field::{EF, F};
    use p3_field::PrimeCharacteristicRing;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    fn point(seed: u64, len: usize) -> Vec<EF> {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..len).map(|_| rng.random()).collect()
    }

    #[test]
    fn kernels_agree_with_their_sums() {
        for len in 0..7 {
            let (a, b) = (point(1, len), point(2, len));
            let (ta, tb) = (eq_table(&a), eq_table(&b));
            let size = 1 << len;
            assert_eq!(eq(&a, &b), (0..size).map(|i| ta[i] * tb[i]).sum::<EF>());
            assert_eq!(eq(&a, &b), eq_products(&a, &b).into_iter().sum::<EF>());
            assert_eq!(next(&a, &b), (1..size).map(|i| ta[i - 1] * tb[i]).sum::<EF>());
            assert_eq!(index(&a), (0..size).map(|i| ta[i] * F::from_usize(i)).sum::<EF>());
            for count in 0..=size {
                assert_eq!(prefix(&a, count), ta[..count].iter().copied().sum::<EF>());
            }
            for (i, &weight) in ta.iter().enumerate() {
                assert_eq!(eq_index(&a, i), weight);
                assert_eq!(eq(&a, &corner(i, len)), weight);
            }
        }
    }

    #[test]
    fn bits_come_most_significant_first() {
        assert_eq!(bits(6, 4).collect::<Vec<_>>(), [false, true, true, false]);
    }

    #[test]
    fn a_short_table_is_padded_with_zeros() {
        let p = point(3, 2);
        assert_eq!(evaluate(&[F::ONE], &p), eq_index(&p, 0));
    }

    #[test]
    fn sixth_is_the_inverse_of_six() {
        assert_eq!(SIXTH * F::from_u8(6), F::ONE);
    }

    #[test]
    fn interpolation_reproduces_a_cubic() {
        let c = point(4, 4);
        let at = |x: EF| ((c[3] * x + c[2]) * x + c[1]) * x + c[0];
        let r = c[0] * c[1];
        let values = [0_u8, 1, 2, 3].map(|x| at(EF::from_u8(x)));
        let weights = super::lagrange4(r);
        assert_eq!(values.iter().zip(weights).map(|(&v, w)| v * w).sum::<EF>(), at(r));
        let square = |x: EF| (c[2] * x + c[1]) * x + c[0];
        let values = [0_u8, 1, 2].map(|x| square(EF::from_u8(x)));
        let weights = super::lagrange3(r);
        assert_eq!(values.iter().zip(weights).map(|(&v, w)| v * w).sum::<EF>(), square(r));
    }
}
