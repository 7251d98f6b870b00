//! The linear part of a partial round's sum-check.
//!
//! With R the table, round j needs R(r_0 … r_{j−1}, X, z_{j+1} …) at X = 0 and 1, and nothing else:
//! R is linear. So it is summed up twice, against z for the first half of the rounds and against r
//! for the others, instead of being folded and weighed in each.

use super::{Table, VECTORS, eq_calls, eq_low};
use crate::field::{EF, PE};
use crate::packed::{lanes_sum, unpack};
use crate::poseidon2::program::{CALLS, LOG_MIN};
use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;

/// Blocks whose sums one thread keeps at hand.
const AT_ONCE: usize = 16;

/// Σ eq(z, x)·R(x), round by round.
pub(super) struct Line<'a> {
    table: &'a Table<PE, EF>,
    /// Number of variables that name a block.
    log: usize,
    /// Rounds before the second sum.
    split: usize,
    z: &'a [EF],
    point: Vec<EF>,
    /// Over the variables that are left of this half.
    current: Vec<EF>,
}

impl<'a> Line<'a> {
    pub(super) fn new(table: &'a Table<PE, EF>, z: &'a [EF]) -> Self {
        let log = z.len() - LOG_MIN;
        // Both sums are short: 2^split numbers, and 2^(z.len() − split).
        let split = (z.len() / 2).min(log);
        let mut line = Self { table, log, split, z, point: Vec::new(), current: Vec::new() };
        line.current = line.behind();
        line.enter();
        line
    }

    /// Returns R with the variable at hand at 0, and its slope.
    pub(super) fn message(&self) -> [EF; 2] {
        let round = self.point.len();
        let end = if round < self.split { self.split } else { self.z.len() };
        let eq = eq_low(&self.z[round + 1..end]);
        let sum = |bit: usize| -> EF {
            self.current.iter().skip(bit).step_by(2).zip(&eq).map(|(&x, &eq)| eq * x).sum()
        };
        let at0 = sum(0);
        [at0, sum(1) - at0]
    }

    pub(super) fn bind(&mut self, r: EF) {
        self.point.push(r);
        self.current =
            self.current.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
        self.enter();
    }

    /// Returns R at the point.
    pub(super) fn value(&self) -> EF {
        self.current[0]
    }

    fn enter(&mut self) {
        if self.point.len() == self.split && self.current.len() == 1 {
            self.current = self.ahead();
        }
    }

    fn block(&self, index: usize) -> Option<&[PE]> {
        self.table.vectors.get(index * VECTORS..(index + 1) * VECTORS)
    }

    /// Sums over the blocks' later variables and the calls, by z.
    fn behind(&self) -> Vec<EF> {
        let eq = eq_low(&self.z[self.split..self.log]);
        let calls = eq_calls(&self.z[self.log..]);
        let mut sums = vec![EF::ZERO; 1 << self.split];
        // Idle blocks are alike: their weights are added up first.
        sums.par_chunks_mut(AT_ONCE).enumerate().for_each(|(chunk, sums)| {
            let mut vectors = vec![[PE::ZERO; VECTORS]; sums.len()];
            for (high, &eq) in eq.iter().enumerate() {
                let first = (high << self.split) + chunk * AT_ONCE;
                let weight = PE::from(eq);
                for (i, (sum, vectors)) in sums.iter_mut().zip(&mut vectors).enumerate() {
                    match self.block(first + i) {
                        Some(block) => {
                            for (vector, &value) in vectors.iter_mut().zip(block) {
                                *vector += weight * value;
                            }
                        }
                        None => *sum += eq,
                    }
                }
            }
            for (sum, vectors) in sums.iter_mut().zip(vectors) {
                let block = vectors.into_iter().zip(&calls).map(|(value, &eq)| eq * value);
                *sum = *sum * self.table.idle + lanes_sum(block.sum());
            }
        });
        sums
    }

    /// Sums over the variables that are bound, by the point; a call's variables come last.
    fn ahead(&self) -> Vec<EF> {
        let eq = eq_low(&self.point);
        let blocks = 1 << (self.log - self.split);
        let rows: Vec<Vec<EF>> = (0..blocks)
            .into_par_iter()
            .map(|high| {
                let mut vectors = [PE::ZERO; VECTORS];
                let mut idle = EF::ZERO;
                for (low, &eq) in eq.iter().enumerate() {
                    match self.block((high << self.split) + low) {
                        Some(block) => {
                            let weight = PE::from(eq);
                            for (vector, &value) in vectors.iter_mut().zip(block) {
                                *vector += weight * value;
                            }
                        }
                        None => idle += eq,
                    }
                }
                let idle = idle * self.table.idle;
                unpack(&vectors).into_iter().map(|sum| sum + idle).collect()
            })
            .collect();
        (0..CALLS).flat_map(|call| rows.iter().map(move |row| row[call])).collect()
    }
}
