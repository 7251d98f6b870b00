//! The prover's half of the cubic form. The forms with eq live with their protocols, whose tables
//! differ.

use crate::channel::Prover;
use crate::field::{EF, PE};
use crate::packed::{GRAIN, fold, halves, lanes_sum, unpack};
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// A polynomial of degree at most 3 in `T` tables.
pub trait Constraint<const T: usize>: Sync {
    /// Evaluates the polynomial, on scalars or on vectors of them.
    fn evaluate<A: Algebra<EF> + Copy>(&self, tables: &[A; T]) -> A;
}

/// Proves Σ c(t(x)) and folds the tables; returns the point and the tables' values at it.
///
/// # Panics
///
/// If the tables are not of one length, a power of two.
pub fn prove_cubic<const T: usize>(
    prover: &mut Prover<'_>,
    mut tables: [Vec<PE>; T],
    rounds: usize,
    constraint: &impl Constraint<T>,
) -> (Vec<EF>, [EF; T]) {
    let length = tables[0].len();
    assert!(tables.iter().all(|table| table.len() == length), "tables are of one length");
    let mut point = Vec::with_capacity(rounds);
    while point.len() < rounds && tables[0].len() > 1 {
        let message = round(&tables, constraint).map(lanes_sum);
        let r = send(prover, message);
        tables.iter_mut().for_each(|table| fold(table, PE::from(r)));
        point.push(r);
    }
    let mut scalars = tables.map(|table| unpack(&table));
    while point.len() < rounds {
        let message = round(&scalars, constraint);
        let r = send(prover, message);
        scalars.iter_mut().for_each(|table| fold(table, r));
        point.push(r);
    }
    (point, scalars.map(|table| table[0]))
}

fn send(prover: &mut Prover<'_>, message: [EF; 3]) -> EF {
    message.into_iter().for_each(|value| prover.hide(value));
    prover.challenge()
}

/// Returns h(0), h(2), h(3) for the first variable.
fn round<const T: usize, A>(tables: &[Vec<A>; T], constraint: &impl Constraint<T>) -> [A; 3]
where
    A: Algebra<EF> + Copy + Send + Sync,
{
    let split = tables.each_ref().map(|table| halves(table));
    (0..split[0].0.len())
        .into_par_iter()
        .with_min_len(GRAIN / 4)
        .fold(
            || [A::ZERO; 3],
            |sums, i| {
                let at0: [A; T] = std::array::from_fn(|j| split[j].0[i]);
                let slope: [A; T] = std::array::from_fn(|j| split[j].1[i] - at0[j]);
                let at2: [A; T] = std::array::from_fn(|j| split[j].1[i] + slope[j]);
                let at3: [A; T] = std::array::from_fn(|j| at2[j] + slope[j]);
                let values = [&at0, &at2, &at3].map(|at| constraint.evaluate(at));
                std::array::from_fn(|j| sums[j] + values[j])
            },
        )
        .reduce(|| [A::ZERO; 3], sum_arrays)
}

/// Adds two arrays entry by entry.
pub(crate) fn sum_arrays<const N: usize, A: PrimeCharacteristicRing + Copy>(
    a: [A; N],
    b: [A; N],
) -> [A; N] {
    std::array::from_fn(|j| a[j] + b[j])
}
