//! Tables in vector form, and the folds that every sum-check shares.

use crate::field::{EF, F, PE, PF, WIDTH};
use p3_field::{
    Algebra, BasedVectorSpace, PackedFieldExtension, PackedValue, PrimeCharacteristicRing,
};
use p3_multilinear_util::poly::Poly;
use rayon::prelude::*;

/// Rows that one thread takes at a time.
pub(crate) const GRAIN: usize = 2048;

/// Views base-field cells as vectors.
pub fn pack_base(cells: &[F]) -> &[PF] {
    PF::pack_slice(cells)
}

/// Returns eq(point, ·) in vectors.
///
/// # Panics
///
/// If there are fewer than [`WIDTH`] indices.
pub fn eq_packed(point: &[EF]) -> Vec<PE> {
    Poly::<PE>::new_packed_from_point::<F, EF>(point, EF::ONE).into_evals()
}

/// Returns the scalars of a vector table.
pub fn unpack(table: &[PE]) -> Vec<EF> {
    <PE as PackedFieldExtension<F, EF>>::to_ext_iter(table.iter().copied()).collect()
}

/// Returns a table of scalars in vectors; its length is a multiple of [`WIDTH`].
pub fn pack(table: &[EF]) -> Vec<PE> {
    table.chunks_exact(WIDTH).map(<PE as PackedFieldExtension<F, EF>>::from_ext_slice).collect()
}

/// Sums the lanes of a vector.
pub(crate) fn lanes_sum(vector: PE) -> EF {
    <PE as PackedFieldExtension<F, EF>>::to_ext_iter([vector]).sum()
}

/// Coefficients of a number of the extension.
pub(crate) const LIMBS: usize = <EF as BasedVectorSpace<F>>::DIMENSION;

/// Takes numbers of the extension apart, coefficient by coefficient.
pub(crate) fn limbs<const N: usize>(numbers: &[EF; N]) -> [[F; N]; LIMBS] {
    std::array::from_fn(|limb| {
        numbers.map(|number| {
            let coefficients: &[F] = number.as_basis_coefficients_slice();
            coefficients[limb]
        })
    })
}

/// Returns the number whose coefficients are the sums of values·scalars, a row of scalars each:
/// products that are added up are reduced together.
#[inline(always)]
pub(crate) fn dots<const N: usize>(values: &[PF; N], rows: &[[F; N]; LIMBS]) -> PE {
    // Written out: a closure for each coefficient is called, not inlined.
    let [r0, r1, r2, r3, r4] = rows;
    let limbs =
        [dot(values, r0), dot(values, r1), dot(values, r2), dot(values, r3), dot(values, r4)];
    PE::from_basis_coefficients_fn(|k| limbs[k])
}

#[inline(always)]
fn dot<const N: usize>(values: &[PF; N], scalars: &[F; N]) -> PF {
    <PF as Algebra<F>>::mixed_dot_product(values, scalars)
}

/// Fixes the first variable of a table to `r`, in place.
pub(crate) fn fold<A: Copy + Send + Sync + PrimeCharacteristicRing>(table: &mut Vec<A>, r: A) {
    let half = table.len() / 2;
    let (low, high) = table.split_at_mut(half);
    low.par_iter_mut()
        .zip(high.par_iter())
        .with_min_len(2 * GRAIN)
        .for_each(|(low, &high)| *low += r * (high - *low));
    table.truncate(half);
}

/// Fixes the first variable of a table to `r`, into a new table over the extension.
pub(crate) fn fold_into<N>(table: &[N], r: PE) -> Vec<PE>
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    PE: Algebra<N>,
{
    let (low, high) = halves(table);
    low.par_iter()
        .zip(high)
        .with_min_len(2 * GRAIN)
        .map(|(&low, &high)| r * (high - low) + low)
        .collect()
}

/// Splits a table by its first two variables; the lower half can be folded onto.
pub(crate) fn quarters<A>(table: &mut [A]) -> [&mut [A]; 4] {
    let (low, high) = table.split_at_mut(table.len() / 2);
    let ((a, b), (c, d)) = (low.split_at_mut(low.len() / 2), high.split_at_mut(high.len() / 2));
    [a, b, c, d]
}

/// Splits a table by its first variable.
pub(crate) fn halves<T>(table: &[T]) -> (&[T], &[T]) {
    table.split_at(table.len() / 2)
}

/// Shortens eq(z₁ … z_k, ·) to eq(z₂ … z_k, ·), in place.
pub(crate) fn eq_drop<A: Copy + Send + Sync + PrimeCharacteristicRing>(table: &mut Vec<A>) {
    let half = table.len() / 2;
    let (low, high) = table.split_at_mut(half);
    low.par_iter_mut()
        .zip(high.par_iter())
        .with_min_len(4 * GRAIN)
        .for_each(|(low, &high)| *low += high);
    table.truncate(half);
}

#[cfg(test)]
mod tests {
    use super::{dots, limbs};
    use crate::field::{EF, PE, PF};
    use p3_field::PackedValue;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn sums_of_products_are_those_of_each() {
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..50 {
            let numbers: [EF; 6] = rng.random();
            let values: [PF; 6] = std::array::from_fn(|_| PF::from_fn(|_| rng.random()));
            let sum: PE = numbers.iter().zip(values).map(|(&n, value)| PE::from(n) * value).sum();
            assert_eq!(dots(&values, &limbs(&numbers)), sum);
        }
    }
}
