//! The squares of a hidden column's distances to public numbers add up to so much, or to more.
//!
//! # Claim
//!
//! With y_i a public factor times the first n cells of a column, as numbers of the field nearest to zero,
//! and public targets t_i, |t_i| ≤ 2^28, every distance e_i = y_i − t_i lies in [−2^(J−1), 2^(J−1)), and
//!
//! ```text
//! S = Σ_{i<n} e_i² ≤ T,    or    S > T,
//! ```
//!
//! over the integers. S may have 75 bits; the field has 31.
//!
//! # Cells
//!
//! One block of bits. *Errors*: J columns `[bit, row]`, two's complement. *Slack*: D digits s_d of the
//! distance between S and the bound. *Carries*: c_1 … c_(D−1), each C + 1 bits in two's complement.
//!
//! ```text
//! D = 2J − 1 + ⌈log2 n⌉, so that S < 2^D        C = ⌈log2(J·n + 2)⌉
//! ```
//!
//! # Constraints
//!
//! Let e_i(X) = Σ_{j<J−1} b_ij·X^j − b_i(J−1)·X^(J−1): the bits of row i as a polynomial, and
//! e_i(2) = e_i. Then Q(X) = Σ_i e_i(X)² has coefficients |Q_d| ≤ J·n, and Q(2) = S.
//!
//! ```text
//! bits:     b(b − 1) = 0 for every cell
//! errors:   Σ_{j<J−1} 2^j·b_ij − 2^(J−1)·b_i(J−1) = y_i − t_i           0 for i ≥ n
//! digits:   Q_d ± s_d + c_d = T_d + 2·c_(d+1),   c_0 = c_D = 0          for d < D
//! ```
//!
//! with + and the digits T_d of T for S ≤ T, with − and those of T + 1 for S > T. The digits are one
//! identity of polynomials, checked at a random γ: Σ_i e_i(γ)² = Σ_d γ^d·(T_d + 2c_(d+1) − c_d ∓ s_d).
//! The left side is an inner product of a vector with itself, the right side is linear in cells.
//! Nobody commits to squares or to Q.
//!
//! *Nothing wraps around.* Both sides of a digit's line are less than J·n + 2^C + 2^(C+1) + 2 apart,
//! which is below the field's order as J·n ≤ 2^28 − 2 ([`Shape::new`]) and so C ≤ 28: an equation of
//! the field is one of integers. Multiplied by 2^d and added up they say S ± Σ 2^d·s_d = T. An error
//! of less than 2^25 in size that is y_i − t_i modulo p is that number: |y_i − t_i| ≤ 2^30 + 2^28. A
//! number has one two's complement of J ≤ 26 bits, so that rows behind the last one have error 0.
//!
//! A T that is no less than 2^D is met by all S; then 2^D − 1 is proven.
//!
//! # Transcript
//!
//! ρ among rows; γ; the sum, hidden; an inner product ([`inner`]) over rows; τ; one over all bits.
//!
//! Soundness error, beyond that of `inner`: (r + D − 1 + b)/|EF| with 2^r rows and 2^b bits.
//!
//! Paper: none. The polynomial in place of a limb-wise product is the usual check of
//! multi-precision multiplication at a random point (xJsnark, S&P 2018, section 4), of all rows at
//! once. Deviations: limbs are single bits, so that 2^23 rows add up without a carry.

#[cfg(feature = "prove")]
mod fill;
#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;

use crate::data::{RowCells, log_ceil};
use assay_engine::cells::Block;
use assay_engine::field::{EF, F};
use assay_engine::inner;
use assay_engine::pads::Budget;
use assay_engine::security::Terms;
use assay_model::ROWS_MAX;
use p3_field::PrimeCharacteristicRing;

/// Fewest and most bits of an error.
const ERROR_BITS: std::ops::RangeInclusive<usize> = 2..=26;
/// Greatest sum of bits' products at one digit, that is J·n.
const DIGIT_MAX: usize = (1 << 28) - 2;

/// What is asserted of the sum of squares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// T.
    pub bound: u128,
    /// Whether the sum is greater than that.
    pub is_missed: bool,
}

impl Goal {
    /// Whether the sum meets the goal.
    pub fn holds(&self, sum: u128) -> bool {
        (self.bound < sum) == self.is_missed
    }
}

