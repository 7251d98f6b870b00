//! The cells: errors, slack and carries as bits.

use super::Squares;
use assay_engine::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

impl Squares {
    /// Returns the errors of the outputs that the cells hold, as numbers nearest to zero.
    pub fn errors_of(&self, cells: &[F]) -> Vec<i32> {
        let outputs = &cells[self.outputs.range()];
        outputs.iter().zip(&self.targets).map(|(&y, &t)| centred(self.factor * y - t)).collect()
    }

    /// Fills the bits; the outputs are there already.
    ///
    /// What has no such bits, because an error is too great or the goal is not met, makes cells that no
    /// verifier accepts.
    pub fn fill(&self, cells: &mut [F]) {
        let errors = self.errors_of(cells);
        let bits = &mut cells[self.bits.range()];
        for (row, &error) in errors.iter().enumerate() {
            for j in 0..self.shape.error_bits() {
                bits[(j << self.shape.rows_log()) + row] = F::from_bool(error >> j & 1 == 1);
            }
        }
        let (slack, carries) = self.closing(&errors);
        for d in 0..self.shape.digits() {
            bits[self.shape.slack(d)] = F::from_bool(slack >> d & 1 == 1);
        }
        for (d, carry) in carries.into_iter().enumerate().skip(1) {
            for k in 0..=self.shape.carry_bits() {
                bits[self.shape.carry(d, k)] = F::from_bool(carry >> k & 1 == 1);
            }
        }
    }

    /// The slack, and the carry to each digit.
    fn closing(&self, errors: &[i32]) -> (u128, Vec<i64>) {
        let sum: i128 = errors.iter().map(|&error| i128::from(error).pow(2)).sum();
        // At most 75 bits.
        let target = self.shape.target(&self.goal) as i128;
        let sign = if self.goal.is_missed { -1 } else { 1 };
        let slack = sign * (target - sum);
        let mut carries = vec![0];
        for (d, products) in self.products(errors).into_iter().enumerate() {
            let digit = |of: i128| (of >> d & 1) as i64;
            let carry = carries[d] + products + sign as i64 * digit(slack) - digit(target);
            carries.push(carry >> 1);
        }
        // The carry out of the last digit is 0 if the goal is met.
        carries.truncate(self.shape.digits());
        (slack as u128, carries)
    }

    /// Q_d, the coefficients of the sum of the errors' squares.
    fn products(&self, errors: &[i32]) -> Vec<i64> {
        let bits = self.shape.error_bits();
        let mut products = vec![0; self.shape.digits()];
        // Of two bits, how often both are set: J² counts instead of J² steps per row and digit.
        for j in 0..bits {
            for k in j..bits {
                let both = errors.iter().filter(|&&error| error >> j & error >> k & 1 == 1).count();
                let twice = if j == k { 1 } else { 2 };
                let sign = if (k == bits - 1) != (j == bits - 1) { -1 } else { 1 };
                products[j + k] += sign * twice * both as i64;
            }
        }
        products
    }
}

/// The number nearest to zero.
pub(super) fn centred(x: F) -> i32 {
    let code = i64::from(x.as_canonical_u32());
    let order = i64::from(F::ORDER_U32);
    // Less than 2^30 in size.
    (if order / 2 < code { code - order } else { code }) as i32
}
