//! Tables in vector form, and the folds that every sum-check shares.

use crate::field::{EF, F, PE, PF, WIDTH};
use p3_field::{Algebra, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
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
