//! Sums of small integers, weighed by numbers of the extension and reduced once.
//!
//! Public rows are long and their entries short: a product of a coefficient below 2^31 and an
//! integer below 2^16 leaves room for 2^15 more before a word of 64 bits is full, so that a sum
//! over rows costs five multiplications of machine words per entry and no reduction.

use crate::field::{EF, F};
use crate::mle;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};

/// Coefficients of a number of the extension.
const LIMBS: usize = <EF as BasedVectorSpace<F>>::DIMENSION;
/// Rows that are added up before they are reduced: 31 + 16 bits each, and a sign.
const ROWS_AT_ONCE: usize = 1 << 15;

/// Σ_r w(r)·x(r, c) for each column c, with x in −2^16..2^16.
#[derive(Clone, Debug)]
pub struct Columns {
    /// For each coefficient, what the rows since the last reduction sum up to.
    open: [Vec<i64>; LIMBS],
    rows: usize,
    closed: Vec<EF>,
    /// The row at hand.
    row: Vec<i32>,
}

impl Columns {
    /// Starts with `count` empty columns.
    pub fn new(count: usize) -> Self {
        let open = std::array::from_fn(|_| vec![0; count]);
        Self { open, rows: 0, closed: vec![EF::ZERO; count], row: Vec::with_capacity(count) }
    }

    /// Adds a row, times its weight. Its entries lie in −2^16..2^16; missing ones are zero.
    pub fn add(&mut self, weight: EF, row: impl Iterator<Item = i32>) {
        self.row.clear();
        self.row.extend(row);
        debug_assert!(self.row.iter().all(|x| x.unsigned_abs() <= 1 << 16), "entries are small");
        if self.rows == ROWS_AT_ONCE {
            self.reduce();
        }
        self.rows += 1;
        let coefficients: &[F] = weight.as_basis_coefficients_slice();
        for (sums, coefficient) in self.open.iter_mut().zip(coefficients) {
            // Two factors of 32 bits, which is what vector units multiply.
            let coefficient = i64::from(coefficient.as_canonical_u32().cast_signed());
            for (sum, &x) in sums.iter_mut().zip(&self.row) {
                *sum = sum.wrapping_add(coefficient.wrapping_mul(i64::from(x)));
            }
        }
    }

    /// Returns the sums.
    pub fn finish(mut self) -> Vec<EF> {
        self.reduce();
        self.closed
    }

    fn reduce(&mut self) {
        for (c, closed) in self.closed.iter_mut().enumerate() {
            *closed += EF::from_basis_coefficients_fn(|k| F::from_i64(self.open[k][c]));
        }
        self.open.iter_mut().for_each(|sums| sums.fill(0));
        self.rows = 0;
    }
}

/// Returns Σ_i eq(point, i)·rows_i for each of `N` columns; rows beyond the end are zero.
pub fn evaluate_rows<const N: usize>(rows: &[[F; N]], point: &[EF]) -> [EF; N] {
    // Two short tables instead of one long: eq(point, i) = eq(high half)·eq(low half).
    let (high, low) = point.split_at(point.len() / 2);
    let low = mle::eq_table(low);
    let mut totals = [EF::ZERO; N];
    for (rows, high) in rows.chunks(low.len()).zip(mle::eq_table(high)) {
        // Lower halves of the entries, then upper ones.
        let mut columns = Columns::new(2 * N);
        for (row, &weight) in rows.iter().zip(&low) {
            let lower = row.iter().map(|x| (x.as_canonical_u32() & 0xffff).cast_signed());
            let upper = row.iter().map(|x| (x.as_canonical_u32() >> 16).cast_signed());
            columns.add(weight, lower.chain(upper));
        }
        let sums = columns.finish();
        for (lane, total) in totals.iter_mut().enumerate() {
            *total += high * (sums[lane] + sums[N + lane] * F::from_u32(1 << 16));
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::{Columns, ROWS_AT_ONCE, evaluate_rows};
    use crate::field::{EF, F};
    use crate::mle;
    use p3_field::PrimeCharacteristicRing;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn columns_are_sums_of_weighed_rows() {
        let mut rng = StdRng::seed_from_u64(1);
        for width in [0, 1, 3, 30] {
            let mut columns = Columns::new(width);
            let mut sums = vec![EF::ZERO; width];
            for _ in 0..50 {
                let weight: EF = rng.random();
                let row: Vec<i32> =
                    (0..width).map(|_| rng.random_range(-65_536..=65_536)).collect();
                columns.add(weight, row.iter().copied());
                sums.iter_mut().zip(&row).for_each(|(sum, &x)| *sum += weight * F::from_i32(x));
            }
            assert_eq!(columns.finish(), sums);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_wrap() {
        let largest = EF::NEG_ONE;
        for x in [-65_536, 65_536] {
            let rows = 2 * ROWS_AT_ONCE + 1;
            let mut columns = Columns::new(1);
            (0..rows).for_each(|_| columns.add(largest, [x].into_iter()));
            let sum = largest * F::from_i32(x) * F::from_usize(rows);
            assert_eq!(columns.finish(), [sum]);
        }
    }

    #[test]
    fn a_short_row_ends_in_zeros() {
        let mut columns = Columns::new(2);
        columns.add(EF::TWO, [3].into_iter());
        assert_eq!(columns.finish(), [EF::from_u8(6), EF::ZERO]);
    }

    #[test]
    fn rows_are_evaluated_lane_by_lane() {
        let mut rng = StdRng::seed_from_u64(2);
        for log in 0..6 {
            let point: Vec<EF> = (0..log).map(|_| rng.random()).collect();
            for count in [0, 1, 1 << log] {
                let mut rows: Vec<[F; 3]> = (0..count).map(|_| rng.random()).collect();
                if let Some(row) = rows.last_mut() {
                    *row = [F::ZERO, F::ONE, F::NEG_ONE];
                }
                let expected: [EF; 3] = std::array::from_fn(|lane| {
                    let column: Vec<F> = rows.iter().map(|row| row[lane]).collect();
                    mle::evaluate(&column, &point)
                });
                assert_eq!(evaluate_rows(&rows, &point), expected, "{count} of 2^{log}");
            }
        }
    }
}
