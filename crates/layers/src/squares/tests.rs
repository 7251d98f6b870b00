//! Every sum that is proven is the sum of squares, and every rule has a prover who breaks it alone.

use super::{Goal, Shape, Squares, fill::centred};
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{self, Prover, Verifier};
use assay_engine::field::F;
use assay_engine::relations::Relations;
use assay_engine::session::{self, Cancelled, Circuit, Progress, Rejection, Witness};
use assay_model::SplitMix64;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use rand::rngs::StdRng;

/// A column of outputs that nothing else is said of, and its squares.
struct Alone<'a> {
    squares: Squares,
    layout: Layout,
    outputs: &'a [i32],
    tamper: &'a dyn Fn(&Squares, &mut [F]),
}

impl Circuit for Alone<'_> {
    fn label(&self) -> &'static str {
        "assay/squares/test"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.squares.verify(verifier, relations)
    }
}

impl Witness for Alone<'_> {
    fn fill(&self, cells: &mut [F], _: &mut StdRng) {
        // What lies behind the rows is nobody's business.
        cells[self.squares.outputs.range()].fill(F::from_u32(77));
        let outputs = &mut cells[self.squares.outputs.range()];
        for (cell, &output) in outputs.iter_mut().zip(self.outputs) {
            *cell = F::from_i32(output);
        }
        self.squares.fill(cells);
        (self.tamper)(&self.squares, cells);
    }

    fn prove(&self, prover: &mut Prover<'_>, _: Progress<'_>) -> Result<(), Cancelled> {
        self.squares.prove(prover);
        Ok(())
    }
}

/// Outputs, targets, and bits of an error.
#[derive(Clone)]
struct Case {
    outputs: Vec<i32>,
    targets: Vec<i32>,
    error_bits: usize,
    factor: i32,
}

impl Case {
    /// Errors of all sizes that have so many bits, the least among them.
    fn random(rows: usize, error_bits: usize, random: &mut SplitMix64) -> Self {
        let half = 1_i32 << (error_bits - 1);
        let targets: Vec<i32> =
            (0..rows).map(|_| random.below(1 << 28) as i32 - (1 << 27)).collect();
        let errors = (0..rows).map(|row| match row {
            0 => -half,
            _ => random.below(2 * half as u64) as i32 - half,
        });
        let outputs = errors.zip(&targets).map(|(error, target)| target + error).collect();
        Self { outputs, targets, error_bits, factor: 1 }
    }

    fn sum(&self) -> u128 {
        let rows = self.outputs.iter().zip(&self.targets);
        rows.map(|(&y, &t)| u128::from((self.factor * y).abs_diff(t)).pow(2)).sum()
    }

    #[track_caller]
    fn verdict(&self, goal: Goal, tamper: &dyn Fn(&Squares, &mut [F])) -> Result<(), Rejection> {
        let shape = Shape::new(self.targets.len(), self.error_bits).unwrap();
        assert!(shape.states(&goal));
        // The layer's column may be longer than the rows are.
        let logs = [shape.rows_log() + 1, shape.block_log()];
        let layout = Layout::new(&logs, shape.budget()).unwrap();
        let &[outputs, bits] = layout.blocks() else { panic!("two blocks") };
        let targets = self.targets.iter().map(|&target| F::from_i32(target)).collect();
        let factor = F::from_i32(self.factor);
        let squares = Squares { shape, bits, outputs, factor, targets, goal };
        let alone = Alone { squares, layout, outputs: &self.outputs, tamper };
        let proof = session::prove(&alone, &[7; 32], &[3; 32], &mut |_| ()).unwrap();
        session::verify(&alone, &[7; 32], &proof)
    }
}

fn most(bound: u128) -> Goal {
    Goal { bound, is_missed: false }
}

fn more(bound: u128) -> Goal {
    Goal { bound, is_missed: true }
}

fn honest(squares: &Squares, cells: &mut [F]) {
    assert_eq!(broken(squares, cells), []);
}

#[test]
fn outputs_are_multiplied_before_they_are_compared() {
    let outputs = vec![-30, 0, 7, 100, -1];
    let case = Case { outputs, targets: vec![-650, 3, 140, 2090, 10], error_bits: 8, factor: 21 };
    let sum = case.sum();
    assert_eq!(sum, 400 + 9 + 49 + 100 + 961);
    assert_eq!(case.verdict(most(sum), &honest), Ok(()));
    assert!(case.verdict(most(sum - 1), &|_, _| ()).is_err());
    // Bits of what another factor would make.
    let other = |squares: &Squares, cells: &mut [F]| {
        let squares = Squares { factor: F::from_u32(20), ..squares.clone() };
        squares.fill(cells);
    };
    assert!(case.verdict(most(10 * sum), &other).is_err());
}