/// The public sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    rows: usize,
    error_bits: usize,
}

impl Shape {
    /// Sizes for 1 to 2^24 `rows` with errors of 2 to 26 bits, if no sum of them can wrap around.
    pub fn new(rows: usize, error_bits: usize) -> Option<Self> {
        let most = rows.checked_mul(error_bits)?;
        let is_fit = (1..=ROWS_MAX).contains(&rows) && ERROR_BITS.contains(&error_bits);
        (is_fit && most <= DIGIT_MAX).then_some(Self { rows, error_bits })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bits of an error, its sign among them: J.
    pub fn error_bits(&self) -> usize {
        self.error_bits
    }

    /// Binary logarithm of a column of bits.
    fn rows_log(&self) -> usize {
        log_ceil(self.rows).max(RowCells::ROWS_LOG_MIN)
    }

    /// Digits of a sum of squares: D.
    pub fn digits(&self) -> usize {
        2 * self.error_bits - 1 + log_ceil(self.rows)
    }

    /// Bits of a carry but for its sign: C.
    fn carry_bits(&self) -> usize {
        log_ceil(self.rows * self.error_bits + 2)
    }

    /// Column `j` of the errors' bits.
    fn column(&self, bits: Block, j: usize) -> Block {
        Block { at: bits.at + (j << self.rows_log()), log: self.rows_log() }
    }

    /// The first cell behind the errors.
    fn errors_end(&self) -> usize {
        self.error_bits << self.rows_log()
    }

    /// The cell of digit `d` of the slack.
    fn slack(&self, d: usize) -> usize {
        self.errors_end() + d
    }

    /// The cell of bit `k` of the carry to digit `d`, which is at least 1.
    fn carry(&self, d: usize, k: usize) -> usize {
        self.slack(self.digits()) + (d - 1) * (self.carry_bits() + 1) + k
    }

    /// Binary logarithm of the only block that is asked for.
    pub fn block_log(&self) -> usize {
        log_ceil(self.carry(self.digits(), 0))
    }

    /// What is exchanged.
    pub fn budget(&self) -> Budget {
        let claim = Budget { linear: 1, ..Budget::default() };
        claim + inner::budget(self.rows_log()) + inner::budget(self.block_log())
    }

    /// How a cheating prover can be lucky here.
    pub fn security(&self, terms: &mut Terms) {
        let (rows, bits) = (self.rows_log() as u64, self.block_log() as u64);
        terms.point("squares: errors", rows);
        terms.powers("squares: digits", self.digits() as u64);
        terms.sumcheck("squares: sum", rows, 2);
        terms.point("squares: bits", bits);
        terms.sumcheck("squares: bits", bits, 2);
    }

    /// Whether `goal` can be stated: a sum that is greater than all others is not.
    pub fn states(&self, goal: &Goal) -> bool {
        !goal.is_missed || goal.bound < self.sum_max()
    }

    /// The greatest number of as many digits as a sum has.
    fn sum_max(&self) -> u128 {
        // At most 75 digits.
        (1 << self.digits()) - 1
    }

    /// What sum and slack make, as digits.
    fn target(&self, goal: &Goal) -> u128 {
        match goal.is_missed {
            false => goal.bound.min(self.sum_max()),
            true => goal.bound.saturating_add(1).min(self.sum_max()),
        }
    }
}

/// Errors of a column, and what is asserted of their squares.
#[derive(Clone, Debug)]
pub struct Squares {
    /// The public sizes.
    pub shape: Shape,
    /// The bits.
    pub bits: Block,
    /// The column whose first cells are compared.
    pub outputs: Block,
    /// By what they are multiplied before.
    pub factor: F,
    /// The target of each row.
    pub targets: Vec<F>,
    /// What is asserted.
    pub goal: Goal,
}

/// 2^k for a bit of a number of `bits` bits in two's complement, and −2^k for the last one, with
/// powers of `base` in the place of those of 2.
fn signed_powers(base: EF, bits: usize) -> Vec<EF> {
    let mut powers: Vec<EF> = base.powers().take(bits).collect();
    if let Some(last) = powers.last_mut() {
        *last = -*last;
    }
    powers
}