#[test]
fn a_sum_is_what_it_is_and_nothing_else() {
    let mut random = SplitMix64::new(5);
    for (rows, error_bits) in [(1, 2), (1, 26), (3, 4), (16, 7), (17, 26), (60, 21)] {
        let case = Case::random(rows, error_bits, &mut random);
        let sum = case.sum();
        for goal in [most(sum), most(sum + 1), most(u128::MAX), more(sum - 1), more(0)] {
            assert!(goal.holds(sum));
            assert_eq!(case.verdict(goal, &honest), Ok(()), "{rows} rows: {goal:?}");
        }
        for goal in [most(sum - 1), most(0), more(sum)] {
            assert!(!goal.holds(sum));
            let got = case.verdict(goal, &|_, _| ());
            assert_eq!(got, Err(Rejection::Relation), "{rows} rows: {goal:?}");
        }
    }
}

#[test]
fn no_errors_have_the_sum_zero() {
    let case = Case { outputs: vec![9, -9, 0], targets: vec![9, -9, 0], error_bits: 5, factor: 1 };
    assert_eq!(case.verdict(most(0), &honest), Ok(()));
    assert_eq!(case.verdict(more(0), &|_, _| ()), Err(Rejection::Relation));
}

#[test]
fn errors_of_more_bits_have_no_proof() {
    for output in [64, -65] {
        let case = Case { outputs: vec![1, output], targets: vec![0, 0], error_bits: 7, factor: 1 };
        let got = case.verdict(most(u128::MAX), &|_, _| ());
        assert_eq!(got, Err(Rejection::Relation), "{output}");
    }
}

#[test]
fn sizes_that_could_wrap_around_are_refused() {
    for (rows, bits, is_fit) in [
        (0, 8, false),
        (1, 1, false),
        (1, 2, true),
        (1, 26, true),
        (1, 27, false),
        (10_324_440, 26, true),
        (10_324_441, 26, false),
        (1 << 24, 15, true),
        (1 << 24, 16, false),
        (usize::MAX, 26, false),
    ] {
        assert_eq!(Shape::new(rows, bits).is_some(), is_fit, "{rows} rows of {bits} bits");
    }
    // The sides of a digit's line, at their greatest.
    for (rows, bits) in [(10_324_440, 26), (1 << 24, 15), (1, 2)] {
        let shape = Shape::new(rows, bits).unwrap();
        let carry = 1_u64 << shape.carry_bits();
        let most = (rows * bits) as u64;
        assert!(most + 2 <= carry && most + 3 * carry + 2 < u64::from(F::ORDER_U32));
        assert!((rows as u128) << (2 * bits - 2) <= shape.sum_max());
    }
    let shape = Shape::new(4, 8).unwrap();
    assert!(shape.states(&more(shape.sum_max() - 1)) && !shape.states(&more(shape.sum_max())));
}

/// A rule that cells break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Bits,
    /// Of a row.
    Error(usize),
    /// Of a digit.
    Digit(usize),
}

/// Every rule of the claim, as it stands in the module's documentation.
fn broken(squares: &Squares, cells: &[F]) -> Vec<Rule> {
    let shape = squares.shape;
    let (bits, outputs) = (&cells[squares.bits.range()], &cells[squares.outputs.range()]);
    let mut rules = Vec::new();
    if bits.iter().any(|&bit| bit * (bit - F::ONE) != F::ZERO) {
        rules.push(Rule::Bits);
    }
    for (row, &output) in outputs.iter().enumerate().take(1 << shape.rows_log()) {
        let errors = polynomial(squares, bits, row);
        let error = errors.iter().rev().fold(F::ZERO, |sum, &bit| sum.double() + bit);
        let target =
            squares.targets.get(row).map_or(F::ZERO, |&target| squares.factor * output - target);
        if error != target {
            rules.push(Rule::Error(row));
        }
    }
    let carry = |d: usize| -> F {
        if d == 0 || d == shape.digits() {
            return F::ZERO;
        }
        let bit = |k: usize| bits[shape.carry(d, k)] * F::TWO.exp_u64(k as u64);
        (0..shape.carry_bits()).map(bit).sum::<F>() - bit(shape.carry_bits())
    };
    let sign = if squares.goal.is_missed { -F::ONE } else { F::ONE };
    for (d, products) in products(squares, bits).into_iter().enumerate() {
        let target = F::from_bool(shape.target(&squares.goal) >> d & 1 == 1);
        let left = products + sign * bits[shape.slack(d)] + carry(d);
        if left != target + carry(d + 1).double() {
            rules.push(Rule::Digit(d));
        }
    }
    rules
}

/// The polynomial of a row.
fn polynomial(squares: &Squares, bits: &[F], row: usize) -> Vec<F> {
    let shape = squares.shape;
    let bit = |j: usize| bits[(j << shape.rows_log()) + row];
    let mut all: Vec<F> = (0..shape.error_bits()).map(bit).collect();
    *all.last_mut().unwrap() *= -F::ONE;
    all
}

/// Q.
fn products(squares: &Squares, bits: &[F]) -> Vec<F> {
    let mut products = vec![F::ZERO; squares.shape.digits()];
    for row in 0..1 << squares.shape.rows_log() {
        let row = polynomial(squares, bits, row);
        for (j, &left) in row.iter().enumerate() {
            for (k, &right) in row.iter().enumerate() {
                products[j + k] += left * right;
            }
        }
    }
    products
}

/// Slack and carries for whatever errors the cells hold.
fn close(squares: &Squares, cells: &mut [F]) {
    let shape = squares.shape;
    let bits = &mut cells[squares.bits.range()];
    let products: Vec<i128> =
        products(squares, bits).into_iter().map(|q| i128::from(centred(q))).collect();
    let sum: i128 = products.iter().enumerate().map(|(d, q)| q << d).sum();
    let target = shape.target(&squares.goal) as i128;
    let sign = if squares.goal.is_missed { -1 } else { 1 };
    let slack = sign * (target - sum);
    let mut carry = 0;
    for (d, q) in products.into_iter().enumerate() {
        if d != 0 {
            for k in 0..=shape.carry_bits() {
                bits[shape.carry(d, k)] = F::from_bool(carry >> k & 1 == 1);
            }
        }
        bits[shape.slack(d)] = F::from_bool(slack >> d & 1 == 1);
        carry = (q + sign * (slack >> d & 1) + carry - (target >> d & 1)) >> 1;
    }
}

/// The cells of a prover who breaks these rules and no other are not accepted.
#[track_caller]
fn refused(case: &Case, goal: Goal, rules: &[Rule], tamper: &dyn Fn(&Squares, &mut [F])) {
    let cheat = |squares: &Squares, cells: &mut [F]| {
        tamper(squares, cells);
        assert_eq!(broken(squares, cells), rules);
    };
    assert_eq!(case.verdict(goal, &cheat), Err(Rejection::Relation));
}

fn usual() -> Case {
    Case::random(20, 9, &mut SplitMix64::new(8))
}

/// Where bit `j` of a row's error is.
fn bit(squares: &Squares, j: usize, row: usize) -> usize {
    squares.shape.column(squares.bits, j).at + row
}

#[test]
fn an_error_must_be_the_distance_to_the_target() {
    let case = usual();
    // Row 0 has the least error there is; without its sign it is 0.
    refused(&case, most(case.sum() - 1), &[Rule::Error(0)], &|squares, cells| {
        cells[bit(squares, 8, 0)] = F::ZERO;
        close(squares, cells);
    });
}

#[test]
fn rows_that_are_not_there_have_no_errors() {
    let case = usual();
    refused(&case, more(case.sum()), &[Rule::Error(20)], &|squares, cells| {
        cells[bit(squares, 3, 20)] = F::ONE;
        close(squares, cells);
    });
}

#[test]
fn digits_must_be_bits() {
    // The error 2 as 2·1: the same number, another polynomial, and a sum that is the same too.
    let case = Case { outputs: vec![2, 5], targets: vec![0, 0], error_bits: 5, factor: 1 };
    refused(&case, most(29), &[Rule::Bits], &|squares, cells| {
        (cells[bit(squares, 0, 0)], cells[bit(squares, 1, 0)]) = (F::TWO, F::ZERO);
        close(squares, cells);
    });
    // Half a square: 2^4 of a slack digit stand for −1 of it, modulo p.
    refused(&case, most(28), &[Rule::Bits], &|squares, cells| {
        let slack = squares.bits.at + squares.shape.slack(0);
        (0..squares.shape.digits()).for_each(|d| cells[slack + d] = F::ZERO);
        close(&Squares { goal: most(29), ..squares.clone() }, cells);
        cells[slack] = -F::ONE;
    });
}

#[test]
fn every_digit_must_be_right() {
    let case = usual();
    for (d, k) in [(1, 0), (7, 2), (20, 8)] {
        // A carry is read by two digits.
        refused(
            &case,
            most(case.sum()),
            &[Rule::Digit(d - 1), Rule::Digit(d)],
            &|squares, cells| {
                let at = squares.bits.at + squares.shape.carry(d, k);
                cells[at] = F::ONE - cells[at];
            },
        );
    }
    for goal in [most(case.sum()), more(case.sum() - 1)] {
        refused(&case, goal, &[Rule::Digit(4)], &|squares, cells| {
            let at = squares.bits.at + squares.shape.slack(4);
            cells[at] = F::ONE - cells[at];
        });
    }
}

#[test]
fn nothing_is_carried_out_of_the_last_digit() {
    let case = usual();
    // As a slack that is negative: all lines hold but the last one, which would need a carry.
    let last = Shape::new(20, 9).unwrap().digits() - 1;
    for goal in [most(case.sum() - 1), more(case.sum())] {
        refused(&case, goal, &[Rule::Digit(last)], &close);
    }
}

#[test]
fn every_other_cell_is_a_bit() {
    let case = usual();
    refused(&case, most(case.sum()), &[Rule::Bits], &|squares, cells| {
        let Block { at, log } = squares.bits;
        cells[at + (1 << log) - 1] = F::TWO;
    });
}
